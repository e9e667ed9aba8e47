// Rule 14: reruns and backfills as plans.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "tests/pipeline/plan_world.hpp"

namespace weir::pipeline {
namespace {

std::string daily(const std::string& name, int hour = 3) {
  return "name: " + name + "\ntrigger: {schedule: {hour: " + std::to_string(hour) + "}}";
}
std::string after(const std::string& name, const std::string& upstreams, const std::string& more = "") {
  return "name: " + name + "\n" + more + "trigger: {executions: {allOf: [" + upstreams + "]}}";
}

// a -> b, a -> c, (b, c) -> d; each has run for the first three days.
void deploy_diamond(PlanWorld& w) {
  w.deploy(daily("a"));
  w.deploy(after("b", "{name: a}"));
  w.deploy(after("c", "{name: a}"));
  w.deploy(after("d", "{name: b}, {name: c}"));
  for (const char* day : {"2026-01-01", "2026-01-02", "2026-01-03"}) {
    w.until(std::string(day) + " 03:00");
    for (const char* p : {"a", "b", "c", "d"}) w.end(p, day);
  }
}

TEST(Plan, shows_every_key_in_topological_order_before_anything_starts) {
  PlanWorld w;
  deploy_diamond(w);
  const auto shown = w.rerun("a", "2026-01-02", {.accept = false});
  EXPECT_EQ(shown.plan.status, "PROPOSED");
  EXPECT_EQ(w.keys_text(shown), "a 2026-01-02, b 2026-01-02, c 2026-01-02, d 2026-01-02");
  EXPECT_EQ(shown.keys.front().last, "SUCCEEDED");
  EXPECT_EQ(w.active_runs(), 0);
}

TEST(Plan, a_rerun_takes_the_dependants_once_on_consistent_inputs) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-02").plan.plan;
  w.end("a", "2026-01-02");
  w.end("b", "2026-01-02");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  w.end("c", "2026-01-02");
  w.end("d", "2026-01-02");
  EXPECT_EQ(w.used("d", "2026-01-02"), "b#2 c#2");
  EXPECT_EQ(w.show(plan).plan.status, "DONE");
  EXPECT_EQ(w.runs("d"), 4);
}

TEST(Plan, from_acceptance_its_keys_count_as_running_for_dependants) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(daily("x", 4));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.rerun("a", "2026-01-01", {.parallel = 1, .to = "2026-01-01"});
  w.deploy(after("e", "{name: a}, {name: x}"));
  w.until("2026-01-01 04:00");
  w.end("x", "2026-01-01");
  EXPECT_EQ(w.runs("e"), 0);  // a's old run meets nothing
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.used("e", "2026-01-01"), "a#2 x#1");
}

TEST(Plan, waiting_keys_say_in_which_plan) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-01", {.parallel = 1, .to = "2026-01-03"}).plan.plan;
  EXPECT_NE(w.why("b", "2026-01-03").find("waits to start in plan " + std::to_string(plan)), std::string::npos)
      << w.why("b", "2026-01-03");
}

TEST(Plan, runs_at_most_parallel_at_once_oldest_first_and_a_date_through_the_graph) {
  PlanWorld w;
  deploy_diamond(w);
  w.rerun("a", "2026-01-01", {.parallel = 1, .to = "2026-01-02"});
  std::string order;
  while (w.active_runs() > 0) {
    EXPECT_EQ(w.active_runs(), 1);
    order += w.end_any() + " ";
  }
  EXPECT_EQ(order, "a/01 b/01 c/01 d/01 a/02 b/02 c/02 d/02 ");
}

TEST(Plan, survives_a_restart_between_any_two_steps) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-01", {.parallel = 2, .to = "2026-01-03"}).plan.plan;
  while (w.active_runs() > 0) {
    w.bench.restart();
    w.end_any();
    w.bench.restart();
  }
  EXPECT_EQ(w.show(plan).plan.status, "DONE");
  for (const char* p : {"a", "b", "c", "d"}) EXPECT_EQ(w.runs(p), 6) << p;
}

TEST(Plan, paused_starts_no_more_and_resumed_goes_on) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-02").plan.plan;
  w.pause(plan);
  w.end("a", "2026-01-02");
  EXPECT_EQ(w.active_runs(), 0);
  w.resume(plan);
  EXPECT_EQ(w.active_runs(), 2);
  while (w.active_runs() > 0) w.end_any();
  EXPECT_EQ(w.show(plan).plan.status, "DONE");
}

TEST(Plan, cancelled_drops_what_has_not_started_and_dependants_are_judged_by_what_there_is) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-01", {.parallel = 1, .to = "2026-01-03"}).plan.plan;
  w.cancel(plan);
  EXPECT_EQ(w.show(plan).plan.status, "CANCELLED");
  EXPECT_EQ(w.active_runs(), 1);
  w.end("a", "2026-01-01");  // works on, and is a run like any other: its dependants follow
  while (w.active_runs() > 0) w.end_any();
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#2 c#2");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 1);
  EXPECT_EQ(w.why("d", "2026-01-02"), "");
}

TEST(Plan, a_key_whose_upstream_fails_is_not_run_and_says_why) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-02").plan.plan;
  w.end("a", "2026-01-02");
  w.end("b", "2026-01-02", RunStatus::FAILED);
  w.end("c", "2026-01-02");
  const auto shown = w.show(plan);
  EXPECT_EQ(shown.plan.status, "DONE");
  EXPECT_EQ(shown.keys.back().state, "NOT_RUN");
  EXPECT_NE(shown.keys.back().why.find("is FAILED"), std::string::npos) << shown.keys.back().why;
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  // The condition stays armed.
  w.start("b", "2026-01-02");
  w.end("b", "2026-01-02");
  EXPECT_EQ(w.used("d", "2026-01-02"), "b#3 c#2");
}

TEST(Plan, an_active_key_is_left_alone_and_says_so) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-01");
  const auto shown = w.rerun("a", "2026-01-01", {.to = "2026-01-02"});
  EXPECT_EQ(w.keys_text(shown), "a 2026-01-01");
  EXPECT_EQ(shown.pipelines.front().left_alone, std::vector<std::string>{"2026-01-02"});
}

TEST(Plan, a_key_that_became_active_before_its_turn_is_left_alone) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-01");
  w.end("a", "2026-01-02");
  const auto plan = w.rerun("a", "2026-01-01", {.parallel = 1, .to = "2026-01-02"}).plan.plan;
  w.start("a", "2026-01-02");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.show(plan).keys.back().state, "LEFT_ALONE");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 2);
}

TEST(Plan, redo_missing_failed_and_all) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.until("2026-01-03 03:00");
  w.end("a", "2026-01-01");
  w.end("a", "2026-01-02", RunStatus::FAILED);
  w.end("a", "2026-01-03");
  const auto keys = [&](Redo redo) {
    return w.keys_text(w.backfill("a", "2025-12-31", "2026-01-03", {.redo = redo, .accept = false}));
  };
  EXPECT_EQ(keys(Redo::missing), "a 2025-12-31, a 2026-01-02");
  EXPECT_EQ(keys(Redo::failed), "a 2026-01-02");
  EXPECT_EQ(keys(Redo::all), "a 2025-12-31, a 2026-01-01, a 2026-01-02, a 2026-01-03");
}

TEST(Plan, except_leaves_a_pipeline_out_and_starts_it_not_by_its_condition_either) {
  PlanWorld w;
  deploy_diamond(w);
  const auto shown = w.rerun("a", "2026-01-02", {.except = {"d"}});
  EXPECT_EQ(w.keys_text(shown), "a 2026-01-02, b 2026-01-02, c 2026-01-02");
  EXPECT_EQ(shown.left_out.size(), 1u);
  while (w.active_runs() > 0) w.end_any();
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  EXPECT_FALSE(w.out_of_date("d", "2026-01-02"));
  EXPECT_EQ(w.show(shown.plan.plan).held.size(), 1u);
}

TEST(Plan, only_takes_these_of_what_follows) {
  PlanWorld w;
  deploy_diamond(w);
  EXPECT_EQ(w.keys_text(w.rerun("a", "2026-01-02", {.only = {"b"}})), "a 2026-01-02, b 2026-01-02");
}

TEST(Plan, leaves_out_who_ignores_reruns) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy("name: i\ntrigger: {onUpstreamRerun: ignore, executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.end("i", "2026-01-01");
  EXPECT_EQ(w.keys_text(w.rerun("a", "2026-01-01")), "a 2026-01-01");
}

TEST(Plan, hours_into_a_day_run_the_day_once_after_all_of_them) {
  PlanWorld w;
  w.deploy("name: a\nsince: 2025-12-01\ntrigger: {schedule: {minute: 10}}");
  w.deploy(after("d", "{name: a}", "window: day\nsince: 2025-12-01\n"));
  const auto plan = w.backfill("a", "2025-12-30T00Z", "2025-12-30T23Z", {.downstream = true, .parallel = 5}).plan.plan;
  int ended = 0;
  while (w.active("a") > 0) {
    EXPECT_EQ(w.runs("d"), 0);
    w.end_oldest("a");
    ++ended;
  }
  EXPECT_EQ(ended, 24);
  EXPECT_EQ(w.runs("d", "2025-12-30"), 1);
  w.end("d", "2025-12-30");
  EXPECT_EQ(w.show(plan).plan.status, "DONE");
}

TEST(Plan, a_chain_of_days_on_itself_goes_day_by_day) {
  PlanWorld w;
  w.deploy("name: d\nwindow: day\nsince: 2025-12-01\ntrigger: {executions: {allOf: [{name: d, offset: -1}]}}");
  w.mark("d", "2025-12-02", "FAILED");
  w.backfill("d", "2025-12-05", "2025-12-07", {.parallel = 3});
  EXPECT_EQ(w.active("d"), 1);
  EXPECT_EQ(w.end_oldest("d"), "2025-12-05");
  EXPECT_EQ(w.end_oldest("d"), "2025-12-06");
  EXPECT_EQ(w.end_oldest("d"), "2025-12-07");
}

TEST(Plan, many_runs_in_other_accounts_must_be_meant) {
  PlanWorld w;
  w.deploy(daily("a") + "\nsince: 2024-01-01\n");
  w.deploy_elsewhere(
      "name: e\nsince: 2024-01-01\ntrigger: {executions: {allOf: [{name: a, account: \"000000000001\"}]}}");
  EXPECT_EQ(limits::kPlanRunsElsewhere, 50);
  EXPECT_EQ(w.backfill("a", "2025-01-01", "2025-02-19", {.downstream = true, .accept = false}).plan.in_other_accounts,
            50);
  EXPECT_EQ(w.refused([&] { w.backfill("a", "2025-01-01", "2025-02-19", {.downstream = true}); }), "");
  const auto no = w.refused([&] { w.backfill("a", "2025-06-01", "2025-07-21", {.downstream = true}); });
  EXPECT_NE(no.find("51 runs in other accounts"), std::string::npos) << no;
  EXPECT_EQ(w.refused([&] { w.backfill("a", "2025-06-01", "2025-07-21", {.downstream = true, .others = true}); }), "");
}

TEST(Plan, stays_within_a_commands_budget) {
  PlanWorld w({.starts_per_command = 2, .judgements_per_command = 3});
  w.deploy(daily("a") + "\nsince: 2025-01-01\n");
  w.deploy(after("b", "{name: a}", "since: 2025-01-01\n"));
  const auto plan = w.backfill("a", "2025-12-01", "2025-12-31", {.downstream = true, .parallel = 7}).plan.plan;
  EXPECT_EQ(w.active_runs(), 7);
  while (w.active_runs() > 0) w.end_any();
  const auto shown = w.show(plan);
  EXPECT_EQ(shown.plan.status, "DONE");
  EXPECT_EQ(shown.plan.over, 62);
  EXPECT_EQ(w.runs("b"), 31);
}

TEST(Plan, a_deleted_pipelines_keys_fall_out) {
  PlanWorld w;
  deploy_diamond(w);
  const auto plan = w.rerun("a", "2026-01-02").plan.plan;
  w.remove("d");
  while (w.active_runs() > 0) w.end_any();
  EXPECT_EQ(w.show(plan).plan.status, "DONE");
}

}  // namespace
}  // namespace weir::pipeline
