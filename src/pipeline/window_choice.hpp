// Which window a person means.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "pipeline/key.hpp"
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

// The key that a person means: `text` is "2026-01-02", "2026-01-02 region=de" or "region=de"; parts that it does not
// have come from `parameters`, then from the defaults. The problem names what is missing. Of a pipeline without `key:`
// the values are empty.
struct KeyChoice {
  std::optional<std::string> date;
  KeyValues values;
};
Result<KeyChoice> choose_key(const Tables& tables, const PipelineRow& pipeline, const std::optional<std::string>& text,
                             const JsonText& parameters);
// A key that is there to be looked at or decided about: a label with all its values.
Result<std::int64_t> read_key(const Tables& tables, const PipelineRow& pipeline, const std::string& text);

// The newest scheduled time at or before `now`; nothing when there was none in four years.
std::optional<Instant> newest_scheduled(const ScheduleSpec& schedule, const Zone& zone, Instant now);

}  // namespace weir::pipeline
