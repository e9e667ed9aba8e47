// Windows: what a run of a pipeline is for. An hour, a day, a week or a month, as a number that orders and joins.
//
// Days, weeks and months are calendar labels: 2026-01-02 is the same window in Tokyo and in Berlin, although its
// moments differ. Hours are UTC hours, the same instants everywhere. `run` and `none` are no calendar: they have no
// moments and no labels here.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/describe.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "calendar/zone.hpp"

namespace weir {

enum class Grain { hour, day, week, month, run, none };  // spelt as in pipeline.yaml
BOOST_DESCRIBE_ENUM(Grain, hour, day, week, month, run, none)

constexpr bool is_calendar(Grain g) { return g <= Grain::month; }
// Is `a` coarser than `b`? hour < day < week < month; anything else is not comparable, so false.
constexpr bool coarser(Grain a, Grain b) { return is_calendar(a) && is_calendar(b) && a > b; }

struct Window {
  Grain grain = Grain::none;
  // hour: UTC hours since 1970-01-01T00Z. day: days since 1970-01-01. week: weeks since the one of 1970-01-01, Monday
  // first (0 begins 1969-12-29). month: months since 1970-01. run and none: the caller's.
  std::int64_t index = 0;
  auto operator<=>(const Window&) const = default;
};
BOOST_DESCRIBE_STRUCT(Window, (), (grain, index))

// The window `n` later, or earlier when negative: `offset: -1` is shifted(w, -1).
constexpr Window shifted(Window w, std::int64_t n) { return {w.grain, w.index + n}; }

// "2026-01-02T05Z", "2026-01-02", "2026-W01" (ISO: the year is that of the week's Thursday), "2026-01".
// run and none: the index.
std::string label(Window window);
// Reads what label() writes, and nothing else; for a week also any date of its seven days. The error shows the form.
// run and none cannot be read.
Result<Window> parse_window(std::string_view text, Grain grain);

// In what follows the grain must be of the calendar (is_calendar); this is asserted.

// The date of its first day: of a week its Monday, of a month its first, of an hour its UTC date.
std::chrono::year_month_day first_day(Window window);
// The logical date: [first_moment, end_moment) is the window in `zone`. Hours do not look at the zone. Where midnight
// is skipped the first moment is the one after the gap.
Instant first_moment(Window window, const Zone& zone);
Instant end_moment(Window window, const Zone& zone);
// The window whose [first_moment, end_moment) holds `t`.
Window window_at(Grain grain, Instant t, const Zone& zone);

// first..last, both included; none when last < first.
struct WindowRange {
  Window first;
  Window last;
  std::int64_t count() const { return last.index - first.index + 1; }
  bool contains(Window w) const { return w.grain == first.grain && first.index <= w.index && w.index <= last.index; }
  bool operator==(const WindowRange&) const = default;
};

// The windows of an upstream that belong to a downstream's window, when they are of the same grain or finer: those
// whose logical date lies in it. Hours lie in the days of the downstream's zone (23, 24 or 25 a day); days belong to
// weeks and months by the calendar, without zones; a week belongs to the month of its Monday.
WindowRange members(Grain upstream, Window downstream, const Zone& downstream_zone);
// The upstream's window that a downstream's window belongs to, when the upstream is of the same grain or coarser: the
// one that contains its first moment. An hour lies in a day of the upstream's zone; the rest goes by the calendar.
Window container(Grain upstream, const Zone& upstream_zone, Window downstream);

}  // namespace weir
