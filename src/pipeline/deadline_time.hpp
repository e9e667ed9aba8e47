// A time of `expect:`, counted from the first day of a window.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "calendar/window.hpp"

namespace weir::pipeline {

struct DeadlineTime {
  int days = 0;     // after the first day of the window
  int minutes = 0;  // of the day
  auto operator<=>(const DeadlineTime&) const = default;
};

inline constexpr int kDeadlineDays = 366;

// "07:00", or "+1d 02:00" for two o'clock of the day after; days up to kDeadlineDays.
Result<DeadlineTime> deadline_time(std::string_view text);

// The instant, on the clock of `zone`; the window must be of the calendar.
Instant deadline_of(Window window, const DeadlineTime& time, const Zone& zone);

// For people: "07:00", "02:00 a day later", "02:00 3 days later".
std::string words_of(const DeadlineTime& time);

}  // namespace weir::pipeline
