// The scenarios of docs/triggers.md, those that need no later rule.
#include <gtest/gtest.h>

#include "tests/pipeline/plan_world.hpp"

namespace weir::pipeline {
namespace {

std::string daily(const std::string& name, int hour) {
  return "name: " + name + "\ntrigger: {schedule: {hour: " + std::to_string(hour) + "}}";
}
std::string after(const std::string& name, const std::string& upstreams, const std::string& more = "") {
  return "name: " + name + "\n" + more + "trigger: {executions: {allOf: [" + upstreams + "]}}";
}
std::string hour_of(const std::string& day, int h, const char* between) {
  return day + between + (h < 10 ? "0" : "") + std::to_string(h);
}

// Every hour of a day passes and hourly `name` succeeds, but for `except`.
void pass_hours(World& w, const std::string& name, const std::string& day, int except = -1) {
  for (int h = 0; h < 24; ++h) {
    w.until(hour_of(day, h, " ") + ":30");
    if (h != except) w.end(name, hour_of(day, h, "T") + "Z");
  }
}

constexpr const char* kHourly = "name: a\ntrigger: {schedule: {minute: 10}}";

TEST(Scenario, hourly_into_daily_five_hours_redone) {
  World w;
  w.deploy(kHourly);
  w.deploy(after("d", "{name: a}", "window: day\n"));
  w.until("2026-01-01 23:59");
  while (w.active("a") > 0) w.end_oldest("a");
  pass_hours(w, "a", "2026-01-02");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  w.end("d", "2026-01-02");
  std::vector<std::int64_t> redone;
  for (int h = 3; h < 8; ++h) redone.push_back(w.start("a", hour_of("2026-01-02", h, "T") + "Z").run.run);
  for (std::size_t i = 0; i < redone.size(); ++i) {
    EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
    w.bench.end(redone[i], RunStatus::SUCCEEDED);
  }
  EXPECT_EQ(w.runs("d", "2026-01-02"), 2);
}

TEST(Scenario, one_hour_fails_and_is_mended_six_hours_after_midnight) {
  World w;
  w.deploy(kHourly);
  w.deploy(after("d", "{name: a}", "window: day\n"));
  w.until("2026-01-01 23:59");
  while (w.active("a") > 0) w.end_oldest("a");
  pass_hours(w, "a", "2026-01-02", 5);
  w.end("a", "2026-01-02T05Z", RunStatus::FAILED);
  w.until("2026-01-03 06:00");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 0);
  w.start("a", "2026-01-02T05Z");
  w.end("a", "2026-01-02T05Z");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
}

TEST(Scenario, daily_and_hourly_into_hourly) {
  World w;
  w.deploy(daily("a", 6));
  w.deploy("name: b\ntrigger: {schedule: {minute: 10}}");
  w.deploy(after("d", "{name: a}, {name: b}", "window: hour\n"));
  w.until("2026-01-01 23:59");
  while (w.active("b") > 0) w.end_oldest("b");
  for (int h = 0; h < 24; ++h) {
    w.until(hour_of("2026-01-02", h, " ") + ":30");
    w.end("b", hour_of("2026-01-02", h, "T") + "Z");
    if (h == 6) {
      EXPECT_EQ(w.runs("d", "2026-01-02T03Z"), 0);
      w.end("a", "2026-01-02");
      EXPECT_EQ(w.runs("d", "2026-01-02T03Z"), 1);
    }
  }
  for (int h = 0; h < 24; ++h) EXPECT_EQ(w.runs("d", hour_of("2026-01-02", h, "T") + "Z"), 1) << h;
}

TEST(Scenario, any_of_two_fires_once_and_a_fix_of_the_unused_branch_starts_nothing) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(daily("b", 4));
  w.deploy("name: d\ntrigger: {executions: {anyOf: [{name: a}, {name: b}]}}");
  w.until("2026-01-01 05:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  w.end("b", "2026-01-01");
  w.end("d", "2026-01-01");
  w.start("b", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
}

void deploy_diamond(World& w, const std::string& c_more = "") {
  w.deploy(daily("a", 3));
  w.deploy(after("b", "{name: a}"));
  w.deploy(after("c", "{name: a}", c_more));
  w.deploy(after("d", "{name: b}, {name: c}"));
  w.until("2026-01-01 03:00");
  for (const char* p : {"a", "b", "c", "d"}) w.end(p, "2026-01-01");
}

TEST(Scenario, a_fix_through_a_diamond_runs_the_end_once_on_new_legs) {
  World w;
  deploy_diamond(w);
  EXPECT_EQ(w.runs("d"), 1);
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  w.end("c", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#2 c#2");
}

TEST(Scenario, a_diamond_with_one_leg_held_by_a_limit) {
  World w;
  deploy_diamond(w, "concurrency: {maxRuns: 1}\n");
  w.start("c", "2026-01-09");  // takes the place
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.runs("c", "2026-01-01"), 1);
  w.end("c", "2026-01-09");
  EXPECT_EQ(w.runs("c", "2026-01-01"), 2);
  w.end("c", "2026-01-01");
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#2 c#2");
}

TEST(Scenario, a_longer_leg_that_fails_after_the_fix_keeps_the_old_result) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("b", "{name: a}"));
  w.deploy(after("c1", "{name: a}"));
  w.deploy(after("c", "{name: c1}"));
  w.deploy(after("d", "{name: b}, {name: c}"));
  w.until("2026-01-01 03:00");
  for (const char* p : {"a", "b", "c1", "c", "d"}) w.end(p, "2026-01-01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  w.end("b", "2026-01-01");
  w.end("c1", "2026-01-01");
  w.end("c", "2026-01-01", RunStatus::FAILED);
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_NE(w.why("d", "2026-01-01").find("of 2026-01-01 is FAILED"), std::string::npos) << w.why("d", "2026-01-01");
  w.start("c", "2026-01-01");
  w.end("c", "2026-01-01");
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#2 c#3");
}

TEST(Scenario, running_of_one_and_success_of_another_that_comes_later) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(daily("b", 5));
  w.deploy(after("d", "{name: a, status: [RUNNING]}, {name: b}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.until("2026-01-01 05:00");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(Scenario, a_fallback_runs_once_a_key) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a, status: [FAILED]}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.end("d", "2026-01-01");
  for (int i = 0; i < 2; ++i) {
    w.start("a", "2026-01-01");
    w.end("a", "2026-01-01", RunStatus::FAILED);
  }
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(Scenario, two_monthly_pipelines_join_once_a_month) {
  World w;
  w.deploy("name: a\ntrigger: {schedule: {cron: \"0 3 1 * *\"}}");
  w.deploy("name: b\ntrigger: {schedule: {cron: \"0 3 2 * *\"}}");
  w.deploy(after("d", "{name: a}, {name: b}"));
  for (const char* month : {"2026-01", "2026-02"}) {
    w.until(std::string(month) + "-01 04:00");
    w.end("a", month);
    w.until(std::string(month) + "-02 04:00");
    w.end("b", month);
    EXPECT_EQ(w.runs("d", month), 1);
  }
  EXPECT_EQ(w.runs("d"), 2);
}

TEST(Scenario, labels_join_across_zones) {
  World w;
  w.deploy("name: a\ntimezone: Asia/Tokyo\ntrigger: {schedule: {hour: 3}}");
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 18:00");  // 2026-01-02 03:00 in Tokyo
  w.end("a", "2026-01-02");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
}

TEST(Scenario, a_day_of_25_hours_needs_25_hours) {
  World w;
  w.until("2026-10-24 12:00");
  w.deploy(kHourly);
  w.deploy(after("d", "{name: a}", "window: day\ntimezone: Europe/Berlin\n"));
  w.until("2026-10-24 21:59");
  while (w.active("a") > 0) w.end_oldest("a");
  w.until("2026-10-25 22:59");  // the day is 22:00Z to 23:00Z
  int hours = 0;
  while (w.active("a") > 0) {
    EXPECT_EQ(w.runs("d", "2026-10-25"), 0) << hours;
    w.end_oldest("a");
    ++hours;
  }
  EXPECT_EQ(hours, 25);
  EXPECT_EQ(w.runs("d", "2026-10-25"), 1);
}

TEST(Scenario, a_run_by_hand_after_midnight_mends_the_day_before) {
  World w;
  w.deploy(daily("a", 3));
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02", RunStatus::FAILED);
  w.until("2026-01-03 00:30");
  const auto reply = w.start("a", std::nullopt);
  EXPECT_EQ(reply.run.window, "2026-01-02");
  EXPECT_NE(reply.logical_date_from.find("2026-01-02T03:00"), std::string::npos) << reply.logical_date_from;
}

TEST(Scenario, an_ad_hoc_run_starts_nobody) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}"));
  w.bench.end(w.start("a", "2026-01-01", true).run.run, RunStatus::SUCCEEDED);
  EXPECT_EQ(w.runs("a"), 0);
  EXPECT_EQ(w.runs("d"), 0);
}

TEST(Scenario, after_three_days_down_every_date_once_oldest_first_and_hours_do_not_storm) {
  World w;
  w.deploy(daily("daily", 3));
  w.deploy("name: hourly\ntrigger: {schedule: {minute: 10}}");
  w.until("2026-01-02 02:00");
  while (w.active("hourly") > 0) w.end_oldest("hourly");
  w.end("daily", "2026-01-01");
  const int hours = w.runs("hourly");
  w.bench.drive.now = *instant_from_text("2026-01-05 02:00:00Z");  // nobody was there
  w.bench.restart();
  w.bench.drive.settle();
  EXPECT_EQ(w.runs("hourly"), hours + 1);
  std::vector<std::string> dates;
  while (w.active("daily") > 0) {
    EXPECT_EQ(w.active("daily"), 1);
    dates.push_back(w.end_oldest("daily"));
  }
  EXPECT_EQ(dates, (std::vector<std::string>{"2026-01-02", "2026-01-03", "2026-01-04"}));
}

TEST(Scenario, a_first_deploy_starts_the_current_window_only) {
  World w;
  w.deploy(daily("a", 3));
  for (int d = 1; d <= 5; ++d) {
    const auto day = "2026-01-0" + std::to_string(d);
    w.until(day + " 03:00");
    w.end("a", day);
  }
  w.deploy(after("d", "{name: a}", "since: 2026-01-01\n"));
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.runs("d", "2026-01-05"), 1);
}

TEST(Scenario, a_backfill_leaves_the_active_key_alone_and_tonight_starts_on_time) {
  PlanWorld w;
  w.deploy(daily("a", 3));
  w.until("2026-01-10 03:00");
  while (w.active("a") > 1) w.end_oldest("a");  // the 10th works
  const auto plan = w.backfill("a", "2025-12-01", "2026-01-10", {.parallel = 1});
  EXPECT_EQ(plan.plan.keys, 31);
  EXPECT_EQ(plan.pipelines.front().left_alone.back(), "2026-01-10");
  EXPECT_EQ(w.runs("a", "2026-01-10"), 1);
  EXPECT_EQ(w.active("a"), 2);
  w.until("2026-01-11 03:00");
  EXPECT_EQ(w.runs("a", "2026-01-11"), 1);
  int ended = 0;
  while (w.active("a") > 0) {
    w.end_oldest("a");
    ++ended;
  }
  EXPECT_EQ(ended, 33);
}

TEST(Scenario, a_redeploy_with_a_third_clause_leaves_fired_keys_fired) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(daily("b", 3));
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.end("d", "2026-01-01");
  w.deploy(after("d", "{name: a}, {name: b}"));
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(Scenario, a_pipeline_that_needs_its_own_day_before) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}, {name: d, offset: -1}", "window: day\n"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);  // the day before lies before `since`
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 0);
  w.end("d", "2026-01-01");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
}

TEST(Rule2, a_start_that_waits_is_withdrawn_when_its_condition_no_longer_holds) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}", "concurrency: {maxRuns: 1}\n"));
  w.start("d", "2026-01-09");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 0);
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.end("d", "2026-01-09");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 0);
  EXPECT_EQ(w.bench.tables.active.size(), 0u);
}

TEST(Rule3, ignore_and_supersede) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy("name: i\ntrigger: {onUpstreamRerun: ignore, executions: {allOf: [{name: a}]}}");
  w.deploy("name: s\ntrigger: {onUpstreamRerun: supersede, executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("i"), 1);
  EXPECT_EQ(w.runs("s"), 2);
  EXPECT_EQ(w.active("s"), 1);
  EXPECT_EQ(w.bench.halted.size(), 1u);
}

TEST(Rule10, a_withdrawn_grant_blocks_and_a_given_one_lets_the_key_fire) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}"));
  w.bench.set_grant(w.pipeline("a").id, w.pipeline("d").id, false);
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_NE(w.why("d", "2026-01-01").find("blocked"), std::string::npos);
  w.bench.set_grant(w.pipeline("a").id, w.pipeline("d").id, true);
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(Rule15, a_mark_mends_a_failed_window) {
  World w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.mark("a", "2026-01-01", "SUCCEEDED");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(Budget, many_dependants_start_each_once_though_one_command_holds_few) {
  World w({.starts_per_command = 2, .judgements_per_command = 3});
  w.deploy(daily("a", 3));
  for (int i = 0; i < 40; ++i) w.deploy(after("d" + std::to_string(i), "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  for (int i = 0; i < 40; ++i) EXPECT_EQ(w.runs("d" + std::to_string(i)), 1) << i;
}

TEST(Launch, that_fails_makes_the_run_failed_at_once) {
  World w;
  w.deploy(daily("a", 3));
  w.bench.launch_fails = true;
  w.until("2026-01-01 03:00");
  ASSERT_EQ(w.runs("a", "2026-01-01"), 1);
  EXPECT_EQ(w.facts("a", "2026-01-01").back()->status, RunStatus::FAILED);
}

}  // namespace
}  // namespace weir::pipeline
