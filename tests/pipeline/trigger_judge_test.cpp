// Rules 1 and 5 clause by clause: atLeast, follow, newest with maxAge, each.
#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"
#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {
namespace {

std::string daily(const std::string& name) { return "name: " + name + "\ntrigger: {schedule: {hour: 3}}"; }

TEST(AtLeast, so_many_of_any_of_fire_the_key_and_the_next_starts_nothing) {
  World w;
  for (const char* p : {"a", "b", "c"}) w.deploy(daily(p));
  w.deploy("name: d\ntrigger: {executions: {atLeast: 2, anyOf: [{name: a}, {name: b}, {name: c}]}}");
  w.until("2026-01-01 03:00");
  w.end("c", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#1 c#1");
  w.end("d", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(AtLeast, stands_beside_all_of) {
  World w;
  for (const char* p : {"a", "b", "c"}) w.deploy(daily(p));
  w.deploy("name: d\ntrigger: {executions: {allOf: [{name: a}], atLeast: 2, anyOf: [{name: b}, {name: c}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  w.end("c", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(AtLeast, more_than_there_are_is_refused) {
  const auto spec = parse_pipeline(
      "name: d\nsteps: {run: x}\ntrigger: {executions: {atLeast: 3, anyOf: [{name: a}, {name: b}]}}", "pipeline.yaml");
  ASSERT_FALSE(spec);
  EXPECT_EQ(text_of(spec.error()),
            "pipeline.yaml:3:24: trigger.executions.atLeast: 3 of 2 clauses can never hold; a number from 1 to 2\n");
}

// Each fires once; then its upstream runs again, and ends as before.
int runs_after_a_rerun(const std::string& clause, RunStatus status) {
  World w;
  w.deploy(daily("a"));
  w.deploy(daily("b"));
  w.deploy("name: d\ntrigger: {executions: {allOf: [{name: b}, {name: a, " + clause + "}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", status);
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1) << clause;
  w.end("d", "2026-01-01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01", status);
  return w.runs("d");
}

TEST(Follow, clauses_that_list_succeeded_are_followed_unless_they_say_no) {
  EXPECT_EQ(runs_after_a_rerun("status: [SUCCEEDED, FAILED]", RunStatus::FAILED), 2);
  EXPECT_EQ(runs_after_a_rerun("status: SUCCEEDED, follow: false", RunStatus::SUCCEEDED), 1);
}

TEST(Follow, other_statuses_and_newest_are_followed_only_when_they_say_so) {
  EXPECT_EQ(runs_after_a_rerun("status: FAILED", RunStatus::FAILED), 1);
  EXPECT_EQ(runs_after_a_rerun("status: FAILED, follow: true", RunStatus::FAILED), 2);
  EXPECT_EQ(runs_after_a_rerun("match: newest", RunStatus::SUCCEEDED), 1);
  EXPECT_EQ(runs_after_a_rerun("match: newest, follow: true", RunStatus::SUCCEEDED), 2);
}

TEST(Follow, on_itself_the_next_day_runs_again_only_when_it_says_so) {
  for (const bool follow : {false, true}) {
    World w;
    w.deploy(daily("a"));
    w.deploy("name: d\nwindow: day\ntrigger: {executions: {allOf: [{name: a}, {name: d, offset: -1" +
             std::string(follow ? ", follow: true" : "") + "}]}}");
    for (const std::string day : {"2026-01-01", "2026-01-02"}) {
      w.until(day + " 03:00");
      w.end("a", day);
      w.end("d", day);
    }
    w.start("d", "2026-01-01");
    w.end("d", "2026-01-01");
    EXPECT_EQ(w.runs("d", "2026-01-02"), follow ? 2 : 1);
  }
}

TEST(Newest, an_occurrence_older_than_max_age_does_not_meet_it) {
  World w;
  w.deploy(daily("a"));
  w.deploy(daily("fx"));
  w.deploy("name: d\ntrigger: {executions: {allOf: [{name: a}, {name: fx, match: newest, maxAge: 2d}]}}");
  w.until("2026-01-01 03:00");
  w.end("fx", "2026-01-01");
  for (const std::string day : {"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"}) {
    w.until(day + " 03:00");
    w.end("a", day);
    EXPECT_EQ(w.runs("d", day), day == "2026-01-04" ? 0 : 1) << day;
  }
}

TEST(Each, last_is_the_last_planned) {
  World w;
  w.deploy("name: a\nsince: 2026-01-02\ntrigger: {schedule: {cron: \"0 6-8 * * *\"}}\nwindow: hour");
  w.deploy("name: d\nwindow: day\ntrigger: {executions: {allOf: [{name: a, each: last}]}}");
  w.until("2026-01-02 07:30");
  w.end("a", "2026-01-02T06Z");
  w.end("a", "2026-01-02T07Z");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-02 08:30");
  w.end("a", "2026-01-02T08Z");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
}

using DeployEach = ServiceBench;

std::string day_after(const std::string& clause) {
  return "name: d\nwindow: day\ntrigger: {executions: {allOf: [" + clause + "]}}\nsteps: [{run: echo}]\n";
}

TEST_F(DeployEach, a_finer_upstream_that_plans_nothing_demands_it) {
  ASSERT_TRUE(deploy("name: hand\nwindow: hour\nsteps: [{run: echo}]\n", A));
  ASSERT_TRUE(
      deploy("name: after-hand\nwindow: hour\ntrigger: {executions: {allOf: [{name: hand}]}}\nsteps: [{run: x}]\n", A));
  ASSERT_TRUE(deploy("name: events\nsteps: [{run: echo}]\n", A));
  for (const std::string up : {"hand", "after-hand", "events"}) {
    const auto refused = deploy(day_after("{name: " + up + "}"), A);
    ASSERT_FALSE(refused) << up;
    EXPECT_NE(refused.error().message.find("each: any"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(deploy(day_after("{name: " + up + ", each: any}"), A)) << up;
  }
  EXPECT_FALSE(deploy(day_after("{name: hand, each: last}"), A)) << "there is no last planned one";
  EXPECT_TRUE(deploy(day_after("{name: events, each: last}"), A)) << "the newest of the day so far";
}

TEST_F(DeployEach, a_finer_upstream_that_is_planned_through_others_does_not) {
  ASSERT_TRUE(deploy("name: a\ntrigger: {schedule: {minute: 5}}\nsteps: [{run: echo}]\n", A));
  ASSERT_TRUE(deploy("name: b\ntrigger: {executions: {allOf: [{name: a}]}}\nsteps: [{run: echo}]\n", A));
  EXPECT_TRUE(deploy(day_after("{name: b}"), A));
}

}  // namespace
}  // namespace weir::pipeline
