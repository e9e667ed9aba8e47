// Rule 14: quiet runs count, but start nothing and make nothing out of date.
#include <gtest/gtest.h>

#include "tests/pipeline/plan_world.hpp"

namespace weir::pipeline {
namespace {

std::string daily(const std::string& name, int hour = 3) {
  return "name: " + name + "\ntrigger: {schedule: {hour: " + std::to_string(hour) + "}}";
}
std::string after(const std::string& name, const std::string& upstreams) {
  return "name: " + name + "\ntrigger: {executions: {allOf: [" + upstreams + "]}}";
}

TEST(Quiet, a_backfill_starts_nothing_and_lists_what_it_would_have_started) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  const auto plan = w.backfill("a", "2026-01-01", "2026-01-01").plan.plan;
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_EQ(w.why("d", "2026-01-01"), "");  // its run counts
  const auto shown = w.show(plan);
  ASSERT_EQ(shown.held.size(), 1u);
  EXPECT_EQ(shown.held[0].pipeline + " " + shown.held[0].window, "d 2026-01-01");
  EXPECT_EQ(shown.left_out.size(), 1u);
}

TEST(Quiet, nothing_is_out_of_date_by_it) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.end("d", "2026-01-01");
  w.backfill("a", "2026-01-01", "2026-01-01", {.redo = Redo::all});
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_FALSE(w.out_of_date("d", "2026-01-01"));
}

TEST(Quiet, a_later_ordinary_run_starts_dependants_again) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.end("d", "2026-01-01");
  w.backfill("a", "2026-01-01", "2026-01-01", {.redo = Redo::all});
  w.end("a", "2026-01-01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#3");
}

TEST(Quiet, it_counts_when_something_else_starts_the_key) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(daily("b", 5));
  w.deploy(after("d", "{name: a}, {name: b}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.backfill("a", "2026-01-01", "2026-01-01");
  w.end("a", "2026-01-01");
  w.until("2026-01-01 05:00");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#2 b#1");
}

TEST(Quiet, a_start_that_it_delayed_is_not_lost) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy(daily("b", 5));
  w.deploy(after("d", "{name: a}, {name: b}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.backfill("a", "2026-01-01", "2026-01-01", {.redo = Redo::all});
  w.until("2026-01-01 05:00");
  w.end("b", "2026-01-01");  // a counts as RUNNING
  EXPECT_EQ(w.runs("d"), 0);
  w.end("a", "2026-01-01");  // quiet, but b would have started d without it
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#2 b#1");
}

TEST(Quiet, the_scheduled_time_of_a_key_starts_it) {
  PlanWorld w;
  w.deploy(daily("a"));
  w.deploy("name: d\ntrigger: {operator: AND, schedule: {hour: 6}, executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.backfill("a", "2026-01-01", "2026-01-01");
  w.end("a", "2026-01-01");
  w.until("2026-01-01 06:00");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
}

}  // namespace
}  // namespace weir::pipeline
