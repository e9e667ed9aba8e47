// The company's January (examples/company): played, kept as a server's data, and looked at with the commands of people.
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

const std::string kJanuary = WEIR_SOURCE_DIR "/examples/company/january.test.yaml";

std::size_t size_of(const json::Value& value, const char* key) {
  const auto* list = value.find(key);
  return list != nullptr && list->array() != nullptr ? list->array()->size() : 0;
}

struct Company : CliTest {
  // The kept month, served from its store. No workers: nothing of it is done again.
  void serve() {
    ASSERT_EQ(weir({"test", kJanuary, "--keep", (folder_ / "data").string()}), kOk) << out_ << err_;
    HouseOptions options;
    options.data = folder_ / "data";
    options.port = 0;
    options.workers = 0;
    auto house = House::open(options);
    ASSERT_TRUE(house) << house.error().text();
    house_ = std::move(*house);
    server_ = house_->url();
  }
};

TEST_F(Company, a_month_is_kept_and_every_command_tells_of_it) {
  serve();
  ASSERT_EQ(weir({"pipelines", "--all", "--json"}), kOk) << err_;
  EXPECT_EQ(size_of(json(), "pipelines"), 40u);

  // What needs somebody: the failure and the reported one that were left, and two hours that nobody counted.
  ASSERT_EQ(weir({"status", "--all", "--json"}), kOk) << err_;
  const auto status = json();
  EXPECT_EQ(size_of(status, "failed"), 2u);
  EXPECT_EQ(size_of(status, "missed"), 1u);
  EXPECT_EQ(size_of(status, "paused"), 5u);
  EXPECT_EQ(size_of(status, "running"), 0u);
  EXPECT_EQ(size_of(status, "queued"), 0u);
  EXPECT_EQ(size_of(status, "late"), 0u);
  ASSERT_EQ(weir({"status", "--all"}), kOk);
  for (const char* word : {"campaign-costs", "carrier-c-", "stock-levels", "2026-01-31T11Z"})
    EXPECT_NE(out_.find(word), std::string::npos) << word << "\n" << out_;

  ASSERT_EQ(weir({"explain", "marketing/campaign-roi", "--window", "2026-01-31"}), kOk) << err_;
  EXPECT_NE(out_.find("waits for campaign-costs"), std::string::npos) << out_;
  ASSERT_EQ(weir({"explain", "platform/weather", "--window", "2026-01-12"}), kOk) << err_;
  EXPECT_NE(out_.find("MARKED"), std::string::npos) << out_;
  ASSERT_EQ(weir({"explain", "marketing/campaign-costs", "--window", "2026-01-17"}), kOk) << err_;
  EXPECT_NE(out_.find("SKIPPED"), std::string::npos) << out_;

  ASSERT_EQ(weir({"graph", "logistics/delivery-times"}), kOk) << err_;
  for (const char* word : {"deliveries-raw", "carrier-c-report [day]  ✗ FAILED 2026-01-11", "late-deliveries"})
    EXPECT_NE(out_.find(word), std::string::npos) << word << "\n" << out_;

  // The rerun of two days took along what follows from them, the quiet backfill did not.
  ASSERT_EQ(weir({"plan", "list", "--all", "--json"}), kOk) << err_;
  EXPECT_EQ(size_of(json(), "plans"), 3u);
  ASSERT_EQ(weir({"runs", "logistics/late-deliveries", "--window", "2026-01-12", "--json"}), kOk) << err_;
  EXPECT_EQ(size_of(json(), "runs"), 2u);
  ASSERT_EQ(weir({"runs", "sales/basket-analysis", "--window", "2026-01-02", "--json"}), kOk) << err_;
  EXPECT_EQ(size_of(json(), "runs"), 1u);
  ASSERT_EQ(weir({"runs", "finance/ledger-daily", "--window", "2026-01-07"}), kOk) << err_;
  EXPECT_NE(out_.find("2026-01-08 09:"), std::string::npos) << "late by an hour that was mended at ten\n" << out_;
}

// What was kept is a whole server: people start runs on it, and steps wait for a worker.
TEST_F(Company, people_go_on_from_what_was_kept) {
  write("a/pipeline.yaml", "name: a\nwindow: day\nsince: 2026-01-01\nsteps: [{name: work, run: \"true\"}]\n");
  const auto file = write("x.test.yaml",
                          "pipelines: [a]\ntests:\n  - name: one\n    timeline:\n      - run: a 2026-01-01\n"
                          "        expect: {a 2026-01-01: SUCCEEDED}\n");
  ASSERT_EQ(weir({"test", file.string(), "--keep", (folder_ / "data").string()}), kOk) << out_ << err_;
  HouseOptions options;
  options.data = folder_ / "data";
  options.port = 0;
  auto house = House::open(options);
  ASSERT_TRUE(house) << house.error().text();
  house_ = std::move(*house);
  server_ = house_->url();
  ASSERT_EQ(weir({"run", "a", "--date", "2026-01-01", "--follow"}), kOk) << out_ << err_;
  ASSERT_EQ(weir({"runs", "a", "--json"}), kOk);
  EXPECT_EQ(size_of(json(), "runs"), 2u);
}

TEST_F(Company, one_test_is_kept_and_nothing_is_written_over) {
  const auto two = write("both.test.yaml",
                         "pipelines: {name: a, window: day}\ntests:\n  - {name: one, timeline: {at: 01:00}}\n"
                         "  - {name: two, timeline: {at: 01:00}}\n");
  const auto data = (folder_ / "data").string();
  EXPECT_EQ(weir({"test", two.string(), "--keep", data}), kBadInput);
  EXPECT_NE(err_.find("2 tests are meant"), std::string::npos) << err_;
  EXPECT_EQ(weir({"test", two.string(), "--keep", data, "--filter", "one"}), kOk) << out_ << err_;
  EXPECT_EQ(weir({"test", two.string(), "--keep", data, "--filter", "two"}), kFailed);
  EXPECT_NE(out_.find("there is data already"), std::string::npos) << out_;
}

}  // namespace
}  // namespace weir::cli
