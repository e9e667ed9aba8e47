#include "run/worker.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

// A server of one queue that the test fills and looks into.
class TestPort : public WorkPort {
 public:
  api::Reply<api::ClaimWorkReply> claim(const api::ClaimWork& request) override {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return interrupted || !queue.empty(); });
    api::ClaimWorkReply reply;
    while (!queue.empty() && static_cast<int>(reply.items.size()) < request.slots) {
      reply.items.push_back(queue.front());
      queue.erase(queue.begin());
    }
    return reply;
  }
  void interrupt() override {
    const std::lock_guard lock(mutex);
    interrupted = true;
    changed.notify_all();
  }
  api::Reply<api::HeartbeatWorkReply> heartbeat(const api::HeartbeatWork&) override {
    const std::lock_guard lock(mutex);
    ++heartbeats;
    changed.notify_all();
    if (unreachable) return api::refuse(api::ErrorCode::Unavailable, "no server");
    return answer;
  }
  api::Reply<api::EndWorkReply> complete(const api::CompleteWork& request) override {
    const std::lock_guard lock(mutex);
    if (failing_reports-- > 0) return api::refuse(api::ErrorCode::Unavailable, "later");
    completed.push_back(request);
    changed.notify_all();
    return api::EndWorkReply{};
  }
  api::Reply<api::EndWorkReply> fail(const api::FailWork& request) override {
    const std::lock_guard lock(mutex);
    failed.push_back(request);
    changed.notify_all();
    return api::EndWorkReply{};
  }
  api::Reply<api::BundleReply> bundle(const AccountId&, const std::string& digest) override {
    const std::lock_guard lock(mutex);
    ++bundles;
    return api::BundleReply{digest,
                            {{"hello.sh", true, base64_encode("#!/bin/sh\ncat data/name.txt\n")},
                             {"data/name.txt", false, base64_encode("listings\n")}}};
  }
  bool log(std::int64_t item, std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(mutex);
    auto& text = logs[item];
    if (text.size() == offset) text += bytes;
    return true;
  }
  void add(std::int64_t id, const std::string& payload, int lease_s = 30) {
    api::ClaimedWork work;
    work.id = id;
    work.lease = id * 10;
    work.lease_s = lease_s;
    work.payload.text = payload;
    const std::lock_guard lock(mutex);
    queue.push_back(work);
    changed.notify_all();
  }
  template <class Condition>
  ::testing::AssertionResult until(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, condition) ? ::testing::AssertionSuccess()
                                                        : ::testing::AssertionFailure() << "it never happened";
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<api::ClaimedWork> queue;
  std::vector<api::CompleteWork> completed;
  std::vector<api::FailWork> failed;
  std::map<std::int64_t, std::string> logs;
  api::HeartbeatWorkReply answer;
  bool interrupted = false, unreachable = false;
  int heartbeats = 0, failing_reports = 0, bundles = 0;
};

class WorkerTest : public Steps {
 protected:
  WorkerOptions options() {
    WorkerOptions out;
    out.name = "w1";
    out.slots = 2;
    out.folder = folder_ / "work";
    out.grace = Millis{5'000};
    return out;
  }
  std::string payload(const std::string& command, const std::string& more = "") {
    return R"({"step":"a","env":{"WEIR_TEST_MARK":")" + folder_.filename().string() + R"("},"command":")" + command +
           "\"" + more + "}";
  }
  TestPort port_;
};

TEST_F(WorkerTest, performs_a_step_and_hands_on_its_result_and_its_log) {
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("echo hello; echo 42 > $WEIR_RESULT"));
  ASSERT_TRUE(port_.until([&] { return !port_.completed.empty(); }));
  EXPECT_EQ(port_.completed[0].id, 1);
  EXPECT_EQ(port_.completed[0].lease, 10);
  EXPECT_EQ(port_.completed[0].result.text, "42\n");
  EXPECT_EQ(port_.logs[1], "hello\n") << "the log is there before the end is";
}

TEST_F(WorkerTest, gives_a_step_the_projects_files_and_extracts_them_once) {
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  for (int i = 1; i <= 3; ++i)
    port_.add(i, payload("./hello.sh && test -x $WEIR_PROJECT/hello.sh", R"(,"run":{"bundle":"abc"})"));
  ASSERT_TRUE(port_.until([&] { return port_.completed.size() + port_.failed.size() == 3; }));
  EXPECT_EQ(port_.completed.size(), 3u);
  EXPECT_EQ(port_.bundles, 1);
  EXPECT_EQ(port_.logs[2], "listings\n");
}

TEST_F(WorkerTest, reports_a_failure_with_its_cause) {
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("echo no source >&2; exit 7"));
  ASSERT_TRUE(port_.until([&] { return !port_.failed.empty(); }));
  EXPECT_EQ(port_.failed[0].error, kStepFailed);
  EXPECT_EQ(port_.failed[0].cause, "step 'a' ended with exit code 7\nno source");
}

TEST_F(WorkerTest, reports_again_until_the_server_answers) {
  port_.failing_reports = 2;
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("true"));
  ASSERT_TRUE(port_.until([&] { return !port_.completed.empty(); }));
}

TEST_F(WorkerTest, ends_a_step_that_is_to_be_stopped) {
  port_.answer.stop = {1};
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("sleep 1000"), 1);
  ASSERT_TRUE(port_.until([&] { return !port_.failed.empty(); }));
  EXPECT_EQ(port_.failed[0].error, kStepStopped);
  EXPECT_TRUE(alive().empty());
}

TEST_F(WorkerTest, kills_a_step_whose_lease_is_lost_and_reports_nothing) {
  port_.answer.lost = {1};
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("sleep 1000"), 1);
  ASSERT_TRUE(port_.until([&] { return port_.heartbeats > 0; }));
  port_.add(2, payload("true"));
  ASSERT_TRUE(port_.until([&] { return !port_.completed.empty(); }));
  worker.drain(Millis{60'000});
  EXPECT_TRUE(port_.failed.empty());
  EXPECT_TRUE(alive().empty());
}

TEST_F(WorkerTest, kills_a_step_when_no_heartbeat_came_through_for_a_whole_lease) {
  port_.unreachable = true;
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("sleep 1000"), 1);
  ASSERT_TRUE(port_.until([&] { return port_.heartbeats >= 3; }));
  worker.drain(Millis{60'000});
  EXPECT_TRUE(port_.failed.empty());
  EXPECT_TRUE(alive().empty());
}

TEST_F(WorkerTest, that_is_drained_lets_steps_end_then_fails_the_rest_as_lost) {
  Worker worker(port_, options());
  ASSERT_TRUE(worker.start());
  port_.add(1, payload("echo begun; sleep 1000"));
  ASSERT_TRUE(port_.until([&] { return port_.queue.empty(); }));
  ASSERT_TRUE(log_says(folder_ / "work" / "logs" / "1.log", "begun"));
  worker.drain(Millis{0});
  ASSERT_EQ(port_.failed.size(), 1u);
  EXPECT_EQ(port_.failed[0].error, kWorkerLost);
  EXPECT_TRUE(alive().empty());
}

}  // namespace
}  // namespace weir::run
