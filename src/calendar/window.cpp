#include "calendar/window.hpp"

#include <fmt/format.h>

#include <cassert>

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kDaysBeforeFirstMonday = 3;  // 1969-12-29 begins week 0; 1970-01-01 is its Thursday

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

std::int64_t week_of(std::int64_t day) { return floor_div(day + kDaysBeforeFirstMonday, 7); }
std::int64_t month_of(year_month_day d) {
  return (static_cast<int>(d.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(d.month())) - 1;
}
year_month_day date_of(std::int64_t day) { return year_month_day{sys_days{days{day}}}; }
std::int64_t day_number(year_month_day d) { return sys_days{d}.time_since_epoch().count(); }

std::int64_t first_day_number(Window w) {
  switch (w.grain) {
    case Grain::hour:
      return floor_div(w.index, 24);
    case Grain::day:
      return w.index;
    case Grain::week:
      return w.index * 7 - kDaysBeforeFirstMonday;
    default: {
      const auto year = static_cast<int>(1970 + floor_div(w.index, 12));
      const auto month = static_cast<unsigned>(w.index - floor_div(w.index, 12) * 12 + 1);
      return day_number(std::chrono::year{year} / std::chrono::month{month} / 1);
    }
  }
}

Window window_of_day(Grain grain, std::int64_t day) {
  switch (grain) {
    case Grain::day:
      return {grain, day};
    case Grain::week:
      return {grain, week_of(day)};
    default:
      return {grain, month_of(date_of(day))};
  }
}

// The ISO week's year is that of its Thursday; its number counts Thursdays.
std::pair<int, int> iso_week(std::int64_t week) {
  const auto thursday = week * 7;
  const auto year = date_of(thursday).year();
  return {static_cast<int>(year), static_cast<int>((thursday - day_number(year / 1 / 1)) / 7 + 1)};
}

// Reads `form`, where each '#' is a digit and all else stands for itself, into the numbers its runs of digits make.
bool read_form(std::string_view text, std::string_view form, std::initializer_list<int*> numbers) {
  if (text.size() != form.size()) return false;
  auto number = numbers.begin();
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '#') {
      if (text[i] != form[i]) return false;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return false;
    if (i == 0 || form[i - 1] != '#') **number = 0;
    **number = **number * 10 + (text[i] - '0');
    if (i + 1 == form.size() || form[i + 1] != '#') ++number;
  }
  return true;
}

year_month_day make_date(int y, int m, int d) {
  return std::chrono::year{y} / std::chrono::month{static_cast<unsigned>(m)} /
         std::chrono::day{static_cast<unsigned>(d)};
}

}  // namespace

std::string label(Window w) {
  if (!is_calendar(w.grain)) return fmt::format("{}", w.index);
  if (w.grain == Grain::week) {
    const auto [year, week] = iso_week(w.index);
    return fmt::format("{:04}-W{:02}", year, week);
  }
  const auto date = first_day(w);
  auto out = fmt::format("{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
  if (w.grain == Grain::month) return out;
  out += fmt::format("-{:02}", static_cast<unsigned>(date.day()));
  if (w.grain == Grain::hour) out += fmt::format("T{:02}Z", w.index - floor_div(w.index, 24) * 24);
  return out;
}

Result<Window> parse_window(std::string_view text, Grain grain) {
  int y = 0, m = 0, d = 0, h = 0, week = 0;
  std::string_view example;
  switch (grain) {
    case Grain::hour:
      example = "an hour is written 2026-01-02T05Z (UTC)";
      if (read_form(text, "####-##-##T##Z", {&y, &m, &d, &h}) && make_date(y, m, d).ok() && h < 24)
        return Window{grain, day_number(make_date(y, m, d)) * 24 + h};
      break;
    case Grain::day:
      example = "a day is written 2026-01-02";
      if (read_form(text, "####-##-##", {&y, &m, &d}) && make_date(y, m, d).ok())
        return Window{grain, day_number(make_date(y, m, d))};
      break;
    case Grain::week:
      example = "a week is written 2026-W01, or as one of its days";
      if (read_form(text, "####-##-##", {&y, &m, &d}) && make_date(y, m, d).ok())
        return Window{grain, week_of(day_number(make_date(y, m, d)))};
      if (read_form(text, "####-W##", {&y, &week})) {
        // January 4th is always in week 1.
        const Window found{grain, week_of(day_number(make_date(y, 1, 4))) + week - 1};
        if (week >= 1 && iso_week(found.index).first == y) return found;
      }
      break;
    case Grain::month:
      example = "a month is written 2026-01";
      if (read_form(text, "####-##", {&y, &m}) && make_date(y, m, 1).ok())
        return Window{grain, month_of(make_date(y, m, 1))};
      break;
    default:
      return fail(fmt::format("a window of the grain '{}' has no label", name_of(grain)));
  }
  return fail(fmt::format("'{}' is no {}", text, name_of(grain)), {}, std::string(example));
}

year_month_day first_day(Window window) {
  assert(is_calendar(window.grain));
  return date_of(first_day_number(window));
}

Instant first_moment(Window window, const Zone& zone) {
  assert(is_calendar(window.grain));
  if (window.grain == Grain::hour) return Instant{hours{window.index}};
  return zone.to_instant(local_days{days{first_day_number(window)}});
}

Instant end_moment(Window window, const Zone& zone) { return first_moment(shifted(window, 1), zone); }

Window window_at(Grain grain, Instant t, const Zone& zone) {
  assert(is_calendar(grain));
  if (grain == Grain::hour) return {grain, std::chrono::floor<hours>(t).time_since_epoch().count()};
  const auto day = std::chrono::floor<days>(zone.to_local(t)).time_since_epoch().count();
  const auto window = window_of_day(grain, day);
  // A clock that goes back over midnight shows yesterday again; the new day has begun all the same.
  const auto next = shifted(window, 1);
  return t >= first_moment(next, zone) ? next : window;
}

WindowRange members(Grain upstream, Window downstream, const Zone& downstream_zone) {
  assert(is_calendar(upstream) && is_calendar(downstream.grain) && !coarser(upstream, downstream.grain));
  if (upstream == downstream.grain) return {downstream, downstream};
  const auto end = shifted(downstream, 1);
  if (upstream == Grain::hour) {
    // An hour belongs where it begins: in zones of half-hour offsets the first whole hour at or after midnight.
    const auto ceil_hour = [](Instant t) { return std::chrono::ceil<hours>(t).time_since_epoch().count(); };
    return {{upstream, ceil_hour(first_moment(downstream, downstream_zone))},
            {upstream, ceil_hour(first_moment(end, downstream_zone)) - 1}};
  }
  const auto first_at_or_after = [&](std::int64_t day) {
    const auto w = window_of_day(upstream, day);
    return first_day_number(w) < day ? w.index + 1 : w.index;
  };
  return {{upstream, first_at_or_after(first_day_number(downstream))},
          {upstream, first_at_or_after(first_day_number(end)) - 1}};
}

Window container(Grain upstream, const Zone& upstream_zone, Window downstream) {
  assert(is_calendar(upstream) && is_calendar(downstream.grain) && !coarser(downstream.grain, upstream));
  if (upstream == downstream.grain) return downstream;
  if (downstream.grain == Grain::hour)
    return window_at(upstream, first_moment(downstream, upstream_zone), upstream_zone);
  return window_of_day(upstream, first_day_number(downstream));
}

}  // namespace weir
