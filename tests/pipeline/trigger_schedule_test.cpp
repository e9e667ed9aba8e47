#include <gtest/gtest.h>

#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {
namespace {

TEST(TriggerSchedule, a_changed_schedule_does_not_run_a_window_twice) {
  World w;
  w.deploy("name: a\ntrigger: {schedule: {hour: 3}}");
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02");
  w.deploy("name: a\ntrigger: {schedule: {hour: 6}}");
  w.until("2026-01-02 12:00");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 1);
  w.until("2026-01-03 06:00");
  EXPECT_EQ(w.runs("a", "2026-01-03"), 1);
}

TEST(TriggerSchedule, a_person_who_ran_a_window_does_not_take_its_scheduled_time) {
  World w;
  w.deploy("name: a\ntrigger: {schedule: {hour: 3}}");
  w.until("2026-01-02 01:00");
  w.start("a", "2026-01-02");
  w.end("a", "2026-01-02");
  w.until("2026-01-02 03:00");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 2);
}

// Berlin, 2026-03-29: 02:30 is skipped and becomes 03:00, in one hour with 03:30.
TEST(TriggerSchedule, two_times_in_the_hour_after_a_gap_are_one_run) {
  World w;
  w.deploy("name: a\ntimezone: Europe/Berlin\nwindow: hour\ntrigger: {schedule: {cron: \"30 1-3 * * *\"}}");
  w.until("2026-03-29 00:30");
  w.end("a", "2026-03-29T00Z");
  w.until("2026-03-29 01:00");
  w.end("a", "2026-03-29T01Z");
  w.until("2026-03-29 12:00");
  EXPECT_EQ(w.runs("a", "2026-03-29T01Z"), 1);
}

}  // namespace
}  // namespace weir::pipeline
