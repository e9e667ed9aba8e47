#include "calendar/aws_schedule.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;
using Times = std::vector<std::string>;

Zone zone(std::string_view name) { return *find_zone(name); }
Schedule cron(std::string_view text) { return parse_aws_cron(text).value(); }
std::string problem(std::string_view text) { return parse_aws_cron(text).error().text(); }

Times times(const Schedule& s, std::string_view after, const Zone& z, int count) {
  Times out;
  auto t = *instant_from_text(after);
  while (count-- > 0) {
    const auto next = s.next_after(t, z);
    if (!next) break;
    t = *next;
    out.push_back(to_text(t).substr(0, 16));
  }
  return out;
}

TEST(AwsCron, sunday_is_1_and_one_day_field_is_a_question_mark) {
  EXPECT_EQ(times(cron("cron(0 10 * * ? *)"), "2026-01-01T10:00:00Z", Zone(), 2),
            (Times{"2026-01-02T10:00", "2026-01-03T10:00"}));
  EXPECT_EQ(times(cron("cron(15 12 ? * 1 *)"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-01-04T12:15", "2026-01-11T12:15"}));
  EXPECT_EQ(times(cron("cron(0 18 ? * mon-fri *)"), "2026-01-02T18:00:00Z", Zone(), 2),
            (Times{"2026-01-05T18:00", "2026-01-06T18:00"}));
  EXPECT_EQ(times(cron("cron(0/15 8-9 1,15 JAN/6 ? *)"), "2026-01-15T09:30:00Z", Zone(), 2),
            (Times{"2026-01-15T09:45", "2026-07-01T08:00"}));
}

TEST(AwsCron, L_is_the_last_day_of_the_month_in_leap_years_too) {
  EXPECT_EQ(times(cron("cron(0 0 L * ? *)"), "2028-01-31T00:00:00Z", Zone(), 3),
            (Times{"2028-02-29T00:00", "2028-03-31T00:00", "2028-04-30T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 L 2 ? *)"), "2099-01-01T00:00:00Z", Zone(), 2),
            (Times{"2099-02-28T00:00", "2100-02-28T00:00"}));
  // Of the week it is Saturday.
  EXPECT_EQ(times(cron("cron(0 0 ? * L *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-01-03T00:00"}));
}

TEST(AwsCron, 6L_is_the_last_friday_and_3hash2_the_second_tuesday) {
  EXPECT_EQ(times(cron("cron(15 10 ? * 6L 2026-2027)"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-01-30T10:15", "2026-02-27T10:15"}));
  EXPECT_EQ(times(cron("cron(0 9 ? * TUE#2 *)"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-01-13T09:00", "2026-02-10T09:00"}));
  // A fifth Monday is in four or five months of a year only.
  EXPECT_EQ(times(cron("cron(0 9 ? * 2#5 *)"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-03-30T09:00", "2026-06-29T09:00"}));
}

TEST(AwsCron, W_is_the_nearest_weekday_in_the_same_month) {
  // 2026-08-01 is a Saturday, 2026-02-15 a Sunday, 2026-05-31 a Sunday.
  EXPECT_EQ(times(cron("cron(0 0 1W 8 ? *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-08-03T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 15W 2 ? *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-02-16T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 14W 2 ? *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-02-13T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 31W 5 ? *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{"2026-05-29T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 LW * ? *)"), "2026-01-01T00:00:00Z", Zone(), 2),
            (Times{"2026-01-30T00:00", "2026-02-27T00:00"}));
  EXPECT_EQ(times(cron("cron(0 0 31W 4 ? *)"), "2026-01-01T00:00:00Z", Zone(), 1), (Times{}));
}

TEST(AwsCron, the_year_ends_a_schedule) {
  EXPECT_EQ(times(cron("cron(0 6 24 12 ? 2026)"), "2026-01-01T00:00:00Z", Zone(), 5), (Times{"2026-12-24T06:00"}));
  EXPECT_EQ(times(cron("cron(0 6 29 2 ? 2027-2033/1)"), "2026-01-01T00:00:00Z", Zone(), 5),
            (Times{"2028-02-29T06:00", "2032-02-29T06:00"}));
}

TEST(AwsCron, clock_changes_follow_weirs_rule) {
  EXPECT_EQ(times(cron("cron(30 2 * * ? *)"), "2026-03-28T12:00:00Z", zone("Europe/Berlin"), 2),
            (Times{"2026-03-29T01:00", "2026-03-30T00:30"}));
  EXPECT_EQ(times(cron("cron(30 2 * * ? *)"), "2026-10-24T12:00:00Z", zone("Europe/Berlin"), 2),
            (Times{"2026-10-25T00:30", "2026-10-26T01:30"}));
}

TEST(AwsCron, its_grain_is_that_of_its_times) {
  EXPECT_EQ(grain_of_schedule(cron("cron(0 10 * * ? *)"), Zone()), Grain::day);
  EXPECT_EQ(grain_of_schedule(cron("cron(0 10 ? * 2 *)"), Zone()), Grain::week);
  EXPECT_EQ(grain_of_schedule(cron("cron(0 10 ? * 3#2 *)"), Zone()), Grain::month);
  EXPECT_EQ(grain_of_schedule(cron("cron(0 10 LW * ? *)"), Zone()), Grain::month);
  EXPECT_EQ(grain_of_schedule(cron("cron(0/10 * * * ? *)"), Zone()), Grain::run);
}

TEST(AwsCron, prints_itself_in_one_way) { EXPECT_EQ(cron("cron( 0  10 ? * mon *)").text(), "cron(0 10 ? * MON *)"); }

TEST(AwsCron, errors_name_the_field_and_what_to_write) {
  EXPECT_EQ(problem("cron(0 10 * * * *)"),
            "cron(0 10 * * * *): one of the two day fields must be '?'; write '?' for the day of month, or for the day "
            "of week: cron(0 10 * * ? *)");
  EXPECT_EQ(problem("cron(0 25 * * ? *)"),
            "cron(0 25 * * ? *), field 2 (hours): '25' is no value of it; write '*' or 0 to 23");
  EXPECT_NE(problem("cron(0 10 * * *)").find("expected 6 fields, got 5"), std::string::npos);
  for (const auto* bad :
       {"cron(0 10 ? * ? *)", "cron(0 10 ? * 0 *)", "cron(0 10 ? * 8 *)", "cron(? 10 * * ? *)", "cron(0 10 ? * 2#6 *)",
        "cron(0 10 ? * 2#1,3#2 *)", "cron(0 10 32W * ? *)", "cron(0 10 * 13 ? *)", "cron(0 10 * * ? 1969)",
        "cron(0 10 * * ? 2200)", "cron(0/0 10 * * ? *)", "cron(5-1 10 * * ? *)", "cron(0 10 * * ? *",
        "cron(L 1 * * ? *)", "cron()", "cron(,0 10 * * ? *)", "cron(0 10 L-3 * ? *)"})
    EXPECT_FALSE(parse_aws_cron(bad).has_value()) << bad;
}

TEST(AwsRate, has_a_unit_in_the_right_number) {
  EXPECT_EQ(parse_aws_rate("rate(5 minutes)"), Millis(5min));
  EXPECT_EQ(parse_aws_rate("rate(1 hour)"), Millis(1h));
  EXPECT_EQ(parse_aws_rate("rate(7 days)"), Millis(7 * 24h));
  EXPECT_EQ(parse_aws_rate("rate(1 hours)").error().text(),
            "'rate(1 hours)': 'hours' is no unit of 1; write rate(1 hour)");
  for (const auto* bad :
       {"rate(5 minute)", "rate(0 minutes)", "rate(5m)", "rate(5 weeks)", "rate(x minutes)", "rate(5 minutes"})
    EXPECT_FALSE(parse_aws_rate(bad).has_value()) << bad;
}

TEST(LocalTime, is_a_date_and_a_time_without_a_zone) {
  const auto noon = parse_local_time("2026-03-29T02:30").value();
  EXPECT_EQ(parse_local_time("at(2026-03-29T02:30:00)").value(), noon);
  EXPECT_EQ(parse_local_time("2026-03-29 02:30").value(), noon);
  for (const auto* bad :
       {"2026-03-29", "2026-03-29T02:30Z", "2026-02-29T02:30", "2026-03-29T24:30", "at(2026-03-29T02:30", ""})
    EXPECT_FALSE(parse_local_time(bad).has_value()) << bad;
}

TEST(LocalTime, is_due_once_also_where_the_clock_skips_or_repeats_it) {
  const auto gap = Schedule::once(*parse_local_time("2026-03-29T02:30"));
  EXPECT_EQ(times(gap, "2026-01-01T00:00:00Z", zone("Europe/Berlin"), 3), (Times{"2026-03-29T01:00"}));
  const auto twice = Schedule::once(*parse_local_time("2026-10-25T02:30"));
  EXPECT_EQ(times(twice, "2026-01-01T00:00:00Z", zone("Europe/Berlin"), 3), (Times{"2026-10-25T00:30"}));
  EXPECT_EQ(times(twice, "2026-10-25T00:30:00Z", zone("Europe/Berlin"), 3), (Times{}));
  EXPECT_EQ(gap.text(), "once at 2026-03-29T02:30");
  EXPECT_EQ(grain_of_schedule(gap, Zone()), Grain::day);
}

}  // namespace
}  // namespace weir
