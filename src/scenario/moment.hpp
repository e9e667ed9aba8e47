// The times of a test file: "2026-01-02 03:10", "2026-01-02 03:10:30", "2026-01-02" (midnight), "03:10" (the next such
// time of day), in the file's zone; "2026-01-02T03:10Z" in UTC.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "calendar/zone.hpp"

namespace weir::scenario {

// `now` is what "03:10" is next to; a time of day that is now is now.
Result<Instant> moment_of(const std::string& text, const Zone& zone, std::optional<Instant> now);

// "2026-01-02 03:10", with seconds when there are any.
std::string text_of(Instant t, const Zone& zone);

}  // namespace weir::scenario
