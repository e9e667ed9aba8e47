// Which window a person means.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "pipeline/rows.hpp"

namespace weir::pipeline {

struct WindowChoice {
  std::int64_t window = 0;  // of the grains run and none: not chosen here
  Instant logical_date{};
  std::string from;  // how it was chosen, in words
};

// `date`: a window's label, a date, or an instant. Absent: the newest scheduled window at or before now; without a
// schedule the current window.
Result<WindowChoice> choose_window(const PipelineRow& pipeline, const TriggerRow* trigger,
                                   const std::optional<std::string>& date, Instant now);

// A label ("2026-01-02", "run-17") or, for a calendar grain, any date or instant in the window.
Result<std::int64_t> read_window(const PipelineRow& pipeline, const std::string& text);

// The newest scheduled time at or before `now`; nothing when there was none in four years.
std::optional<Instant> newest_scheduled(const ScheduleSpec& schedule, const Zone& zone, Instant now);

}  // namespace weir::pipeline
