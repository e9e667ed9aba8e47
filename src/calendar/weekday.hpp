// Days of the week, as cron numbers them.
#pragma once

#include <optional>
#include <string_view>

#include "base/describe.hpp"

namespace weir {

enum class Weekday { SUN, MON, TUE, WED, THU, FRI, SAT };
BOOST_DESCRIBE_ENUM(Weekday, SUN, MON, TUE, WED, THU, FRI, SAT)

// "mon", "MON", "Monday".
std::optional<Weekday> weekday_from_text(std::string_view text);

}  // namespace weir
