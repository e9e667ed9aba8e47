// onLimit: what a start does that finds maxRuns reached.
#include <fmt/format.h>

#include "tests/pipeline/service_world.hpp"

namespace weir::pipeline {
namespace {

class Limit : public ServiceWorld {
 protected:
  // Every five minutes; its runs have no date.
  void frequent(const std::string& on_limit, int max_runs = 1) {
    deploy(fmt::format("name: f\nconcurrency: {{maxRuns: {}, onLimit: {}}}\ntrigger: {{schedule: {{rate: 5m}}}}\n",
                       max_runs, on_limit));
  }
  std::map<std::string, int> counted() {
    std::map<std::string, int> out;
    for (const auto& row : service.tables().facts.rows()) ++out[std::string(name_of(row->status))];
    return out;
  }
  int queued() {
    return static_cast<int>(std::ranges::count_if(service.tables().active.rows(),
                                                  [](const auto& row) { return row->status == RunState::QUEUED; }));
  }
  std::string refusal(const std::string& yaml) {
    api::DeployPipeline request;
    request.yaml = yaml + "\nsteps: [{run: echo}]\n";
    const auto reply = ask(request);
    if (reply) return "deployed";
    std::string out = reply.error().message;
    for (const auto& problem : reply.error().problems) out += "\n" + problem.text();
    return out;
  }
};

TEST_F(Limit, queue_keeps_every_start) {
  frequent("queue");
  until("2026-01-01 00:16");
  EXPECT_EQ(counted()["RUNNING"], 1);
  EXPECT_EQ(queued(), 2);
}

TEST_F(Limit, skip_drops_a_start_while_one_works_and_says_so) {
  frequent("skip");
  until("2026-01-01 00:16");
  EXPECT_EQ(counted()["RUNNING"], 1);
  EXPECT_EQ(queued(), 0);
  int skipped = 0;
  for (const auto& occurrence : service.tables().occurrences.rows())
    skipped += occurrence->current == 0 && !occurrence->evidence.empty();
  EXPECT_EQ(skipped, 2);
  const auto explained = ask(api::Explain{"f", {}, {}});
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->state, "was skipped (onLimit: skip: 1 of 1 runs work or wait)");
  (void)end("f");
  until("2026-01-01 00:21");
  EXPECT_EQ(counted()["RUNNING"], 1) << "the next time starts again";
  EXPECT_EQ(counted()["SUCCEEDED"], 1);
}

TEST_F(Limit, cancel_running_stops_the_oldest_for_the_new_one) {
  frequent("cancelRunning", 2);
  until("2026-01-01 00:21");
  EXPECT_EQ(counted()["RUNNING"], 2);
  EXPECT_EQ(counted()["ABORTED"], 2);
  EXPECT_EQ(queued(), 0);
}

TEST_F(Limit, a_persons_start_waits_in_every_case) {
  frequent("skip");
  until("2026-01-01 00:06");
  api::StartRun request;
  request.pipeline = "f";
  ASSERT_TRUE(ask(request));
  EXPECT_EQ(queued(), 1);
}

TEST_F(Limit, a_key_with_a_condition_that_was_skipped_does_not_start_later_by_itself) {
  deploy("name: up\nwindow: run\n");
  deploy("name: d\nconcurrency: {maxRuns: 1, onLimit: skip}\ntrigger: {executions: {allOf: [{name: up}]}}\n");
  for (int i = 0; i < 2; ++i) {
    const auto reply = ask(api::StartRun{"up", {}, {}});
    ASSERT_TRUE(reply);
    api::ExecutionStatusChanged event;
    event.owner = "run/" + std::to_string(reply->run.run);
    event.status = api::ExecutionStatus::SUCCEEDED;
    (void)ask(EndOfExecution{event});
  }
  const auto of_d = [&] {
    const auto id = service.tables().find_pipeline(AccountId{kA}, "d")->id;
    return std::ranges::count_if(service.tables().facts.rows(), [&](const auto& f) { return f->pipeline == id; });
  };
  EXPECT_EQ(of_d(), 1);
  (void)end("d");
  EXPECT_EQ(of_d(), 1);
}

TEST_F(Limit, dates_are_never_dropped) {
  const auto daily = refusal("name: a\nconcurrency: {maxRuns: 1, onLimit: skip}\ntrigger: {schedule: {hour: 3}}");
  EXPECT_NE(daily.find("'skip' would lose dates: a day whose start finds the limit reached would never run"),
            std::string::npos)
      << daily;
  const auto none = refusal(
      "name: a\nwindow: none\nconcurrency: {maxRuns: 1, onLimit: cancelRunning}\ntrigger: {schedule: {hour: 3}}");
  EXPECT_NE(none.find("there is nothing that 'cancelRunning' could drop"), std::string::npos) << none;
  const auto unlimited = refusal("name: a\nwindow: run\nconcurrency: {onLimit: skip}");
  EXPECT_NE(unlimited.find("there is no limit"), std::string::npos) << unlimited;
}

}  // namespace
}  // namespace weir::pipeline
