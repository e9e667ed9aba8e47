#include "calendar/cron.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

Zone zone(std::string_view name) { return *find_zone(name); }
Instant at(std::string_view text) { return *instant_from_text(text); }
Schedule cron(std::string_view text) { return parse_cron(text).value(); }

// The next `count` times, as texts without seconds.
std::vector<std::string> times(const Schedule& s, std::string_view after, const Zone& z, int count) {
  std::vector<std::string> out;
  auto t = at(after);
  while (count-- > 0) {
    const auto next = s.next_after(t, z);
    if (!next) break;
    t = *next;
    out.push_back(to_text(t).substr(0, 16));
  }
  return out;
}
using Times = std::vector<std::string>;
std::size_t count_until(const Schedule& s, std::string_view after, std::string_view until, const Zone& z) {
  std::size_t n = 0;
  for (auto t = s.next_after(at(after), z); t && *t <= at(until); t = s.next_after(*t, z)) ++n;
  return n;
}
std::string problem(std::string_view text) { return parse_cron(text).error().text(); }

TEST(Cron, reads_lists_ranges_steps_and_names) {
  EXPECT_EQ(times(cron("0,30 8-9 * * *"), "2026-01-01T08:00:00Z", Zone(), 4),
            (Times{"2026-01-01T08:30", "2026-01-01T09:00", "2026-01-01T09:30", "2026-01-02T08:00"}));
  EXPECT_EQ(times(cron("*/20 0 * * *"), "2026-01-01T00:00:00Z", Zone(), 3),
            (Times{"2026-01-01T00:20", "2026-01-01T00:40", "2026-01-02T00:00"}));
  EXPECT_EQ(times(cron("0 6 * mar Mon-TUE"), "2026-01-01T00:00:00Z", Zone(), 3),
            (Times{"2026-03-02T06:00", "2026-03-03T06:00", "2026-03-09T06:00"}));
  EXPECT_EQ(times(cron("0 0 * * 7"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-01-04T00:00"}));
  EXPECT_EQ(times(cron("0 0 * * FRI-SUN"), "2026-01-01T00:00:00Z", Zone(), 3),
            (Times{"2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"}));
}

TEST(Cron, next_is_strictly_later) {
  EXPECT_EQ(cron("0 3 * * *").next_after(at("2026-01-01T03:00:00Z"), Zone()), at("2026-01-02T03:00:00Z"));
  EXPECT_EQ(cron("0 3 * * *").next_after(at("2026-01-01T02:59:59.999Z"), Zone()), at("2026-01-01T03:00:00Z"));
  EXPECT_EQ(cron("* * * * *").next_after(at("2026-01-01T02:59:59.999Z"), Zone()), at("2026-01-01T03:00:00Z"));
}

TEST(Cron, of_two_restricted_day_fields_either_fits) {
  EXPECT_EQ(times(cron("0 0 13 * FRI"), "2026-01-08T00:00:00Z", Zone(), 3),
            (Times{"2026-01-09T00:00", "2026-01-13T00:00", "2026-01-16T00:00"}));
  EXPECT_EQ(times(cron("0 0 */2 * MON"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-01-05T00:00", "2026-01-19T00:00"}));
}

TEST(Cron, february_29th_comes_in_leap_years_and_the_30th_never) {
  EXPECT_EQ(times(cron("0 0 29 2 *"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2028-02-29T00:00", "2032-02-29T00:00"}));
  EXPECT_EQ(times(cron("0 0 29 2 *"), "2096-03-01T00:00:00Z", Zone(), 1), (Times{"2104-02-29T00:00"}));
  EXPECT_EQ(cron("0 0 30 2 *").next_after(at("2026-01-01T00:00:00Z"), Zone()), std::nullopt);
  EXPECT_EQ(cron("0 * 30 2 *").next_after(at("2026-01-01T00:00:00Z"), Zone()), std::nullopt);
  EXPECT_EQ(times(Schedule::monthly(31, 0, 0), "2026-01-31T00:00:00Z", Zone(), 1), (Times{"2026-03-31T00:00"}));
}

TEST(Cron, a_time_in_the_gap_is_the_first_moment_after_it) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_EQ(times(Schedule::daily(2, 30), "2026-03-28T12:00:00Z", berlin, 2),
            (Times{"2026-03-29T01:00", "2026-03-30T00:30"}));
  EXPECT_EQ(times(Schedule::daily(2, 30), "2026-03-07T12:00:00Z", zone("America/New_York"), 2),
            (Times{"2026-03-08T07:00", "2026-03-09T06:30"}));
  // 02:15, 02:45 and 03:00 fall together.
  EXPECT_EQ(times(cron("0,15,45 2,3 * * *"), "2026-03-28T12:00:00Z", berlin, 3),
            (Times{"2026-03-29T01:00", "2026-03-29T01:15", "2026-03-29T01:45"}));
}

TEST(Cron, a_time_that_comes_twice_is_the_first) {
  EXPECT_EQ(times(Schedule::daily(2, 30), "2026-10-24T12:00:00Z", zone("Europe/Berlin"), 2),
            (Times{"2026-10-25T00:30", "2026-10-26T01:30"}));
  EXPECT_EQ(times(Schedule::daily(1, 30), "2026-10-31T12:00:00Z", zone("America/New_York"), 2),
            (Times{"2026-11-01T05:30", "2026-11-02T06:30"}));
  // Asked within the second pass, too.
  EXPECT_EQ(times(cron("30,45 2 * * *"), "2026-10-25T01:35:00Z", zone("Europe/Berlin"), 1),
            (Times{"2026-10-26T01:30"}));
}

TEST(Cron, every_hour_means_every_hour_that_passes) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_EQ(count_until(Schedule::hourly(15), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", berlin), 23u);
  EXPECT_EQ(count_until(Schedule::hourly(15), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", berlin), 25u);
  EXPECT_EQ(times(Schedule::hourly(0), "2026-01-01T00:00:00Z", zone("Asia/Kolkata"), 2),
            (Times{"2026-01-01T00:30", "2026-01-01T01:30"}));
}

TEST(Cron, a_daily_time_comes_once_a_day_in_every_zone) {
  for (const auto* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana"})
    for (int hour = 0; hour < 24; ++hour) {
      const auto z = zone(name);
      const auto s = Schedule::daily(hour, 30);
      auto t = first_moment(*parse_window("2026-01-01", Grain::day), z);
      for (std::int64_t day = parse_window("2026-01-01", Grain::day)->index; day < 20'455 + 366; ++day) {
        t = s.next_after(t, z).value();
        ASSERT_EQ(window_at(Grain::day, t, z).index, day) << name << " hour " << hour << " " << to_text(t);
      }
    }
}

TEST(Cron, plain_forms_are_cron_lines) {
  EXPECT_EQ(Schedule::daily(3, 5).text(), "5 3 * * *");
  EXPECT_EQ(Schedule::weekly({Weekday::MON, Weekday::FRI}, 3, 0).text(), "0 3 * * MON,FRI");
  EXPECT_EQ(Schedule::weekly({}, 3, 0), Schedule::daily(3, 0));
  EXPECT_EQ(cron("  5   3 * * * ").text(), "5 3 * * *");
}

TEST(Cron, a_rate_keeps_to_multiples) {
  EXPECT_EQ(times(Schedule::rate(15min), "2026-01-01T00:07:00Z", Zone(), 2),
            (Times{"2026-01-01T00:15", "2026-01-01T00:30"}));
  EXPECT_EQ(times(Schedule::rate(24h, at("2026-06-01T05:00:00Z")), "2026-01-01T05:00:00Z", Zone(), 1),
            (Times{"2026-01-02T05:00"}));
  EXPECT_EQ(Schedule::rate(15min).text(), "every 15m");
}

TEST(Cron, errors_name_the_field_the_column_and_what_to_write) {
  EXPECT_EQ(problem("0 24 * * *"), "cron '0 24 * * *', field 2 (hour), column 3: 24 is out of range; write 0 to 23");
  EXPECT_EQ(
      problem("0 0 * FOO *"),
      "cron '0 0 * FOO *', field 4 (month), column 7: expected a value, got 'F'; write '*' or 1 to 12 or JAN to DEC");
  EXPECT_EQ(problem("@daily"), "cron '@daily': '@daily' is not served; write '0 0 * * *'");
  EXPECT_EQ(problem("0 0 * *"),
            "cron '0 0 * *': expected 5 fields, got 4; the fields are minute, hour, day of month, month, day of week");
  EXPECT_NE(problem("0 0 0 * * *").find("leave out the seconds"), std::string::npos);
  EXPECT_NE(problem("0 0 ? * MON").find("write '*'"), std::string::npos);
  EXPECT_NE(problem("0 22-5 * * *").find("'22-23,0-5'"), std::string::npos);
  for (const auto* bad : {"", "* * * * MON-", "*/0 * * * *", "1,,2 * * * *", "0 0 L * *", "-1 * * * *", "60 * * * *",
                          "0 0 0 * *", "0 0 * * 8", "0 0 * * 1#2", "*5 * * * *", "0 0 * JANU *", "99999 * * * *"})
    EXPECT_FALSE(parse_cron(bad).has_value()) << bad;
}

TEST(Cron, the_grain_is_the_coarsest_that_never_holds_two_times) {
  const auto grain = [](std::string_view text) { return grain_of_schedule(cron(text), Zone()); };
  EXPECT_EQ(grain("0 3 * * *"), Grain::day);
  EXPECT_EQ(grain("0 3 * * MON-FRI"), Grain::day);
  EXPECT_EQ(grain("0 3 * * MON"), Grain::week);
  EXPECT_EQ(grain("0 3 1 * *"), Grain::month);
  EXPECT_EQ(grain("0 3 1,20 * *"), Grain::week);
  EXPECT_EQ(grain("0 3 1,5 * *"), Grain::day);
  EXPECT_EQ(grain("0 3 29 2 *"), Grain::month);
  EXPECT_EQ(grain("0 3 1 * MON"), Grain::day);
  EXPECT_EQ(grain("15 * * * *"), Grain::hour);
  EXPECT_EQ(grain("15 8,20 * * *"), Grain::hour);
  EXPECT_EQ(grain("*/15 * * * *"), Grain::run);
  EXPECT_EQ(grain("0,30 3 * * *"), Grain::run);
}

TEST(Cron, a_rates_grain_is_tried_on_the_local_calendar) {
  EXPECT_EQ(grain_of_schedule(Schedule::rate(15min), Zone()), Grain::run);
  EXPECT_EQ(grain_of_schedule(Schedule::rate(1h), Zone()), Grain::hour);
  EXPECT_EQ(grain_of_schedule(Schedule::rate(24h), Zone()), Grain::day);
  EXPECT_EQ(grain_of_schedule(Schedule::rate(24h * 7), Zone()), Grain::week);
  EXPECT_EQ(grain_of_schedule(Schedule::rate(24h * 31), Zone()), Grain::month);
  // 22:00Z is 00:00 at the start of the day of 25 hours, and 23:00 at its end.
  EXPECT_EQ(grain_of_schedule(Schedule::rate(24h, Instant{22h}), zone("Europe/Berlin")), Grain::hour);
}

}  // namespace
}  // namespace weir
