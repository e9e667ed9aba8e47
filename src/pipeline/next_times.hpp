// The next times of a schedule, as `weir next` shows them: the instant, the clock on the wall, the key.
#pragma once

#include <string>
#include <vector>

#include "api/pipeline.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

// Whose times: what a schedule's instants become keys with. `who` decides the jitter: "123456789012/listings"; empty:
// not known, then no start is said.
struct TimesOf {
  Grain grain = Grain::run;
  Zone zone;
  std::string who;
};

// The first `count` scheduled times after `from`; fewer when the schedule ends.
std::vector<api::NextTime> next_times(const ScheduleSpec& spec, const TimesOf& of, Instant from, int count);

// "2026-03-29 03:00 +02:00".
std::string local_text(Instant t, const Zone& zone);

}  // namespace weir::pipeline
