// `for:` and the grain none: what waits for time alone, and what has arrived since the last firing.
#include <gtest/gtest.h>

#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {
namespace {

constexpr const char* kDaily = "name: a\ntrigger: {schedule: {hour: 3}}";
constexpr const char* kFallback = "name: d\ntrigger: {executions: {anyOf: [{name: a, status: FAILED, for: 15m}]}}";

void fail_at_three(World& w) {
  w.deploy(kDaily);
  w.deploy(kFallback);
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
}

TEST(For, a_status_that_stands_so_long_meets_the_clause_at_that_moment) {
  World w;
  fail_at_three(w);
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_EQ(w.why("d", "2026-01-01"),
            "a (000000000001) FAILED for 15m: the status of 2026-01-01 has not stood long enough, not before "
            "2026-01-01T03:15:00.000Z\n");
  w.until("2026-01-01 03:14");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-01 03:15");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(For, a_good_retry_after_a_minute_starts_nothing) {
  World w;
  fail_at_three(w);
  w.until("2026-01-01 03:01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  w.until("2026-01-01 12:00");
  EXPECT_EQ(w.runs("d"), 0);
}

TEST(For, a_failed_retry_begins_the_time_anew) {
  World w;
  fail_at_three(w);
  w.until("2026-01-01 03:10");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.until("2026-01-01 03:24");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-01 03:25");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(For, the_time_is_kept_over_a_restart) {
  World w;
  fail_at_three(w);
  w.bench.restart();
  w.until("2026-01-01 03:15");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_TRUE(w.bench.tables.look_later.rows().empty());
}

TEST(For, running_for_an_hour_is_counted_from_the_start_and_stays_met) {
  World w;
  w.deploy(kDaily);
  w.deploy("name: d\ntrigger: {executions: {allOf: [{name: a, status: RUNNING, for: 1h}]}}");
  w.until("2026-01-01 03:30");
  w.end("a", "2026-01-01");
  w.until("2026-01-01 03:59");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-01 04:00");
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(For, costs_no_row_where_nobody_asks) {
  World w;
  w.deploy(kDaily);
  w.deploy("name: d\ntrigger: {executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_TRUE(w.bench.tables.look_later.rows().empty());
  EXPECT_TRUE(w.bench.tables.arrivals.rows().empty());
}

// ---- rule 6

constexpr const char* kNone = "name: d\nwindow: none\ntrigger: {executions: {allOf: [{name: a}, {name: b}]}}";

struct None : testing::Test {
  None() {
    w.deploy("name: a\ntrigger: {schedule: {minute: 0}}");
    w.deploy("name: b\ntrigger: {schedule: {hour: 3}}");
    w.deploy("name: d\nwindow: none\ntrigger: {executions: {allOf: [{name: a}]}}");
  }
  // The newest run of d.
  const RunFactRow& last() { return **std::prev(w.bench.tables.facts.rows().end()); }
  void end_d() {
    for (const auto& row : w.bench.tables.active.rows())
      if (row->pipeline == w.pipeline("d").id) return w.bench.end(row->run, RunStatus::SUCCEEDED);
    FAIL() << "d is not active";
  }
  World w;
};

TEST_F(None, every_run_of_the_upstream_starts_one) {
  for (int h = 1; h <= 3; ++h) {
    w.until("2026-01-01 0" + std::to_string(h) + ":00");
    w.end_oldest("a");
    EXPECT_EQ(w.runs("d"), h);
    end_d();
  }
}

TEST_F(None, what_arrives_while_it_is_active_is_used_once_together) {
  w.until("2026-01-01 01:00");
  w.end_oldest("a");
  ASSERT_EQ(w.runs("d"), 1);
  w.until("2026-01-01 04:00");
  for (int i = 0; i < 3; ++i) w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 1);
  end_d();
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(last().used.size(), 3u);
  end_d();
  EXPECT_EQ(w.runs("d"), 2) << "used once";
}

TEST_F(None, a_run_that_started_before_the_last_firing_does_not_count) {
  w.deploy("name: d\nwindow: none\ntrigger: {executions: {anyOf: [{name: a}, {name: b}]}}");
  w.until("2026-01-01 03:00");  // b and three of a work
  w.end_oldest("a");
  ASSERT_EQ(w.runs("d"), 1);
  end_d();
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  w.until("2026-01-01 04:00");
  w.end("a", "2026-01-01T04Z");
  EXPECT_EQ(w.runs("d"), 2);
}

TEST_F(None, both_clauses_need_something_new) {
  w.deploy(kNone);
  w.until("2026-01-01 03:00");
  w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 0);
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  end_d();
  w.until("2026-01-01 12:00");
  while (w.active("a") > 0) w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 1) << "b has not run again";
  w.start("b", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 2);
}

TEST_F(None, a_first_deploy_and_a_restart_start_nothing) {
  w.until("2026-01-01 01:00");
  w.end_oldest("a");
  end_d();
  w.deploy("name: e\nwindow: none\ntrigger: {executions: {allOf: [{name: a}]}}");
  EXPECT_EQ(w.runs("e"), 0);
  w.until("2026-01-01 02:30");
  w.bench.restart();
  w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.runs("e"), 1);
}

TEST_F(None, with_a_schedule_the_time_waits_for_the_condition_and_is_used_once) {
  w.deploy(
      "name: d\nwindow: none\ntrigger: {operator: AND, schedule: {hour: 2, minute: 30}, executions: {allOf: [{name: "
      "a}]}}");
  w.until("2026-01-01 01:00");
  w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-01 02:30");
  EXPECT_EQ(w.runs("d"), 1);
  end_d();
  w.end_oldest("a");
  w.until("2026-01-01 03:00");
  w.end_oldest("a");
  EXPECT_EQ(w.runs("d"), 1) << "not before the next scheduled time";
}

}  // namespace
}  // namespace weir::pipeline
