// The schedule expressions of EventBridge, as people bring them along: cron(...), rate(...) and at(...).
//
// A cron line of six fields: minutes, hours, day of month, month, day of week (1-7, Sunday is 1), year. One of the two
// day fields is '?'. L is the last day of the month, or of the week (Saturday); 6L the last Friday of the month, 15W
// the Monday to Friday nearest to the 15th, 3#2 the second Tuesday. Local times of a clock change become instants by
// Weir's rule (cron.hpp), in the pipeline's own zone.
#pragma once

#include <string_view>

#include "calendar/cron.hpp"

namespace weir {

// "cron(0 10 * * ? *)". The problem's `where` is "cron '...', field 2 (hour)".
Result<Schedule> parse_aws_cron(std::string_view text);
// "rate(5 minutes)"; the unit is minute, hour or day, in the plural unless the value is 1.
Result<Millis> parse_aws_rate(std::string_view text);
// "2026-12-24T06:00", "2026-12-24T06:00:30" or either within at(...): a time of the clock on the wall.
Result<LocalTime> parse_local_time(std::string_view text);

// Does it begin as `word(`?
bool is_aws_expression(std::string_view text, std::string_view word);

}  // namespace weir
