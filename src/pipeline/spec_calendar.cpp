#include "pipeline/spec_calendar.hpp"

#include <fmt/format.h>

#include "calendar/business_calendar.hpp"

namespace weir::pipeline {

std::optional<Problem> read_calendar(PipelineSpec& spec, const std::string& spec_file, const ProjectText& text_of) {
  if (!spec.trigger || !spec.trigger->schedule || spec.trigger->schedule->calendar.empty()) return std::nullopt;
  auto& schedule = *spec.trigger->schedule;
  auto text = text_of(schedule.calendar);
  if (!text)
    return Problem{fmt::format("the project has no file '{}'", schedule.calendar),
                   spec_file + ": trigger.schedule.calendar",
                   "put it beside pipeline.yaml; a line for each day without work, like 2026-12-25 or 12-25"};
  if (const auto calendar = parse_business_calendar(*text, schedule.calendar); !calendar) return calendar.error();
  schedule.calendar_text = std::move(*text);
  return std::nullopt;
}

}  // namespace weir::pipeline
