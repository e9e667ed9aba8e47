#include "calendar/business_calendar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "calendar/weekday.hpp"
#include "calendar/window.hpp"

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

std::int64_t number(year_month_day date) { return local_days{date}.time_since_epoch().count(); }

// Words between blanks, tabs, commas and a carriage return.
std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBetween = " \t,\r";
  std::vector<std::string_view> out;
  for (std::size_t at = line.find_first_not_of(kBetween); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(kBetween, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBetween, end);
  }
  return out;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "12-26" as 1226; 0 when it is none. February 29th is a date of each year that has it.
unsigned date_of_each_year(std::string_view word) {
  if (word.size() != 5 || word[2] != '-' || !is_digits(word.substr(0, 2)) || !is_digits(word.substr(3))) return 0;
  const auto leap = parse_window(fmt::format("2024-{}", word), Grain::day);
  if (!leap) return 0;
  const auto date = first_day(*leap);
  return static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day());
}

}  // namespace

bool BusinessCalendar::is_business_day(year_month_day date) const {
  const local_days day{date};
  if (((weekend_ >> std::chrono::weekday{day}.c_encoding()) & 1) != 0) return false;
  const auto of_year = static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day());
  return !std::binary_search(dates_.begin(), dates_.end(), number(date)) &&
         !std::binary_search(dates_of_years_.begin(), dates_of_years_.end(), of_year);
}

bool BusinessCalendar::is_business_day_of_month(year_month_day date, int n) const {
  if (!is_business_day(date)) return false;
  const int step = n > 0 ? -1 : 1;  // towards the end that is counted from
  int count = 1;
  for (local_days day = local_days{date} + days{step}; year_month_day{day}.month() == date.month(); day += days{step})
    count += is_business_day(year_month_day{day}) ? 1 : 0;
  return count == std::abs(n);
}

Result<BusinessCalendar> parse_business_calendar(std::string_view text, std::string_view file_name) {
  BusinessCalendar out;
  if (text.size() > limits::kCalendarBytes)
    return fail(fmt::format("{} bytes, more than {}", text.size(), limits::kCalendarBytes), std::string(file_name),
                "keep a line for each holiday");
  int line_number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    ++line_number;
    const auto words = words_of(line.substr(0, line.find('#')));
    if (words.empty()) continue;
    const auto where = fmt::format("{}:{}", file_name, line_number);
    if (words[0] == "weekend") {
      out.weekend_ = 0;
      if (words.size() == 2 && words[1] == "none") continue;
      for (std::size_t i = 1; i < words.size(); ++i) {
        const auto day = weekday_from_text(words[i]);
        if (!day) return fail(fmt::format("'{}' is no weekday", words[i]), where, "write MON, TUE, ... or 'none'");
        out.weekend_ |= std::uint32_t{1} << static_cast<int>(*day);
      }
      if (out.weekend_ == 0) return fail("no weekday is named", where, "write 'weekend SAT SUN' or 'weekend none'");
      continue;
    }
    if (const auto yearly = date_of_each_year(words[0]); yearly != 0)
      out.dates_of_years_.push_back(yearly);
    else if (const auto day = parse_window(words[0], Grain::day))
      out.dates_.push_back(day->index);
    else
      return fail(fmt::format("'{}' is no date", words[0]), where,
                  "begin the line with 2026-12-25, with 12-25 for each year, or with #");
  }
  std::sort(out.dates_.begin(), out.dates_.end());
  std::sort(out.dates_of_years_.begin(), out.dates_of_years_.end());
  return out;
}

}  // namespace weir
