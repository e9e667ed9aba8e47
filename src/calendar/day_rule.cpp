#include "calendar/day_rule.hpp"

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

bool has(std::uint64_t bits, unsigned i) { return ((bits >> i) & 1) != 0; }

unsigned weekday_of(local_days day) { return std::chrono::weekday{day}.c_encoding(); }
bool is_weekend(unsigned weekday) { return weekday == 0 || weekday == 6; }

unsigned last_day_of(year_month_day date) {
  return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
}

// The Monday to Friday nearest to the day of the month, without leaving the month.
unsigned nearest_work_day(year_month_day month, unsigned day) {
  const auto weekday = weekday_of(local_days{month.year() / month.month() / std::chrono::day{day}});
  if (weekday == 6) return day == 1 ? day + 2 : day - 1;
  if (weekday == 0) return day == last_day_of(month) ? day - 2 : day + 1;
  return day;
}

}  // namespace

bool DayRule::fits_day(year_month_day date) const {
  const auto day = static_cast<unsigned>(date.day());
  if (has(this->days, day)) return true;
  const auto last = last_day_of(date);
  if (last_day && day == last) return true;
  if (last_work_day && day == nearest_work_day(date, last) && !is_weekend(weekday_of(local_days{date}))) return true;
  for (unsigned wanted = 1; nearest_weekday != 0 && wanted <= last; ++wanted)
    if (has(nearest_weekday, wanted) && nearest_work_day(date, wanted) == day) return true;
  return false;
}

bool DayRule::fits_weekday(year_month_day date) const {
  const auto weekday = weekday_of(local_days{date});
  const auto day = static_cast<unsigned>(date.day());
  if (has(weekdays, weekday)) return true;
  if (has(last_weekdays, weekday) && day + 7 > last_day_of(date)) return true;
  return has(nth_weekdays, 7 * ((day - 1) / 7 + 1) + weekday);
}

bool DayRule::fits(year_month_day date) const {
  if (!has(months, static_cast<unsigned>(date.month()))) return false;
  if (years.any()) {
    const int year = static_cast<int>(date.year());
    if (year < kFirstCronYear || year > kLastCronYear || !years.test(static_cast<std::size_t>(year - kFirstCronYear)))
      return false;
  }
  const bool day = fits_day(date), weekday = fits_weekday(date);
  if (!(any_day || any_weekday ? day && weekday : day || weekday)) return false;
  if (kind != DayKind::all && calendar.is_business_day(date) != (kind == DayKind::businessDays)) return false;
  return business_day == 0 || calendar.is_business_day_of_month(date, business_day);
}

}  // namespace weir
