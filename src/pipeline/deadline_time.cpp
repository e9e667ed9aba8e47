#include "pipeline/deadline_time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace weir::pipeline {
namespace {

// The whole number that `text` is, of at most `digits` digits.
std::optional<int> number(std::string_view text, std::size_t digits) {
  int out = 0;
  if (text.empty() || text.size() > digits) return std::nullopt;
  for (const char c : text)
    if (c < '0' || c > '9') return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

Result<DeadlineTime> deadline_time(std::string_view text) {
  const auto wrong = [&] {
    return fail(fmt::format("'{}' is no deadline", text), {},
                fmt::format("write \"07:00\", or \"+1d 02:00\" for the day after; at most +{}d", kDeadlineDays));
  };
  DeadlineTime out;
  std::string_view clock = text;
  if (clock.starts_with('+')) {
    const auto end = clock.find("d ");
    if (end == std::string_view::npos) return wrong();
    const auto days = number(clock.substr(1, end - 1), 3);
    if (!days || *days > kDeadlineDays) return wrong();
    out.days = *days;
    clock = clock.substr(end + 2);
  }
  const auto colon = clock.find(':');
  if (colon == std::string_view::npos || clock.size() - colon != 3) return wrong();
  const auto hour = number(clock.substr(0, colon), 2);
  const auto minute = number(clock.substr(colon + 1), 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return wrong();
  out.minutes = *hour * 60 + *minute;
  return out;
}

Instant deadline_of(Window window, const DeadlineTime& time, const Zone& zone) {
  const std::chrono::local_days first{first_day(window)};
  return zone.to_instant(LocalTime{first + std::chrono::days{time.days} + std::chrono::minutes{time.minutes}});
}

std::string words_of(const DeadlineTime& time) {
  std::string out = fmt::format("{:02}:{:02}", time.minutes / 60, time.minutes % 60);
  if (time.days == 1) out += " a day later";
  if (time.days > 1) out += fmt::format(" {} days later", time.days);
  return out;
}

}  // namespace weir::pipeline
