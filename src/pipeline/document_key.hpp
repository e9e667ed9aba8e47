// What a document says about its run: which key it is for, its parameters, the id of its event (rule 9). Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "calendar/zone.hpp"
#include "json/value.hpp"
#include "pipeline/rows.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {

// The text of what a reference path names: texts bare, numbers and booleans as they are written. The problem names the
// path; `where` is where it stands in the file.
Result<std::string> text_at_path(const json::Value& document, const std::string& path, const std::string& where);

// Parameters of a run as JSON, each from its path; types stay.
Result<JsonText> parameters_at_paths(const json::Value& document, const std::map<std::string, std::string>& paths);

// The window of a date as documents write them: what people may type (a label, a day, an instant), "20260102",
// "2026-01-02T05", "2026-01-02 05:30" and "2026-01-02T05:30:10.250" on the pipeline's clock, or milliseconds since
// 1970.
Result<WindowChoice> window_of_date(const PipelineRow& pipeline, const std::string& date);

// "2026-01-02T05" and the like on the zone's clock; nothing: it is none.
std::optional<Instant> local_moment(std::string_view text, const Zone& zone);

}  // namespace weir::pipeline
