// Schedules of every kind, from the text of pipeline.yaml to the keys that are fired.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/jitter.hpp"
#include "pipeline/next_times.hpp"
#include "pipeline/sentence.hpp"
#include "pipeline/spec_calendar.hpp"
#include "pipeline/trigger_plan.hpp"
#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string file(std::string_view schedule) {
  return "name: x\ntrigger: {schedule: {" + std::string(schedule) + "}}\nsteps: [{run: \"true\"}]\n";
}
PipelineSpec parsed(std::string_view schedule) {
  auto spec = parse_pipeline(file(schedule), "pipeline.yaml");
  EXPECT_TRUE(spec.has_value()) << text_of(spec.error());
  return spec.value_or(PipelineSpec{});
}
std::string problems(std::string_view schedule) {
  const auto spec = parse_pipeline(file(schedule), "pipeline.yaml");
  return spec ? "" : text_of(spec.error());
}
std::string times(const PipelineSpec& spec) { return schedule_of(*spec.trigger->schedule).text(); }

// "LOCAL KEY" of the next times.
std::vector<std::string> next(const PipelineSpec& spec, std::string_view zone, std::string_view from, int count) {
  const auto z = *find_zone(zone);
  const auto grain = decide_grain(spec, z, [](const auto&) { return std::nullopt; }).grain;
  std::vector<std::string> out;
  for (const auto& t : next_times(*spec.trigger->schedule, {grain, z, ""}, *instant_from_text(from), count))
    out.push_back(t.local + " " + t.key);
  return out;
}

TEST(Schedules, are_read_in_every_form) {
  EXPECT_EQ(times(parsed("hour: 3, minute: 30")), "30 3 * * *");
  EXPECT_EQ(times(parsed("hour: 3, weekdays: [monday, FRI]")), "0 3 * * MON,FRI");
  EXPECT_EQ(times(parsed("minute: 15")), "15 * * * *");
  EXPECT_EQ(times(parsed("cron: 0 6 * * MON-FRI")), "0 6 * * MON-FRI");
  EXPECT_EQ(times(parsed("cron: 'cron(0 6 ? * 2-6 *)'")), "cron(0 6 ? * 2-6 *)");
  EXPECT_EQ(times(parsed("rate: 15m")), "every 15m");
  EXPECT_EQ(times(parsed("rate: rate(1 hour)")), "every 1h");
  EXPECT_EQ(times(parsed("at: 2026-12-24T06:00")), "once at 2026-12-24T06:00");
  EXPECT_EQ(times(parsed("at: at(2026-12-24T06:00:30)")), "once at 2026-12-24T06:00:30");
  EXPECT_EQ(times(parsed("hour: 6, days: businessDays")), "0 6 * * *, business days");
  EXPECT_EQ(times(parsed("hour: 6, businessDay: -1")), "0 6 * * *, business day 1 from the end of the month");
}

TEST(Schedules, mistakes_are_named_with_the_fix) {
  EXPECT_THAT(problems("cron: cron(0 6 * * * *)"),
              HasSubstr("pipeline.yaml:2:28: trigger.schedule.cron: cron(0 6 * * * "
                        "*): one of the two day fields must be '?'"));
  EXPECT_THAT(problems("rate: rate(1 hours)"), HasSubstr("write rate(1 hour)"));
  EXPECT_THAT(problems("rate: 30s"), HasSubstr("expected a duration from 1m"));
  EXPECT_THAT(problems("at: tomorrow"), HasSubstr("write 2026-12-24T06:00"));
  EXPECT_THAT(problems("hour: 3, at: 2026-12-24T06:00"), HasSubstr("exclude each other"));
  EXPECT_THAT(problems("rate: 1h, days: businessDays"), HasSubstr("days are chosen for hour, minute and cron only"));
  EXPECT_THAT(problems("hour: 3, businessDay: 0"), HasSubstr("write 1 for the first, -1 for the last"));
  EXPECT_THAT(problems("hour: 3, businessDay: 2, days: daysOff"), HasSubstr("businessDay counts business days"));
  EXPECT_THAT(problems("hour: 3, calendar: h.txt, days: all"), HasSubstr("leaves the calendar without a meaning"));
  EXPECT_THAT(problems("hour: 3, jitter: 2d"), HasSubstr("expected a duration from 1s to 1d"));
}

TEST(Schedules, a_calendar_is_a_file_of_the_project) {
  auto spec = parsed("hour: 6, calendar: holidays.txt");
  EXPECT_EQ(read_calendar(spec, "pipeline.yaml", [](const auto&) { return std::nullopt; })->text(),
            "pipeline.yaml: trigger.schedule.calendar: the project has no file 'holidays.txt'; put it beside "
            "pipeline.yaml; a line for each day without work, like 2026-12-25 or 12-25");
  EXPECT_EQ(read_calendar(spec, "pipeline.yaml", [](const auto&) { return "\nyesterday\n"; })->where, "holidays.txt:2");
  ASSERT_FALSE(read_calendar(spec, "pipeline.yaml", [](const std::string& path) {
    return path == "holidays.txt" ? std::optional<std::string>("2026-01-02\n") : std::nullopt;
  }));
  EXPECT_THAT(next(spec, "UTC", "2026-01-01T12:00:00Z", 2),
              ElementsAre("2026-01-05 06:00 +00:00 2026-01-05", "2026-01-06 06:00 +00:00 2026-01-06"));
}

TEST(Schedules, next_shows_the_clock_on_the_wall_and_the_key) {
  EXPECT_THAT(next(parsed("hour: 2, minute: 30"), "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
              ElementsAre("2026-03-28 02:30 +01:00 2026-03-28", "2026-03-29 03:00 +02:00 2026-03-29",
                          "2026-03-30 02:30 +02:00 2026-03-30"));
  EXPECT_THAT(next(parsed("hour: 0, minute: 30, covers: previous"), "Europe/Berlin", "2028-02-29T00:00:00Z", 2),
              ElementsAre("2028-03-01 00:30 +01:00 2028-02-29", "2028-03-02 00:30 +01:00 2028-03-01"));
  EXPECT_THAT(next(parsed("cron: 'cron(0 6 L * ? *)'"), "UTC", "2028-02-01T00:00:00Z", 1),
              ElementsAre("2028-02-29 06:00 +00:00 2028-02"));
  EXPECT_THAT(next(parsed("rate: 15m"), "Asia/Kathmandu", "2026-01-01T00:00:00Z", 1),
              ElementsAre("2026-01-01 06:00 +05:45 a new run"));
  EXPECT_THAT(next(parsed("at: 2026-12-24T06:00"), "Europe/Berlin", "2026-01-01T00:00:00Z", 5),
              ElementsAre("2026-12-24 06:00 +01:00 2026-12-24"));
}

TEST(Schedules, are_said_in_the_sentence) {
  const auto said = [](std::string_view schedule) {
    return trigger_sentence(parsed(schedule), {Grain::day, "Europe/Berlin", ""});
  };
  EXPECT_EQ(said("hour: 6, calendar: de.txt"),
            "x runs once for each day (Berlin), at 06:00 on business days of de.txt.");
  EXPECT_EQ(said("hour: 6, businessDay: 3, jitter: 10m"),
            "x runs once for each day (Berlin), at 06:00 on business day 3 of the month, up to 10m later.");
  EXPECT_EQ(said("at: 2026-12-24T06:00"), "x runs once for each day (Berlin), once at 2026-12-24T06:00.");
}

TEST(Schedules, with_jitter_start_later_for_the_same_key) {
  World w;
  w.until("2026-01-01 12:00");
  w.deploy("name: a\ntrigger: {schedule: {hour: 3, jitter: 2h}}");
  const auto at = *instant_from_text("2026-01-02T03:00:00Z");
  const auto delay = jitter_of(w.pipeline("a").account.value + "/a", at, Millis{7'200'000});
  ASSERT_GT(delay, Millis{0});
  w.bench.until(at + delay - Millis{1});
  EXPECT_EQ(w.runs("a", "2026-01-02"), 0);
  w.bench.until(at + delay);
  EXPECT_EQ(w.runs("a", "2026-01-02"), 1);
  w.end("a", "2026-01-02");
  w.until("2026-01-05 05:00");
  for (const auto* day : {"2026-01-03", "2026-01-04", "2026-01-05"}) EXPECT_LE(w.runs("a", day), 1) << day;
}

TEST(Schedules, a_jitter_over_midnight_keeps_the_day) {
  World w;
  w.until("2026-01-01 12:00");
  w.deploy("name: a\ntrigger: {schedule: {hour: 23, minute: 59, jitter: 1d}}");
  w.until("2026-01-03 23:58");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 1);
}

TEST(Schedules, a_single_time_fires_once) {
  World w;
  w.until("2026-01-01 12:00");
  w.deploy("name: a\ntrigger: {schedule: {at: 2026-01-03T06:00}}");
  w.until("2026-01-03 06:00");
  EXPECT_EQ(w.runs("a", "2026-01-03"), 1);
  w.end("a", "2026-01-03");
  w.until("2026-03-01 00:00");
  EXPECT_EQ(w.runs("a"), 1);
}

TEST(Schedules, what_is_planned_knows_days_off) {
  World w;
  w.until("2026-01-01 12:00");
  w.deploy("name: a\ntrigger: {schedule: {hour: 6, days: businessDays}}");
  const auto plans = [&](const std::string& day) {
    const auto& p = w.pipeline("a");
    return TriggerPlan(w.bench.tables).plans(p.id, *read_window(p, day));
  };
  EXPECT_TRUE(plans("2026-01-02"));
  EXPECT_FALSE(plans("2026-01-03"));
  EXPECT_FALSE(plans("2026-01-04"));
  EXPECT_TRUE(plans("2026-01-05"));
}

TEST(Schedules, an_hour_that_the_clock_skips_or_repeats_fires_its_day_once) {
  for (const auto* month : {"2026-03-28", "2026-10-24"}) {
    World w;
    w.until(std::string(month) + " 12:00");
    w.deploy("name: a\ntimezone: Europe/Berlin\ntrigger: {schedule: {cron: 'cron(30 2 * * ? *)'}}");
    const auto day = parse_window(month, Grain::day)->index;
    w.bench.until(Instant{std::chrono::days{day + 3}});
    EXPECT_EQ(w.runs("a"), 2) << month;
  }
}

}  // namespace
}  // namespace weir::pipeline
