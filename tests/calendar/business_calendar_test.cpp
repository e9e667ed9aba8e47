#include "calendar/business_calendar.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "calendar/cron.hpp"

namespace weir {
namespace {

using Times = std::vector<std::string>;

constexpr std::string_view kHolidays =
    "# Hesse\n"
    "2026-04-03  Good Friday\n"
    "2026-04-06\tEaster Monday\r\n"
    "\n"
    "01-01 New Year\n"
    "12-25, 12-26 are two days, but a line names one\n"
    "02-29   # a leap day\n";

BusinessCalendar calendar(std::string_view text) { return parse_business_calendar(text, "holidays.txt").value(); }
std::string problem(std::string_view text) { return parse_business_calendar(text, "holidays.txt").error().text(); }
std::chrono::year_month_day date(std::string_view text) { return first_day(*parse_window(text, Grain::day)); }

Times dates(const Schedule& s, std::string_view after, int count, std::string_view zone = "UTC") {
  Times out;
  auto t = *instant_from_text(after);
  while (count-- > 0) {
    const auto next = s.next_after(t, *find_zone(zone));
    if (!next) break;
    t = *next;
    out.push_back(to_text(t).substr(0, 10));
  }
  return out;
}

TEST(BusinessCalendar, without_a_file_monday_to_friday_are_business_days) {
  const BusinessCalendar none;
  EXPECT_TRUE(none.is_business_day(date("2026-12-25")));
  EXPECT_FALSE(none.is_business_day(date("2026-12-26")));
  EXPECT_FALSE(none.is_business_day(date("2026-12-27")));
}

TEST(BusinessCalendar, holidays_are_dates_or_come_each_year) {
  const auto c = calendar(kHolidays);
  EXPECT_FALSE(c.is_business_day(date("2026-04-03")));
  EXPECT_FALSE(c.is_business_day(date("2026-04-06")));
  EXPECT_TRUE(c.is_business_day(date("2027-04-06")));
  EXPECT_FALSE(c.is_business_day(date("2026-01-01")));
  EXPECT_FALSE(c.is_business_day(date("2027-01-01")));
  EXPECT_FALSE(c.is_business_day(date("2028-02-29")));
  EXPECT_TRUE(c.is_business_day(date("2028-02-28")));
}

TEST(BusinessCalendar, the_weekend_may_be_another) {
  const auto c = calendar("weekend FRI Saturday\n");
  EXPECT_FALSE(c.is_business_day(date("2026-01-02")));
  EXPECT_TRUE(c.is_business_day(date("2026-01-04")));
  EXPECT_TRUE(calendar("weekend none").is_business_day(date("2026-01-04")));
}

TEST(BusinessCalendar, counts_business_days_of_a_month_from_both_ends) {
  const auto c = calendar(kHolidays);
  EXPECT_TRUE(c.is_business_day_of_month(date("2026-01-02"), 1));
  EXPECT_FALSE(c.is_business_day_of_month(date("2026-01-01"), 1));
  EXPECT_TRUE(c.is_business_day_of_month(date("2026-04-07"), 3));  // 1st, 2nd, then Easter
  EXPECT_TRUE(c.is_business_day_of_month(date("2026-02-27"), -1));
  EXPECT_FALSE(c.is_business_day_of_month(date("2026-02-26"), -1));
}

TEST(BusinessCalendar, a_schedule_skips_days_off) {
  const auto daily = Schedule::daily(6, 0).only_on(DayKind::businessDays, 0, calendar(kHolidays));
  EXPECT_EQ(dates(daily, "2026-04-02T12:00:00Z", 2), (Times{"2026-04-07", "2026-04-08"}));
  const auto off = Schedule::daily(6, 0).only_on(DayKind::daysOff, 0, calendar(kHolidays));
  EXPECT_EQ(dates(off, "2026-04-02T12:00:00Z", 5),
            (Times{"2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06", "2026-04-11"}));
  EXPECT_EQ(daily.text(), "0 6 * * *, business days");
}

TEST(BusinessCalendar, a_schedule_takes_the_nth_business_day) {
  const auto third = Schedule::daily(6, 0).only_on(DayKind::businessDays, 3, calendar(kHolidays));
  EXPECT_EQ(dates(third, "2026-01-01T00:00:00Z", 4), (Times{"2026-01-06", "2026-02-04", "2026-03-04", "2026-04-07"}));
  const auto last = Schedule::daily(6, 0).only_on(DayKind::businessDays, -1, {});
  EXPECT_EQ(dates(last, "2028-01-31T12:00:00Z", 2), (Times{"2028-02-29", "2028-03-31"}));
  EXPECT_EQ(grain_of_schedule(third, Zone()), Grain::month);
}

TEST(BusinessCalendar, the_date_is_that_of_the_local_clock) {
  // 00:30 on Monday in Tokyo is Sunday in UTC.
  const auto early = Schedule::daily(0, 30).only_on(DayKind::businessDays, 0, {});
  EXPECT_EQ(dates(early, "2026-01-03T00:00:00Z", 1, "Asia/Tokyo"), (Times{"2026-01-04"}));
}

TEST(BusinessCalendar, the_grain_of_business_days_is_the_day) {
  EXPECT_EQ(grain_of_schedule(Schedule::daily(6, 0).only_on(DayKind::businessDays, 0, {}), Zone()), Grain::day);
  EXPECT_EQ(grain_of_schedule(Schedule::weekly({Weekday::MON}, 6, 0).only_on(DayKind::businessDays, 0, {}), Zone()),
            Grain::week);
}

TEST(BusinessCalendar, errors_name_the_line_and_what_to_write) {
  EXPECT_EQ(
      problem("2026-12-25\n25.12.2026 Christmas\n"),
      "holidays.txt:2: '25.12.2026' is no date; begin the line with 2026-12-25, with 12-25 for each year, or with #");
  EXPECT_EQ(problem("weekend SAT SNU"), "holidays.txt:1: 'SNU' is no weekday; write MON, TUE, ... or 'none'");
  EXPECT_EQ(problem("weekend"), "holidays.txt:1: no weekday is named; write 'weekend SAT SUN' or 'weekend none'");
  for (const auto* bad : {"2026-02-29", "02-30", "13-01", "2026-1-1"})
    EXPECT_FALSE(parse_business_calendar(bad, "f").has_value()) << bad;
}

TEST(BusinessCalendar, has_a_greatest_size) {
  const auto of_size = [](std::size_t n) { return std::string(n - 1, '\n') + "#"; };
  EXPECT_TRUE(parse_business_calendar(of_size(limits::kCalendarBytes - 1), "f").has_value());
  EXPECT_TRUE(parse_business_calendar(of_size(limits::kCalendarBytes), "f").has_value());
  EXPECT_FALSE(parse_business_calendar(of_size(limits::kCalendarBytes + 1), "f").has_value());
}

}  // namespace
}  // namespace weir
