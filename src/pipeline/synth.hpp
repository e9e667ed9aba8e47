// From a pipeline to what runs it: a state machine, a schedule and a trigger, all of which `weir synth` prints.
//
// The state machine. The execution's input is {"run": {run_id, pipeline, account, key, date, window_start, window_end,
// parameters, upstream}, "steps": {}}; its output is the `steps` object: each step's name with the output of its task.
// A step is a Task on kWorkResource with these Parameters:
//   {"step", "command" or "spark", "env": {NAME: text}, "timeout_s", "result" (when the step has one), "secrets",
//    "cache", "item", "run", "steps", "error" (only after a failure: {"Error", "Cause"})}
// as synth_task.hpp has it. The worker makes WEIR_DATE and the like from "run". A step with `foreach` is a Map state
// "each NAME" around its Task, and its result the list of the items' results; one with `when` has a Choice state "when
// NAME" before it, and the result null when it is skipped. Steps without `needs` are a chain. With `needs`, steps stand
// in levels, a step one below the lowest that it needs; a level of several steps is a Parallel state, and a level
// begins when the one before it has ended, so what a step needs has always succeeded.
//
// Retries. kWorkerLost is the worker's fault, not the step's: it is tried again up to 3 times beside the author's own
// attempts. `retry.attempts` counts the first attempt.
//
// A failure. Without onFailure and finally, the execution fails with the step's error. Else the error is caught, the
// onFailure steps run, then the finally steps, then the execution fails with the first error. After success the
// finally steps run; a failing one fails the execution, after the finally steps behind it. A stopped execution
// runs neither.
#pragma once

#include <string>
#include <vector>

#include "pipeline/spec.hpp"

namespace weir::pipeline {

inline constexpr std::string_view kWorkQueues = "arn:weir:work:::queue/";
inline constexpr std::string_view kWorkResource = "arn:weir:work:::queue/default";
inline constexpr std::string_view kWorkerLost = "Weir.WorkerLost";

// Three JSON documents, pretty-printed; schedule and trigger are empty when the pipeline has none, and all are of an
// external one.
struct SynthesisedPipeline {
  std::string definition;  // States Language
  std::string schedule;
  std::string trigger;
};

SynthesisedPipeline synthesise(const PipelineSpec& spec);

// The author's steps (without onFailure and finally) by level, and the state that runs a level. An execution that
// starts there with the results of all steps of the levels before in its input's "steps" goes on from them.
std::vector<std::vector<std::string>> step_levels(const PipelineSpec& spec);
std::string state_of_level(const PipelineSpec& spec, std::size_t level);

}  // namespace weir::pipeline
