// What other systems send, read as reports on runs (rule 16). Pure.
#pragma once

#include <optional>
#include <string>

#include "api/pipeline.hpp"
#include "base/result.hpp"

namespace weir::pipeline {

// An event of another system. Without `source` it is none that tells of a run, and `ignored` says why.
struct ReportedEvent {
  std::string source;  // as in ReportSourceRow
  api::ReportRun run;  // all but pipeline, account and date
  JsonText document;   // what a `date:` path is for
  std::string ignored;
};

// EventBridge's "Step Functions Execution Status Change". The document is the event's detail, with `input` and `output`
// as JSON instead of as texts. A redriven execution is a run of its own, "ARN#redrive-1".
Result<ReportedEvent> read_step_functions_event(const std::string& text);

// An OpenLineage run event: START and RUNNING are RUNNING; COMPLETE, FAIL and ABORT end the run. The date is that of
// the facet nominalTime, else of the event; the start is the event's time.
Result<ReportedEvent> read_lineage_event(const std::string& text);

// What the path names in the document, as a date: a text, or a number of milliseconds.
Result<std::string> date_in(const JsonText& document, const std::string& path);

// A path of a file's `date:`: a reference path like $.input.date.
std::optional<Problem> check_date_path(const std::string& path);

}  // namespace weir::pipeline
