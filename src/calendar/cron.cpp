#include "calendar/cron.hpp"

#include <fmt/format.h>

#include <bit>
#include <cassert>

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr int kEveryHour = (1 << 24) - 1;
constexpr int kBoundYears = 50;  // February 29th on a given weekday comes at least every 40 years

// A cron line always parses here: it is made of numbers that were asserted.
Schedule made(std::string line) {
  auto schedule = parse_cron(line);
  assert(schedule);
  return std::move(*schedule);
}

bool has(std::uint64_t bits, std::int64_t i) { return ((bits >> i) & 1) != 0; }

LocalTime local_time_of(local_days day, int hour, int minute) { return day + hours{hour} + minutes{minute}; }

}  // namespace

Schedule Schedule::hourly(int minute) {
  assert(minute >= 0 && minute < 60);
  return made(fmt::format("{} * * * *", minute));
}

Schedule Schedule::daily(int hour, int minute) {
  assert(hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
  return made(fmt::format("{} {} * * *", minute, hour));
}

Schedule Schedule::weekly(const std::vector<Weekday>& weekdays, int hour, int minute) {
  assert(hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
  if (weekdays.empty()) return daily(hour, minute);
  std::string names;
  for (const auto day : weekdays) names += fmt::format("{}{}", names.empty() ? "" : ",", name_of(day));
  return made(fmt::format("{} {} * * {}", minute, hour, names));
}

Schedule Schedule::monthly(int day, int hour, int minute) {
  assert(day >= 1 && day <= 31 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
  return made(fmt::format("{} {} {} * *", minute, hour, day));
}

Schedule Schedule::rate(Millis every, Instant anchor) {
  assert(every >= std::chrono::seconds{1});
  Schedule out;
  out.every_ = every;
  out.anchor_ = anchor;
  out.text_ = "every " + to_text(every);
  return out;
}

Schedule Schedule::once(LocalTime at) {
  Schedule out;
  out.once_ = at;
  const auto text = to_text(Instant{at.time_since_epoch()});
  out.text_ = "once at " + (text.ends_with(":00.000Z") ? text.substr(0, 16) : text.substr(0, 19));
  return out;
}

Schedule Schedule::only_on(DayKind kind, int business_day, BusinessCalendar calendar) const {
  Schedule out = *this;
  if (every_ != Millis{0} || once_ || (kind == DayKind::all && business_day == 0)) return out;
  out.days_.kind = kind;
  out.days_.business_day = business_day;
  out.days_.calendar = std::move(calendar);
  if (business_day > 0) out.text_ += fmt::format(", business day {} of the month", business_day);
  if (business_day < 0) out.text_ += fmt::format(", business day {} from the end of the month", -business_day);
  if (business_day == 0) out.text_ += kind == DayKind::businessDays ? ", business days" : ", days off";
  return out;
}

std::string Schedule::text() const { return text_; }

bool Schedule::every_hour() const { return hours_ == kEveryHour; }

std::optional<Instant> Schedule::next_after(Instant t, const Zone& zone) const {
  if (every_ != Millis{0}) {
    const auto since = t - anchor_;
    const auto count = since.count() / every_.count() - (since.count() % every_.count() < 0 ? 1 : 0);
    return anchor_ + (count + 1) * every_;
  }
  if (once_) {
    const auto at = zone.to_instant(*once_);
    return at > t ? std::optional(at) : std::nullopt;
  }
  return every_hour() ? next_real(t, zone) : next_local(t, zone);
}

// Local times in their order give instants in their order, so the first that is later than `t` is the answer.
std::optional<Instant> Schedule::next_local(Instant t, const Zone& zone) const {
  const auto now = zone.to_local(t);
  const auto today = floor<days>(now);
  for (auto day = today; day < today + std::chrono::ceil<days>(std::chrono::years{kBoundYears}); day += days{1}) {
    if (!days_.fits(year_month_day{day})) continue;
    const int first_hour = day == today ? static_cast<int>(floor<hours>(now - day).count()) : 0;
    for (int hour = first_hour; hour < 24; ++hour) {
      if (!has(hours_, hour)) continue;
      for (auto left = minutes_; left != 0; left &= left - 1) {
        const auto local = local_time_of(day, hour, std::countr_zero(left));
        if (local < now) continue;
        if (const auto at = zone.to_instant(local); at > t) return at;
      }
    }
  }
  return std::nullopt;
}

// Steps through real minutes of the days that fit, looking at the clock on the wall.
std::optional<Instant> Schedule::next_real(Instant t, const Zone& zone) const {
  const auto into_minute = zone.to_local(t) - floor<minutes>(zone.to_local(t));
  auto at = t - into_minute + minutes{1};
  const auto bound = t + std::chrono::ceil<days>(std::chrono::years{kBoundYears});
  while (at < bound) {
    const auto local = zone.to_local(at);
    const auto day = floor<days>(local);
    if (!days_.fits(year_month_day{day})) {
      at = std::max(at + minutes{1}, zone.to_instant(day + days{1}));
      continue;
    }
    if (has(minutes_, floor<minutes>(local - floor<hours>(local)).count())) return at;
    at += minutes{1};
  }
  return std::nullopt;
}

Grain grain_of_schedule(const Schedule& schedule, const Zone& zone) {
  // Tried rather than reasoned: 41 years hold each weekday of each date, February 29th as well, and a rate drifts over
  // the local calendar.
  const auto never_twice = [](Grain grain, auto next_day, std::int64_t from, std::int64_t to) {
    std::optional<Window> last;
    for (auto day = next_day(from); day && *day < to; day = next_day(*day + 1)) {
      const auto window = container(grain, Zone(), Window{Grain::day, *day});
      if (last == window) return false;
      last = window;
    }
    return true;
  };
  constexpr std::int64_t kFrom = 19'723;  // 2024-01-01
  constexpr std::int64_t kTo = kFrom + 41 * 366;

  if (schedule.every_ != Millis{0}) {
    if (schedule.every_ < hours{1}) return Grain::run;
    Grain best = Grain::hour;
    for (const auto grain : {Grain::day, Grain::week, Grain::month}) {
      if (schedule.every_ < (grain == Grain::day ? days{1} : grain == Grain::week ? days{7} : days{28})) break;
      std::optional<Window> last;
      bool twice = false;
      auto at = schedule.next_after(Instant{days{kFrom}}, zone);
      for (int i = 0; i < 15'000 && at && !twice && *at < Instant{days{kTo}}; ++i) {
        const auto window = window_at(grain, *at, zone);
        twice = last == window;
        last = window;
        at = schedule.next_after(*at, zone);
      }
      if (twice) break;
      best = grain;
    }
    return best;
  }
  if (schedule.once_) return Grain::day;
  if (std::popcount(schedule.minutes_) > 1) return Grain::run;
  if (std::popcount(schedule.hours_) > 1) return Grain::hour;
  const auto next_day = [&](std::int64_t day) -> std::optional<std::int64_t> {
    for (; day < kTo; ++day)
      if (schedule.days_.fits(year_month_day{local_days{days{day}}})) return day;
    return std::nullopt;
  };
  for (const auto grain : {Grain::month, Grain::week})
    if (never_twice(grain, next_day, kFrom, kTo)) return grain;
  return Grain::day;
}

}  // namespace weir
