// The scenarios of the rules that the model serves, each named after its row.
#include "tests/model/reference.hpp"

#include <gtest/gtest.h>

#include "tests/model/world.hpp"

namespace weir::model {
namespace {

using enum Status;
constexpr const char* kDay1 = "2026-01-01";
constexpr const char* kDay2 = "2026-01-02";
constexpr const char* kDay3 = "2026-01-03";

TEST(Scenario, hourly_a_into_daily_d_five_hours_redone_next_day) {
  World w;
  const int a = w.deploy(scheduled("A", "15 * * * *", Grain::hour));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.hours(a, kDay1, 0, 22);
  EXPECT_EQ(w.runs(d), 0);
  w.hours(a, kDay1, 23, 23);
  ASSERT_EQ(w.runs(d), 1);
  w.end(d, kDay1);
  w.until("2026-01-02 00:10");
  for (int h = 4; h < 9; ++h) w.rerun(a, World::hour(kDay1, h, "T") + "Z");
  for (int h = 4; h < 9; ++h) {
    EXPECT_EQ(w.runs(d), 1);
    w.end(a, World::hour(kDay1, h, "T") + "Z");
  }
  EXPECT_EQ(w.runs(d), 2);
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d), 2);
  EXPECT_TRUE(w.clean());
}

TEST(Scenario, one_hour_fails_and_is_mended_six_hours_after_midnight) {
  World w;
  const int a = w.deploy(scheduled("A", "15 * * * *", Grain::hour));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.hours(a, kDay1, 0, 4);
  w.until("2026-01-01 05:59");
  w.end(a, "2026-01-01T05Z", FAILED);
  w.hours(a, kDay1, 6, 23);
  w.hours(a, kDay2, 0, 5);
  EXPECT_EQ(w.runs(d), 0);
  w.rerun(a, "2026-01-01T05Z");
  w.end(a, "2026-01-01T05Z");
  EXPECT_EQ(w.runs(d), 1);
}

TEST(Scenario, daily_a_and_hourly_b_into_hourly_d) {
  World w;
  const int a = w.deploy(scheduled("A", "30 5 * * *"));
  const int b = w.deploy(scheduled("B", "15 * * * *", Grain::hour));
  const int d = w.deploy(on("D", all_of({{.upstream = a}, {.upstream = b}}), Grain::hour));
  w.hours(b, kDay1, 0, 5);
  EXPECT_EQ(w.runs(d), 0);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 6);
  w.hours(b, kDay1, 6, 23);
  EXPECT_EQ(w.runs(d), 24);
  EXPECT_EQ(w.runs(d, "2026-01-01T00Z"), 1);
  EXPECT_EQ(w.runs(d, "2026-01-01T23Z"), 1);
}

TEST(Scenario, any_of_two_both_arrive) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(scheduled("B", "0 4 * * *"));
  const int d = w.deploy(on("D", any_of({{.upstream = a}, {.upstream = b}})));
  w.until("2026-01-01 04:00");
  w.end(a, kDay1);
  w.end(b, kDay1);
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d), 1);
  w.rerun(b, kDay1);
  w.end(b, kDay1);
  EXPECT_EQ(w.runs(d), 1);
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 2);
}

struct Diamond : World {
  int a = deploy(scheduled("A", "0 3 * * *"));
  int b = deploy(on("B", all_of({{.upstream = a}})));
  int c = deploy(limited(on("C", all_of({{.upstream = a}}))));
  int d = deploy(on("D", all_of({{.upstream = b}, {.upstream = c}})));
  static PipelineDecl limited(PipelineDecl decl) {
    decl.max_runs = 1;
    return decl;
  }
  Diamond() {
    until("2026-01-01 03:00");
    end(a, kDay1);
    end(b, kDay1);
    end(c, kDay1);
    end(d, kDay1);
    rerun(a, kDay1);
  }
};

TEST(Scenario, diamond_with_a_fix_of_a) {
  Diamond w;
  EXPECT_EQ(w.runs(w.b), 1);
  w.end(w.a, kDay1);
  w.end(w.b, kDay1);
  EXPECT_EQ(w.runs(w.d), 1);
  w.end(w.c, kDay1);
  EXPECT_EQ(w.runs(w.d), 2);
  EXPECT_EQ(w.used(w.d, kDay1), "B/2026-01-01#2 C/2026-01-01#2");
  w.end(w.d, kDay1);
  EXPECT_TRUE(w.clean());
}

TEST(Scenario, diamond_with_one_longer_leg) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(on("B", all_of({{.upstream = a}})));
  const int c = w.deploy(on("C", all_of({{.upstream = a}})));
  const int e = w.deploy(on("E", all_of({{.upstream = c}})));
  const int d = w.deploy(on("D", all_of({{.upstream = b}, {.upstream = e}})));
  w.until("2026-01-01 03:00");
  for (int p : {a, b, c, e, d}) w.end(p, kDay1);
  w.rerun(a, kDay1);
  for (int p : {a, b, c}) w.end(p, kDay1);
  EXPECT_EQ(w.runs(d), 1) << "the old E is out of date although it succeeded";
  w.end(e, kDay1);
  EXPECT_EQ(w.runs(d), 2);
  EXPECT_EQ(w.used(d, kDay1), "B/2026-01-01#2 E/2026-01-01#2");
}

TEST(Scenario, diamond_with_one_leg_held_by_a_limit) {
  Diamond w;
  w.adhoc(w.c, kDay2);
  w.rerun(w.c, kDay2);  // takes the only place
  w.end(w.a, kDay1);
  EXPECT_TRUE(w.model.facts().waits(w.key(w.c, kDay1)));
  w.end(w.b, kDay1);
  EXPECT_EQ(w.runs(w.d), 1);
  w.end(w.c, kDay2);
  w.end(w.c, kDay1);
  EXPECT_EQ(w.used(w.d, kDay1), "B/2026-01-01#2 C/2026-01-01#2");
}

TEST(Scenario, the_longer_leg_fails_after_the_fix) {
  Diamond w;
  w.end(w.a, kDay1);
  w.end(w.b, kDay1);
  w.end(w.c, kDay1, FAILED);
  EXPECT_EQ(w.runs(w.d), 1);
  EXPECT_TRUE(w.clean());
  w.rerun(w.c, kDay1);
  w.end(w.c, kDay1);
  EXPECT_EQ(w.runs(w.d), 2);
}

TEST(Scenario, running_of_a_and_succeeded_of_b_b_later) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(scheduled("B", "0 4 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a, .statuses = {RUNNING}}, {.upstream = b}})));
  w.until("2026-01-01 04:00");
  w.end(a, kDay1);
  w.end(b, kDay1);
  EXPECT_EQ(w.runs(d), 1);
}

TEST(Scenario, fallback_on_failed_runs_once_a_key) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a, .statuses = {FAILED}}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1, FAILED);
  w.end(d, kDay1);
  for (int i = 0; i < 2; ++i) {
    w.rerun(a, kDay1);
    w.end(a, kDay1, FAILED);
  }
  EXPECT_EQ(w.runs(d), 1);
}

TEST(Scenario, fallback_starts_nothing_when_the_automatic_retry_succeeds) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a, .statuses = {FAILED}}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1, SUCCEEDED);  // a run whose retries are not used up has not failed
  EXPECT_EQ(w.runs(d), 0);
}

TEST(Scenario, two_monthly_pipelines_on_the_1st_and_the_2nd) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 1 * *", Grain::month));
  const int b = w.deploy(scheduled("B", "0 3 2 * *", Grain::month));
  const int d = w.deploy(on("D", all_of({{.upstream = a}, {.upstream = b}}), Grain::month));
  for (const char* month : {"2026-01", "2026-02"}) {
    w.until(std::string(month) + "-01 04:00");
    w.end(a, month);
    w.until(std::string(month) + "-02 04:00");
    w.end(b, month);
    EXPECT_EQ(w.runs(d, month), 1);
  }
  EXPECT_EQ(w.runs(d), 2);
}

TEST(Scenario, a_at_three_in_tokyo_d_in_utc) {
  World w;
  PipelineDecl tokyo = scheduled("A", "0 3 * * *");
  tokyo.zone = *find_zone("Asia/Tokyo");
  const int a = w.deploy(tokyo);
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-01 18:00");
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(d), 1);
  EXPECT_EQ(w.used(d, kDay2), "A/2026-01-02#1");
}

TEST(Scenario, hourly_a_in_utc_daily_d_in_berlin_on_the_day_of_25_hours) {
  World w;
  w.now = *instant_from_text("2026-10-24T00:00:00Z");
  PipelineDecl hourly = scheduled("A", "15 * * * *", Grain::hour);
  const int a = w.deploy(hourly);
  PipelineDecl berlin = on("D", all_of({{.upstream = a}}));
  berlin.zone = *find_zone("Europe/Berlin");
  const int d = w.deploy(berlin);
  w.hours(a, "2026-10-24", 22, 22);
  w.hours(a, "2026-10-24", 23, 23);
  w.hours(a, "2026-10-25", 0, 21);
  EXPECT_EQ(w.runs(d, "2026-10-25"), 0);
  w.hours(a, "2026-10-25", 22, 22);
  ASSERT_EQ(w.runs(d, "2026-10-25"), 1);
  EXPECT_EQ(w.model.facts().current(w.key(d, "2026-10-25"))->evidence.front().runs.size(), 25U);
}

TEST(Scenario, a_fails_on_the_2nd_and_is_run_by_hand_at_half_past_midnight_on_the_3rd) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-02 03:00");
  w.end(a, kDay2, FAILED);
  w.until("2026-01-03 00:30");
  w.rerun(a, kDay2);  // the newest scheduled window
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(d, kDay2), 1);
  EXPECT_EQ(w.runs(d, kDay3), 0);
}

TEST(Scenario, a_test_run_by_hand_with_adhoc) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a, .statuses = {RUNNING, SUCCEEDED}}})));
  w.adhoc(a, kDay1);
  const RunId run = w.model.active().front();
  w.model.apply({.kind = Event::run_ended, .at = w.now, .run = run});
  EXPECT_EQ(run.n, -1);
  EXPECT_EQ(w.runs(d), 0);
}

TEST(Scenario, a_first_deploy_of_a_condition_that_is_true_for_the_past) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  for (const char* day : {kDay1, kDay2, kDay3}) {
    w.until(std::string(day) + " 03:00");
    w.end(a, day);
  }
  PipelineDecl late = on("D", all_of({{.upstream = a}}));
  late.since = *parse_window(kDay3, Grain::day);  // the default: the day of the first deploy
  const int d = w.deploy(late);
  EXPECT_EQ(w.runs(d), 1);
  EXPECT_EQ(w.runs(d, kDay3), 1);
}

TEST(Scenario, redeployed_with_a_third_clause) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(scheduled("B", "0 20 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-01 14:00");
  w.end(a, kDay1);
  w.end(d, kDay1);
  w.deploy(on("D", all_of({{.upstream = a}, {.upstream = b}})));
  w.until("2026-01-01 20:00");
  w.end(b, kDay1);
  EXPECT_EQ(w.runs(d), 1) << "what has fired stays fired";
  w.until("2026-01-02 03:00");
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(d), 1);
  w.until("2026-01-02 20:00");
  w.end(b, kDay2);
  EXPECT_EQ(w.runs(d), 2);
}

TEST(Scenario, d_needs_its_own_day_before) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}, {.upstream = a + 1, .offset = -1}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d, kDay1), 1) << "the first window is satisfied by since";
  w.until("2026-01-02 03:00");
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(d, kDay2), 0);
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d, kDay2), 1);
  w.end(d, kDay2);
  w.rerun(d, kDay1);
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d, kDay2), 1) << "a clause on itself is not followed";
}

// ---- Rules without a row of their own.

TEST(Rule2, a_start_that_waited_is_withdrawn_when_its_condition_no_longer_holds) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  PipelineDecl one = on("D", all_of({{.upstream = a}}));
  one.max_runs = 1;
  const int d = w.deploy(one);
  w.until("2026-01-02 03:00");
  w.end(a, kDay1);
  w.end(a, kDay2);
  w.rerun(a, kDay2);
  EXPECT_TRUE(w.model.facts().waits(w.key(d, kDay2)));
  w.end(d, kDay1);
  EXPECT_EQ(w.model.withdrawn(), std::vector{w.key(d, kDay2)});
  w.end(a, kDay2);
  EXPECT_EQ(w.used(d, kDay2), "A/2026-01-02#2");
}

TEST(Rule3, while_the_key_is_active_the_change_waits_and_only_the_newest_is_used) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  for (int i = 0; i < 2; ++i) {
    w.rerun(a, kDay1);
    w.end(a, kDay1);
  }
  EXPECT_EQ(w.runs(d), 1);
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d), 2);
  EXPECT_EQ(w.used(d, kDay1), "A/2026-01-01#3");
}

TEST(Rule3, supersede_stops_the_active_run) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  PipelineDecl decl = on("D", all_of({{.upstream = a}}));
  decl.on_rerun = OnRerun::supersede;
  const int d = w.deploy(decl);
  const int e = w.deploy(on("E", all_of({{.upstream = d, .statuses = {ABORTED}}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 2);
  EXPECT_EQ(w.model.facts().runs_of(w.key(d, kDay1)).front()->status, ABORTED);
  EXPECT_EQ(w.runs(e), 0);
}

TEST(Rule3, ignore_leaves_the_key_out_of_date_and_its_dependants_waiting) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  PipelineDecl decl = on("B", all_of({{.upstream = a}}));
  decl.on_rerun = OnRerun::ignore;
  const int b = w.deploy(decl);
  const int d = w.deploy(on("D", all_of({{.upstream = a}, {.upstream = b}})));
  w.until("2026-01-01 03:00");
  for (int p : {a, b, d}) w.end(p, kDay1);
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(b), 1);
  EXPECT_EQ(w.runs(d), 1);
}

TEST(Rule7, and_fires_at_the_later_of_time_and_condition) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  PipelineDecl decl = on("D", all_of({{.upstream = a}}));
  decl.schedule = cron("0 6 * * *");
  decl.trigger_operator = Operator::AND;
  const int d = w.deploy(decl);
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 0);
  w.until("2026-01-01 06:00");
  EXPECT_EQ(w.runs(d), 1);
  w.until("2026-01-02 06:00");
  EXPECT_EQ(w.runs(d), 1);
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(d), 2);
}

TEST(Rule7, or_fires_once_more_when_the_condition_comes_late_unless_ignored) {
  for (const OnLate late : {OnLate::run, OnLate::ignore}) {
    World w;
    const int a = w.deploy(scheduled("A", "0 3 * * *"));
    PipelineDecl decl = on("D", all_of({{.upstream = a}}));
    decl.schedule = cron("0 6 * * *");
    decl.trigger_operator = Operator::OR;
    decl.on_late = late;
    const int d = w.deploy(decl);
    w.until("2026-01-01 06:00");
    EXPECT_EQ(w.runs(d), 1);
    w.end(d, kDay1);
    w.end(a, kDay1);
    EXPECT_EQ(w.runs(d), late == OnLate::run ? 2 : 1);
    w.until("2026-01-02 05:00");
    w.end(a, kDay2);
    w.until("2026-01-02 06:00");
    EXPECT_EQ(w.runs(d, kDay2), 1) << "the second starts nothing";
  }
}

TEST(Rule10, a_withdrawn_grant_blocks_the_clause_and_stops_nothing) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-01 03:00");
  w.grant(a, d, false);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 0);
  w.grant(a, d, true);
  EXPECT_EQ(w.runs(d), 1);
  w.grant(a, d, false);
  EXPECT_TRUE(w.model.facts().active(w.key(d, kDay1)));
}

TEST(Rule15, a_mark_is_the_current_run_and_closes_its_key) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(scheduled("B", "0 4 * * *"));
  const int c = w.deploy(on("C", all_of({{.upstream = a}, {.upstream = b}})));
  const int d = w.deploy(on("D", all_of({{.upstream = c}})));
  w.until("2026-01-01 04:00");
  w.end(a, kDay1);
  w.mark(c, kDay1, SUCCEEDED);
  EXPECT_EQ(w.used(d, kDay1), "C/2026-01-01#1");
  w.end(d, kDay1);
  w.end(b, kDay1);
  EXPECT_EQ(w.runs(c), 1) << "closed by hand";
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(c), 2) << "an upstream that the mark saw was corrected";
}

TEST(Choice5, no_run_starts_on_two_runs_of_one_occurrence) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int b = w.deploy(on("B", all_of({{.upstream = a}})));
  const int d = w.deploy(on("D", all_of({{.upstream = a, .statuses = {SUCCEEDED, FAILED}}, {.upstream = b}})));
  w.until("2026-01-01 03:00");
  for (int p : {a, b, d}) w.end(p, kDay1);
  w.rerun(a, kDay1);
  w.end(a, kDay1, FAILED);
  EXPECT_EQ(w.runs(d), 1) << "the failed A#2 with the B of A#1";
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  w.end(b, kDay1);
  EXPECT_EQ(w.runs(d), 2);
}

TEST(Choice14, a_run_by_hand_before_the_condition_holds_leaves_the_key_armed) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.rerun(d, kDay1);
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 1) << "the key is active";
  w.end(d, kDay1);
  EXPECT_EQ(w.runs(d), 2);
}

TEST(Choice14, a_run_by_hand_on_less_after_the_firing_changes_nothing) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  const int d = w.deploy(on("D", all_of({{.upstream = a}})));
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  w.end(d, kDay1);
  w.grant(a, d, false);
  w.rerun(d, kDay1);
  w.end(d, kDay1);
  w.grant(a, d, true);
  EXPECT_EQ(w.runs(d), 2);
  w.rerun(a, kDay1);
  w.end(a, kDay1);
  EXPECT_EQ(w.runs(d), 3);
}

}  // namespace
}  // namespace weir::model
