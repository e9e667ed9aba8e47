// What a work item of kind "step" asks for, and what its end is called. Pure: no file is touched here.
//
// The payload is made by pipeline/synth.hpp and pipeline/run_input.hpp:
//   {"step", "command", "env": {NAME: text}, "timeout_s", "result"?, "run": {run_id, pipeline, account, key, date,
//    window_start, window_end, parameters, bundle, upstream: {...}}, "steps": {...}, "error"?: {"Error", "Cause"},
//    "item"?, "secrets"?: {NAME: "store/key"}, "cache"?: {"inputs": [...]},
//    "spark"? instead of "command": {"file", "class"?, "args", "conf": {...}, "options": [...]}}
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "run/process.hpp"

namespace weir::run {

// How a step's end is called in the workflow (States Language error names).
inline constexpr const char* kStepFailed = "Weir.StepFailed";    // its process said so
inline constexpr const char* kStepTimedOut = "States.Timeout";   // it took longer than `timeout`
inline constexpr const char* kStepStopped = "Weir.StepStopped";  // somebody stopped the run
inline constexpr const char* kWorkerLost = "Weir.WorkerLost";    // the worker's fault: tried again elsewhere

struct StepPlan {
  std::string step;
  std::string command;
  std::vector<std::string> argv;                         // instead of a command: spark-submit and what it is given
  std::map<std::string, std::string> secrets;            // variables to the names of their secrets
  std::optional<std::vector<std::string>> cache_inputs;  // with `cache`: files it reads
  std::string bundle;                                    // digest; empty: no project files
  std::string result_file;                               // relative to the step's folder; empty: $WEIR_RESULT only
  // WEIR_DATE, WEIR_WINDOW_START, WEIR_WINDOW_END, WEIR_KEY, WEIR_MISSING, WEIR_RUN_ID, WEIR_PIPELINE, WEIR_ACCOUNT,
  // WEIR_STEP; the parameters by their names (texts bare, others as JSON); the step's env, which wins over parameters
  // of its name; WEIR_ITEM in a step with foreach.
  std::map<std::string, std::string> environment;
  std::string parameters_json = "{}";
  std::string upstreams_json = "{}";  // for the file in WEIR_UPSTREAMS
  std::string steps_json = "{}";      // results of the steps before, for the file in WEIR_STEPS
  std::optional<Millis> timeout;
  std::string input_json;  // the document that started the run, for the file in WEIR_INPUT; empty: there is none
};

Result<StepPlan> read_step(const std::string& payload);

// The end of a step: a result (JSON text, empty: null) or an error with its cause.
struct StepEnd {
  bool succeeded = false;
  std::string result;
  std::string error;
  std::string skipped;  // why it was not run, though it succeeded
  std::string cause;    // one sentence, then the last lines of the log
};

// `file` is what the step's result file holds: nothing when it names none; an empty text when the file is missing.
StepEnd end_of(const ProcessOutcome& outcome, const StepPlan& plan, const std::optional<Result<std::string>>& file);

// At most `lines` last lines of a log's end, bytes that are no UTF-8 replaced.
std::string last_lines(std::string_view log_tail, int lines);

}  // namespace weir::run
