// Points in time and spans, to the millisecond. An Instant is UTC; zones and calendars are calendar/'s.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Millis>;

constexpr Instant instant_of_ms(std::int64_t since_1970_ms) { return Instant{Millis{since_1970_ms}}; }
constexpr std::int64_t ms_of(Instant t) { return t.time_since_epoch().count(); }

// "2026-11-21T03:50:07.123Z"; always three digits of milliseconds, so that texts sort as times do.
std::string to_text(Instant t);

// Reads what to_text writes, with 0 to 9 digits of fraction (cut to milliseconds), 'Z' or "+hh:mm".
// A space is accepted in place of 'T'. Nothing else.
std::optional<Instant> instant_from_text(std::string_view text);

// "90s", "15m", "2h", "3d", "250ms"; a whole number and one unit. Nothing else, nothing negative.
std::optional<Millis> duration_from_text(std::string_view text);
// The shortest exact form in one unit: 90'000 ms is "90s", 120'000 ms is "2m".
std::string to_text(Millis span);

}  // namespace weir
