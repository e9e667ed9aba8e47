// When a pipeline is due: a cron line, the plain forms (`hour: 3`), a rate, or one time; and the next time of each.
//
// The local times of a schedule become instants by Zone::to_instant: a time that the clock skips is the first moment
// after the gap, one that comes twice is the first; local times that fall together are one. A schedule of every hour
// ("15 * * * *") goes by real hours instead: it is due once in each hour that passes, so 23 or 25 times on the days of
// a clock change, never twice in one hour and never with a hole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "calendar/day_rule.hpp"
#include "calendar/weekday.hpp"
#include "calendar/window.hpp"
#include "calendar/zone.hpp"

namespace weir {

// A plain value.
class Schedule {
 public:
  // Every day, or on the days given, at this time. Hour 0..23, minute 0..59, day of month 1..31 (a month without the
  // day is left out); asserted.
  static Schedule hourly(int minute);
  static Schedule daily(int hour, int minute);
  static Schedule weekly(const std::vector<Weekday>& days, int hour, int minute);  // no days: every day
  static Schedule monthly(int day, int hour, int minute);
  // Every `every` (at least a second; asserted), counted from `anchor`: its multiples, so a restart changes nothing.
  static Schedule rate(Millis every, Instant anchor = Instant{});
  // One time, of the clock on the wall.
  static Schedule once(LocalTime at);
  // The same times, but only on these days of the calendar. With `business_day` n only on the n-th business day of the
  // month, from its end when negative. Of a rate or a single time: itself.
  Schedule only_on(DayKind kind, int business_day, BusinessCalendar calendar) const;

  // The first time strictly after `t`; nothing when there is none within 50 years ("0 0 30 2 *").
  std::optional<Instant> next_after(Instant t, const Zone& zone) const;

  std::string text() const;  // a cron line, "every 15m" or "once at 2026-12-24T06:00"
  bool operator==(const Schedule&) const = default;

 private:
  friend Result<Schedule> parse_cron(std::string_view text);
  friend Result<Schedule> parse_aws_cron(std::string_view text);
  friend Grain grain_of_schedule(const Schedule& schedule, const Zone& zone);

  bool every_hour() const;
  std::optional<Instant> next_local(Instant t, const Zone& zone) const;
  std::optional<Instant> next_real(Instant t, const Zone& zone) const;

  // One bit a value that is allowed.
  std::uint64_t minutes_ = 0;
  std::uint32_t hours_ = 0;
  DayRule days_;
  Millis every_{0};  // a rate when not 0
  Instant anchor_{};
  std::optional<LocalTime> once_;
  std::string text_;
};

// Five fields: minute, hour, day of month, month, day of week; lists, ranges, steps, names (JAN, MON), 7 as Sunday.
// When both day fields are restricted a day fits if either does, as in every cron; a field that begins with '*' is not
// restricted. Anything else (@daily, seconds, '?', 'L') is refused with what to write; cron(...) is aws_schedule.hpp's.
// The problem's `where` is "cron '...', field 2 (hour), column 3".
Result<Schedule> parse_cron(std::string_view text);

// How often a pipeline of this schedule has something new: the coarsest of hour, day, week and month that never holds
// two of its times, or run; the day of a single time. Judged on the calendar, so that a clock change makes no grain: in
// the hour after a gap two listed times ("30 1-3 * * *") may come, and a key that has fired stays fired.
Grain grain_of_schedule(const Schedule& schedule, const Zone& zone);

}  // namespace weir
