#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace weir {
namespace {

// Reads exactly `digits` digits at `at`; nothing when there are fewer.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

}  // namespace

std::string to_text(Instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{t - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::optional<Instant> instant_from_text(std::string_view text) {
  const auto year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  const auto hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

  std::size_t at = 19;
  std::int64_t fraction_ms = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t worth = 100;
    std::size_t digits = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits, worth /= 10)
      fraction_ms += worth * (text[at] - '0');
    if (digits == 0 || digits > 9) return std::nullopt;
  }
  std::chrono::minutes offset{0};
  const auto zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const auto h = number_at(zone, 1, 2), m = number_at(zone, 4, 2);
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    offset = std::chrono::minutes{*h * 60 + *m} * (zone[0] == '-' ? -1 : 1);
  } else if (zone != "Z") {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + Millis{fraction_ms} - offset;
}

std::optional<Millis> duration_from_text(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  const std::string_view unit{end, text.data() + text.size()};
  for (const auto& [name, ms] : kUnits)
    if (unit == name) {
      std::int64_t out = 0;
      if (__builtin_mul_overflow(value, ms, &out)) return std::nullopt;
      return Millis{out};
    }
  return std::nullopt;
}

std::string to_text(Millis span) {
  for (const auto& [name, ms] : kUnits)
    if (span.count() != 0 && span.count() % ms == 0) return fmt::format("{}{}", span.count() / ms, name);
  return "0s";
}

}  // namespace weir
