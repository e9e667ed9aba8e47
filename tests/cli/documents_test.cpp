// Documents that start runs (rule 9), from the wire and the disk to the step, in a real house.
#include <thread>

#include "edge/client.hpp"
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

class DocumentsTest : public CliTest {
 protected:
  // Until the pipeline has so many runs that have succeeded; the newest one's log.
  std::string log_after(const std::string& pipeline, std::size_t runs) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < patience) {
      EXPECT_EQ(weir({"runs", pipeline, "--json"}), 0) << err_;
      const auto value = json();
      const auto* list = value.find("runs")->array();
      if (list->size() >= runs && *(*list)[0].find("status")->string() == "SUCCEEDED") {
        EXPECT_EQ(list->size(), runs);
        EXPECT_EQ(weir({"logs", json::print(*(*list)[0].find("run"))}), 0) << err_;
        return out_;
      }
      std::this_thread::yield();
    }
    ADD_FAILURE() << pipeline << " did not run: " << out_;
    return {};
  }
};

TEST_F(DocumentsTest, a_webhook_starts_a_run_once_and_the_step_sees_the_document) {
  open();
  ASSERT_EQ(weir({"deploy", project("orders", "'echo $WEIR_DATE $WEIR_EVENT_ID; cat $WEIR_INPUT'",
                                    "trigger: {webhook: {id: $.id, date: $.day}}\n")}),
            0)
      << err_;
  EXPECT_NE(out_.find("orders runs once for each document of its webhook, for its day (UTC)"), std::string::npos)
      << out_;
  edge::ClientOptions options;
  options.base_url = server_;
  edge::Client client(options);
  const std::string body = R"({"id": "o-17", "day": "2026-01-05", "rows": 1.0})";
  const auto first = client.fetch("POST", "/v1/pipelines/orders/webhook", body);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_NE(first->find(R"("event":"o-17","window":"2026-01-05")"), std::string::npos) << *first;
  const auto log = log_after("orders", 1);
  EXPECT_NE(log.find("2026-01-05 o-17"), std::string::npos) << log;
  EXPECT_NE(log.find(R"("rows":1.0)"), std::string::npos) << log;
  EXPECT_EQ(*client.fetch("POST", "/v1/pipelines/orders/webhook", body), *first) << "the same answer";
  log_after("orders", 1);

  const auto refused = client.fetch("POST", "/v1/pipelines/orders/webhook", R"({"id": "o-18"})");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("nothing at $.day"), std::string::npos) << refused.error().message;
  ASSERT_EQ(weir({"explain", "orders"}), 0);
  EXPECT_NE(out_.find("webhook event o-17"), std::string::npos) << out_;
  EXPECT_NE(out_.find("1 documents were refused"), std::string::npos) << out_;
}

TEST_F(DocumentsTest, a_file_that_appears_starts_the_day_in_its_path_once) {
  open();
  const auto folder = folder_ / "in";
  write("in/dt=2026-01-05/_SUCCESS", "");
  ASSERT_EQ(weir({"deploy", project("landed", "'echo $WEIR_KEY; cat $WEIR_INPUT'",
                                    "trigger: {file: {path: '" + folder.string() + "/dt={date}/_SUCCESS'}}\n")}),
            0)
      << err_;
  auto log = log_after("landed", 1);
  EXPECT_NE(log.find("2026-01-05"), std::string::npos) << log;
  EXPECT_NE(log.find("dt=2026-01-05/_SUCCESS"), std::string::npos) << log;
  write("in/dt=2026-01-06/_SUCCESS", "");
  log = log_after("landed", 2);
  EXPECT_NE(log.find("2026-01-06"), std::string::npos) << log;
}

}  // namespace
}  // namespace weir::cli
