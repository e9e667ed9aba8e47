#include "workflow/step.hpp"

#include "base/limits.hpp"
#include "tests/workflow/play.hpp"

namespace weir::workflow {
namespace {

std::string one(const std::string& fields) { return R"({"StartAt":"A","States":{"A":{)" + fields + "}}}"; }
std::string task(const std::string& more = "") {
  return one(R"("Type":"Task","Resource":"arn:weir:work:::queue/default","End":true)" + more);
}

TEST(Pass, hands_its_input_on) {
  Play p(one(R"("Type":"Pass","End":true)"), R"({"n":1.0})");
  EXPECT_EQ(p.output(), R"({"n":1.0})");
  EXPECT_EQ(p.types(), "ExecutionStarted PassStateEntered PassStateExited ExecutionSucceeded");
}

TEST(Pass, puts_its_result_at_the_result_path) {
  Play p(one(R"("Type":"Pass","Result":[1],"ResultPath":"$.a.b","End":true)"), R"({"n":1})");
  EXPECT_EQ(p.output(), R"({"n":1,"a":{"b":[1]}})");
}

TEST(Pass, fills_parameters_from_input_and_context) {
  Play p(one(R"~("Type":"Pass","End":true,"Parameters":{"k":7,"x.$":"$.n","name.$":"$$.Execution.Name",
               "t.$":"States.Format('{}-{}', $.n, 'z')","l":[{"y.$":"$.m[*]"}]})~"),
         R"({"n":"q","m":[1,2]})");
  EXPECT_EQ(p.output(), R"({"k":7,"x":"q","name":"x","t":"q-z","l":[{"y":[1,2]}]})");
}

TEST(Pass, narrows_with_input_and_output_path) {
  Play p(one(R"("Type":"Pass","InputPath":"$.a","OutputPath":"$.b","End":true)"), R"({"a":{"b":3}})");
  EXPECT_EQ(p.output(), "3");
  Play none(one(R"("Type":"Pass","InputPath":null,"End":true)"), R"({"a":1})");
  EXPECT_EQ(none.output(), "{}");
}

TEST(Pass, fails_the_execution_in_the_words_of_the_service_when_a_path_is_not_there) {
  Play p(one(R"("Type":"Pass","Parameters":{"value.$":"$.no"},"End":true)"), R"({"a":0})");
  EXPECT_EQ(p.status(), "FAILED");
  EXPECT_EQ(p.execution->error, "States.Runtime");
  EXPECT_EQ(p.execution->cause,
            "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.no' "
            "specified for the field 'value.$' could not be found in the input '{\"a\":0}'");
}

TEST(Choice, takes_the_first_rule_that_holds_else_the_default) {
  const std::string m = R"({"StartAt":"A","States":{
    "A":{"Type":"Choice","Choices":[
      {"And":[{"Variable":"$.n","NumericGreaterThan":1},{"Not":{"Variable":"$.n","NumericEquals":5}}],"Next":"Big"},
      {"Variable":"$.s","StringMatches":"a*z","Next":"Star"}],"Default":"Other"},
    "Big":{"Type":"Pass","Result":"big","End":true},"Star":{"Type":"Pass","Result":"star","End":true},
    "Other":{"Type":"Pass","Result":"other","End":true}}})";
  EXPECT_EQ(Play(m, R"({"n":2,"s":""})").output(), "\"big\"");
  EXPECT_EQ(Play(m, R"({"n":5,"s":"abz"})").output(), "\"star\"");
  EXPECT_EQ(Play(m, R"({"n":5,"s":"abzx"})").output(), "\"other\"");
}

TEST(Choice, fails_without_a_match_and_a_default) {
  Play p(R"({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.n","IsPresent":true,"Next":"B"}]},
            "B":{"Type":"Succeed"}}})");
  EXPECT_EQ(p.execution->error, "States.NoChoiceMatched");
}

TEST(Wait, waits_seconds_and_until_timestamps) {
  Play p(one(R"("Type":"Wait","SecondsPath":"$.s","End":true)"), R"({"s":5})");
  p.pass(Millis{4'999});
  EXPECT_TRUE(p.running());
  p.pass(Millis{1});
  EXPECT_EQ(p.status(), "SUCCEEDED");
  Play past(one(R"("Type":"Wait","Timestamp":"1970-01-01T00:00:00Z","End":true)"));
  EXPECT_EQ(past.status(), "SUCCEEDED");
}

TEST(Succeed, ends_with_success) { EXPECT_EQ(Play(one(R"("Type":"Succeed")"), "[1]").output(), "[1]"); }

TEST(Fail, ends_with_its_error_fixed_or_from_the_input) {
  Play p(one(R"("Type":"Fail","Error":"E","Cause":"c")"));
  EXPECT_EQ(p.execution->error + p.execution->cause, "Ec");
  EXPECT_EQ(p.types(), "ExecutionStarted FailStateEntered ExecutionFailed");
  Play q(one(R"~("Type":"Fail","ErrorPath":"$.e","CausePath":"States.Format('{}!', $.e)")~"), R"({"e":"X"})");
  EXPECT_EQ(q.execution->error + q.execution->cause, "XX!");
}

TEST(Task, an_execution_may_start_at_another_state_of_the_machine) {
  Play p(R"({"StartAt":"A","States":{"A":{"Type":"Fail"},"B":{"Type":"Pass","End":true}}})", R"({"n":1})", "B");
  EXPECT_EQ(p.output(), R"({"n":1})");
}

TEST(Task, goes_to_its_queue_and_ends_with_the_result) {
  Play p(task(R"(,"Parameters":{"a.$":"$.n"},"ResultSelector":{"r.$":"$.x"},"ResultPath":"$.out")"), R"({"n":1})");
  EXPECT_EQ(p.task().queue, "default");
  EXPECT_EQ(p.task().payload->text, R"({"a":1})");
  p.apply(TaskStarted{p.task().frame, 101, "w"});
  p.succeed(R"({"x":9})");
  EXPECT_EQ(p.output(), R"({"n":1,"out":{"r":9}})");
  EXPECT_EQ(p.types(),
            "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited "
            "ExecutionSucceeded");
}

TEST(Task, ignores_an_answer_of_an_item_it_does_not_wait_for) {
  Play p(task());
  const auto before = dump(*p.execution);
  p.apply(TaskSucceeded{1, 999, {}});
  EXPECT_EQ(dump(*p.execution), before);
}

TEST(Task, times_out_and_stops_its_item) {
  Play p(task(R"(,"TimeoutSeconds":10)"));
  p.pass(Millis{10'000});
  EXPECT_EQ(p.execution->error, "States.Timeout");
  EXPECT_EQ(p.stopped, std::vector<std::int64_t>{101});
}

TEST(Task, silence_is_a_heartbeat_timeout_when_heartbeats_were_asked_for) {
  Play p(task(R"(,"HeartbeatSeconds":5)"));
  EXPECT_EQ(p.task().heartbeat_s, 5);
  p.fail("Weir.WorkerLost", 0, true);
  EXPECT_EQ(p.execution->error, "States.HeartbeatTimeout");
  Play q(task());
  q.fail("Weir.WorkerLost", 0, true);
  EXPECT_EQ(q.execution->error, "Weir.WorkerLost");
}

TEST(Retry, waits_longer_each_time_up_to_the_greatest_delay) {
  Play p(task(R"(,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":2,"BackoffRate":3,"MaxAttempts":3,
                  "MaxDelaySeconds":10}])"));
  for (const int wait_s : {2, 6, 10}) {
    p.fail("E");
    p.pass(Millis{wait_s * 1000 - 1});
    EXPECT_TRUE(p.open.empty());
    p.pass(Millis{1});
    ASSERT_EQ(p.open.size(), 1u);
  }
  EXPECT_EQ(p.task().attempt, 4);
  p.fail("E");
  EXPECT_EQ(p.status(), "FAILED");
  EXPECT_TRUE(p.notes.at(0).will_retry);
  EXPECT_FALSE(p.notes.back().will_retry);
}

TEST(Retry, comes_before_catch_and_each_retrier_counts_for_itself) {
  Play p(R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:weir:work:::queue/q","End":true,
    "Retry":[{"ErrorEquals":["E"],"MaxAttempts":1},{"ErrorEquals":["States.ALL"],"MaxAttempts":1}],
    "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.err","Next":"B"}]},
    "B":{"Type":"Pass","End":true}}})");
  p.fail("E"), p.pass(Millis{1000});
  p.fail("F"), p.pass(Millis{1000});
  p.fail("E");
  EXPECT_EQ(p.output(), R"({"err":{"Error":"E","Cause":"because"}})");
}

TEST(Catch, takes_the_first_that_names_the_error) {
  const std::string m = R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:weir:work:::queue/q","End":true,
    "Catch":[{"ErrorEquals":["States.Timeout"],"Next":"T"},{"ErrorEquals":["States.TaskFailed"],"Next":"F"}]},
    "T":{"Type":"Pass","Result":"t","End":true},"F":{"Type":"Pass","Result":"f","End":true}}})";
  Play p(m), q(m);
  p.fail("Custom");
  q.fail("States.Timeout");
  EXPECT_EQ(p.output() + q.output(), "\"f\"\"t\"");
}

TEST(Catch, all_does_not_catch_runtime_errors) {
  Play p(task(R"(,"TimeoutSecondsPath":"$.no","Catch":[{"ErrorEquals":["States.ALL"],"Next":"A"}])"));
  EXPECT_EQ(p.execution->error, "States.Runtime");
}

const std::string kBranch =
    R"({"StartAt":"#1","States":{"#1":{"Type":"Task","Resource":"arn:weir:work:::queue/q","End":true}}})";
std::string parallel(const std::string& more = "") {
  std::string a = kBranch, b = kBranch;
  for (auto* text : {&a, &b})
    for (auto at = text->find('#'); at != std::string::npos; at = text->find('#')) (*text)[at] = text == &a ? 'x' : 'y';
  return one(R"("Type":"Parallel","End":true,"Branches":[)" + a + "," + b + "]" + more);
}

TEST(Parallel, gathers_outputs_in_the_order_of_the_branches) {
  Play p(parallel());
  ASSERT_EQ(p.open.size(), 2u);
  p.succeed("2", 1);
  p.succeed("1", 0);
  EXPECT_EQ(p.output(), "[1,2]");
}

TEST(Parallel, a_failing_branch_stops_the_others) {
  Play p(parallel());
  p.fail("E", 0);
  EXPECT_EQ(p.status() + p.execution->error, "FAILEDE");
  EXPECT_EQ(p.stopped, std::vector<std::int64_t>{102});
  EXPECT_EQ(p.count("ParallelStateFailed"), 1);
}

TEST(Parallel, is_retried_as_a_whole) {
  Play p(parallel(R"(,"Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}])"));
  p.succeed("1", 0);
  p.fail("E", 0);
  p.pass(Millis{1000});
  ASSERT_EQ(p.open.size(), 2u);
  p.succeed("1"), p.succeed("2");
  EXPECT_EQ(p.output(), "[1,2]");
}

std::string map(const std::string& more, const std::string& body = R"("Type":"Pass","End":true)",
                const std::string& key = "ItemProcessor") {
  return one(R"("Type":"Map","End":true,")" + key + R"(":{"StartAt":"I","States":{"I":{)" + body + "}}}" + more);
}

TEST(Map, goes_over_all_items_in_order) {
  Play p(map(R"(,"ItemsPath":"$.l")"), R"({"l":[3,1,2]})");
  EXPECT_EQ(p.output(), "[3,1,2]");
  EXPECT_EQ(p.count("MapIterationSucceeded"), 3);
  EXPECT_EQ(Play(map(""), "[]").output(), "[]");
}

TEST(Map, selects_from_item_and_input) {
  Play p(map(R"(,"ItemsPath":"$.l","ItemSelector":{"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value","k.$":"$.k"})"),
         R"({"l":["a","b"],"k":7})");
  EXPECT_EQ(p.output(), R"([{"i":0,"v":"a","k":7},{"i":1,"v":"b","k":7}])");
  Play old(map(R"(,"Parameters":{"v.$":"$$.Map.Item.Value"})", R"("Type":"Pass","End":true)", "Iterator"), "[1]");
  EXPECT_EQ(old.output(), R"([{"v":1}])");
}

TEST(Map, runs_no_more_iterations_at_a_time_than_allowed) {
  Play p(map(R"(,"MaxConcurrency":2)", R"("Type":"Task","Resource":"arn:weir:work:::queue/q","End":true)"),
         "[1,2,3,4,5]");
  while (p.running()) p.succeed("0");
  EXPECT_EQ(p.most_open, 2);
  EXPECT_EQ(p.output(), "[0,0,0,0,0]");
}

TEST(Map, refuses_what_is_no_array) { EXPECT_EQ(Play(map(""), "{}").execution->error, "States.Runtime"); }

TEST(Map, a_nested_map_sees_its_own_items) {
  Play p(map("", R"("Type":"Map","End":true,"ItemProcessor":{"StartAt":"J","States":{"J":{"Type":"Pass",
              "Parameters":{"v.$":"$$.Map.Item.Value"},"End":true}}})"),
         "[[1,2],[3]]");
  EXPECT_EQ(p.output(), R"([[{"v":1},{"v":2}],[{"v":3}]])");
}

TEST(Execution, ends_with_its_own_timeout) {
  Play p(R"({"StartAt":"A","TimeoutSeconds":5,"States":{"A":{"Type":"Wait","Seconds":60,"End":true}}})");
  p.pass(Millis{5'000});
  EXPECT_EQ(p.status(), "TIMED_OUT");
  EXPECT_EQ(p.events.back().type, "ExecutionTimedOut");
}

TEST(Execution, stops_on_demand_with_its_tasks) {
  Play p(parallel());
  p.apply(Stopped{"E", "c"});
  EXPECT_EQ(p.status(), "ABORTED");
  EXPECT_EQ(p.stopped.size(), 2u);
  EXPECT_TRUE(p.execution->frames.empty());
}

TEST(Execution, forty_states_are_one_step) {
  std::string m = R"({"StartAt":"S0","States":{)";
  for (int i = 0; i < 40; ++i)
    m += (i ? ",\"S" : "\"S") + std::to_string(i) + R"(":{"Type":"Pass",)" +
         (i < 39 ? "\"Next\":\"S" + std::to_string(i + 1) + "\"}" : "\"End\":true}");
  Play p(m + "}}");
  EXPECT_EQ(p.steps, 1);
  EXPECT_EQ(p.events.size(), 82u);
}

TEST(Execution, an_endless_loop_gives_way_and_ends_with_a_full_history) {
  Play p(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}})");
  EXPECT_EQ(p.status(), "FAILED");
  EXPECT_EQ(p.execution->cause, "The execution reached the maximum number of history events (25000).");
  EXPECT_EQ(p.events.size(), static_cast<std::size_t>(limits::kHistoryEvents));
  EXPECT_GE(p.steps, 12'500 / limits::kTransitionsPerCommand);
}

TEST(Execution, a_big_map_is_done_in_bounded_steps) {
  std::string input = "[0";
  for (int i = 1; i < 3000; ++i) input += ",0";
  Play p(map(""), input + "]");
  EXPECT_EQ(p.status(), "SUCCEEDED");
  EXPECT_GT(p.steps, 20);
}

}  // namespace
}  // namespace weir::workflow
