// Days without work: weekends, and the holidays of a text file that travels with its project.
//
//   # bank holidays of Hesse             a comment
//   2026-12-25  Christmas                a date; what follows it is for people
//   12-26                                each year
//   weekend FRI SAT                      instead of Saturday and Sunday; "weekend none" for a shop that never closes
//
// A business day is a day that is neither weekend nor holiday.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace weir {

// A plain value. The default: weekends on Saturday and Sunday, no holidays.
class BusinessCalendar {
 public:
  bool is_business_day(std::chrono::year_month_day date) const;
  // Is it the n-th business day of its month (1 is the first), or counted from the end when negative (-1 is the last)?
  bool is_business_day_of_month(std::chrono::year_month_day date, int n) const;
  bool operator==(const BusinessCalendar&) const = default;

 private:
  friend Result<BusinessCalendar> parse_business_calendar(std::string_view text, std::string_view file_name);
  std::uint32_t weekend_ = 0b100'0001;    // bits 0..6, Sunday first
  std::vector<std::int64_t> dates_;       // days since 1970, sorted
  std::vector<unsigned> dates_of_years_;  // month * 100 + day, sorted
};

// At most limits::kCalendarBytes. The problem's `where` is "holidays.txt:3".
Result<BusinessCalendar> parse_business_calendar(std::string_view text, std::string_view file_name);

}  // namespace weir
