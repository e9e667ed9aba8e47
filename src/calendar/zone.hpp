// Time zones of the system's tz database, and local times in them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace date {
class time_zone;
}

namespace weir {

// What a clock on the wall shows: date and time of day, to the millisecond, without a zone.
using LocalTime = std::chrono::local_time<Millis>;

// A cheap handle: two words to copy, valid for the life of the process, usable from all threads. The default is UTC,
// and works without a tz database.
class Zone {
 public:
  Zone() = default;

  std::string_view name() const;  // "Europe/Berlin"

  LocalTime to_local(Instant t) const;
  // Every local time has one instant: one that the clock skips is the first moment after the gap, one that comes twice
  // is the first of the two. So the order of local times is kept, and some may fall together.
  Instant to_instant(LocalTime local) const;

  bool operator==(const Zone& other) const { return name() == other.name(); }

 private:
  friend Result<Zone> find_zone(std::string_view name);
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_ = nullptr;  // nullptr is UTC
};

// By its name in the tz database. The error names the nearest zone, or says that the database is missing.
Result<Zone> find_zone(std::string_view name);

}  // namespace weir
