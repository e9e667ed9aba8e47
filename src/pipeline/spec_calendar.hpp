// The calendar that a schedule names: a file of the project, read when the project is deployed or checked, and from
// then on a part of the spec. So the file travels with the deploy, and what is planned does not change behind a
// version's back.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pipeline/spec.hpp"

namespace weir::pipeline {

// The text of a file of the project, by its path relative to the pipeline.yaml; nothing when there is none.
using ProjectText = std::function<std::optional<std::string>(const std::string& path)>;

// Fills ScheduleSpec::calendar_text. The problem names the file and its line.
std::optional<Problem> read_calendar(PipelineSpec& spec, const std::string& spec_file, const ProjectText& text_of);

}  // namespace weir::pipeline
