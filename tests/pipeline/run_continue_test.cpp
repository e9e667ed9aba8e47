// weir retry RUN --from STEP.
#include <gtest/gtest.h>

#include "json/text.hpp"
#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {

// Lets a test say how a step ended.
struct EndStep {
  using Reply = api::EmptyReply;
  api::StepChanged event;
};
BOOST_DESCRIBE_STRUCT(EndStep, (), (event))

namespace {

constexpr auto kYaml = R"(name: p
trigger: {schedule: {hour: 3}}
steps:
  - {name: fetch, run: fetch}
  - {name: left, run: left, needs: [fetch]}
  - {name: right, run: right, needs: [fetch]}
  - {name: load, run: load, needs: [left, right]}
)";

struct ContinueTest : ServiceBench {
  ContinueTest() {
    cell.registry().on<EndStep>([](core::Transaction& tx, const EndStep& r) -> api::Reply<api::EmptyReply> {
      tx.emit(r.event);
      return api::EmptyReply{};
    });
    EXPECT_TRUE(deploy(kYaml, A).has_value());
  }
  std::int64_t run() {
    auto reply = ask(api::StartRun{"p", {}, "2026-11-19", {}, false, false, "", false}, A);
    return reply ? reply->run.run : 0;
  }
  void step(const std::string& name, const std::string& result) {
    EndStep end;
    end.event.owner = started.back().owner;
    end.event.state = name;
    end.event.item = ++item_;
    end.event.status = result.empty() ? api::StepStatus::FAILED : api::StepStatus::SUCCEEDED;
    end.event.result.text = result;
    ask(end, A);
  }
  // A run whose steps ended so, and which has failed.
  std::int64_t failed_after(const std::vector<std::string>& good) {
    const auto out = run();
    for (const auto& name : good) step(name, R"({"of":")" + name + "\"}");
    end(started.size() - 1, "{}", api::ExecutionStatus::FAILED);
    return out;
  }
  auto retry(std::int64_t of, const std::string& from) { return ask(api::RetryRun{of, "", from}, A); }
  std::string steps_given() const { return json::print(*json::parse(started.back().input.text)->find("steps")); }
  std::int64_t item_ = 0;
};

TEST_F(ContinueTest, begins_at_the_step_with_the_results_of_those_before) {
  const auto of = failed_after({"fetch", "left", "right"});
  const auto again = retry(of, "load");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(started.back().start_at, "load");
  EXPECT_EQ(steps_given(), R"({"fetch":{"of":"fetch"},"left":{"of":"left"},"right":{"of":"right"}})");
  EXPECT_EQ(again->run.window, "2026-11-19");
  EXPECT_NE(again->run.why.find("from step load"), std::string::npos) << again->run.why;
}

TEST_F(ContinueTest, failed_begins_at_the_first_that_has_not_succeeded_and_steps_beside_it_run_again) {
  const auto of = failed_after({"fetch", "left"});
  ASSERT_TRUE(retry(of, "failed").has_value());
  EXPECT_EQ(started.back().start_at, "parallel 2");
  EXPECT_EQ(steps_given(), R"({"fetch":{"of":"fetch"}})");
}

TEST_F(ContinueTest, a_continued_run_can_be_continued) {
  const auto first = failed_after({"fetch"});
  const auto second = retry(first, "left");
  ASSERT_TRUE(second.has_value());
  step("left", R"({"of":"left"})");
  step("right", R"({"of":"right"})");
  end(started.size() - 1, "{}", api::ExecutionStatus::FAILED);
  ASSERT_TRUE(retry(second->run.run, "failed").has_value());
  EXPECT_EQ(started.back().start_at, "load");
  EXPECT_EQ(steps_given(), R"({"fetch":{"of":"fetch"},"left":{"of":"left"},"right":{"of":"right"}})");
}

TEST_F(ContinueTest, a_step_before_it_without_a_result_is_named) {
  const auto reply = retry(failed_after({"fetch", "left"}), "load");
  ASSERT_FALSE(reply.has_value());
  EXPECT_NE(reply.error().message.find("step 'right' comes before 'load'"), std::string::npos) << reply.error().message;
}

TEST_F(ContinueTest, a_loop_before_it_is_refused_and_a_step_whose_condition_did_not_hold_is_not) {
  ASSERT_TRUE(deploy(R"(name: p
trigger: {schedule: {hour: 3}}
steps:
  - {name: maybe, run: a, when: "${date} == '1999-01-01'"}
  - {name: loop, run: b, foreach: [x, y]}
  - {name: load, run: c}
)",
                     A));
  const auto of = failed_after({"loop"});
  const auto refused = retry(of, "load");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("'loop' comes before 'load' and loops"), std::string::npos)
      << refused.error().message;
  ASSERT_TRUE(retry(of, "loop").has_value()) << "'maybe' was skipped: it has no result, and needs none";
  EXPECT_EQ(started.back().start_at, "items loop");
  EXPECT_EQ(steps_given(), R"({"maybe":null})");
}

TEST_F(ContinueTest, a_step_that_is_not_there_is_refused_with_the_nearest) {
  const auto reply = retry(failed_after({"fetch"}), "laod");
  ASSERT_FALSE(reply.has_value());
  EXPECT_NE(reply.error().message.find("did you mean 'load'?"), std::string::npos) << reply.error().message;
}

TEST_F(ContinueTest, an_active_run_is_not_continued) {
  const auto of = run();
  EXPECT_FALSE(retry(of, "load").has_value());
}

TEST_F(ContinueTest, results_of_old_inputs_are_not_mixed_with_new_ones) {
  ASSERT_TRUE(deploy("name: q\ntrigger: {executions: {allOf: [{name: p}]}}\n"
                     "steps: [{name: one, run: one}, {name: two, run: two}]\n",
                     A)
                  .has_value());
  const auto up = ask(api::StartRun{"p", {}, "2026-11-20", {}, false, false, "", false}, A);
  ASSERT_TRUE(up.has_value());
  end(started.size() - 1);  // q starts
  const auto down = started.back().owner;
  step("one", R"({"of":"one"})");
  end(started.size() - 1, "{}", api::ExecutionStatus::FAILED);
  const auto of = std::stoll(down.substr(4));
  ASSERT_TRUE(ask(api::RetryRun{up->run.run, "", {}}, A).has_value());
  const auto reply = retry(of, "two");
  ASSERT_FALSE(reply.has_value());
  EXPECT_NE(reply.error().message.find("run it again whole"), std::string::npos) << reply.error().message;
}

}  // namespace
}  // namespace weir::pipeline
