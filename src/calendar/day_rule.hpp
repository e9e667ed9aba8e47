// On which dates a schedule falls: the day, month, weekday and year fields of a cron line, and business days.
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/describe.hpp"
#include "calendar/business_calendar.hpp"

namespace weir {

// Which days of a business calendar are meant.
enum class DayKind { all, businessDays, daysOff };  // spelt as in pipeline.yaml
BOOST_DESCRIBE_ENUM(DayKind, all, businessDays, daysOff)

inline constexpr int kFirstCronYear = 1970, kLastCronYear = 2199;

// A plain value; one bit a value that is allowed.
struct DayRule {
  std::uint32_t days = 0;      // bits 1..31
  std::uint32_t months = 0;    // bits 1..12
  std::uint32_t weekdays = 0;  // bits 0..6, Sunday first
  // Five fields: a field that begins with '*'. Six fields: the one that is '?'. When neither is set a date fits if the
  // day or the weekday does, as in every cron.
  bool any_day = true;
  bool any_weekday = true;

  // Of the six fields of AWS.
  bool last_day = false;              // L: the last of the month
  bool last_work_day = false;         // LW: the last Monday to Friday of the month
  std::uint32_t nearest_weekday = 0;  // 15W, bits 1..31: the Monday to Friday nearest to it in the same month
  std::uint32_t last_weekdays = 0;    // 6L, bits 0..6: the last of the month
  std::uint64_t nth_weekdays = 0;     // 3#2: bit 7 * n + weekday
  std::bitset<kLastCronYear - kFirstCronYear + 1> years;  // none: every year

  DayKind kind = DayKind::all;
  int business_day = 0;  // 1 is the first of the month, -1 the last; 0: any
  BusinessCalendar calendar;

  bool fits(std::chrono::year_month_day date) const;
  bool operator==(const DayRule&) const = default;

 private:
  bool fits_day(std::chrono::year_month_day date) const;
  bool fits_weekday(std::chrono::year_month_day date) const;
};

}  // namespace weir
