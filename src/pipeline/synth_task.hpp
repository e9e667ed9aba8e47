// The Task state of a step: its parameters, as a worker understands them (run/worker_step.hpp), and its retries.
//
//   {"step", "command", "env": {NAME: text}, "timeout_s", "result"?, "run", "steps", "error"?, "item"?,
//    "spark"?: {"file", "class"?, "args": [...], "conf": {...}, "options": ["--num-executors", "2", ...]},
//    "secrets"?: {NAME: "store/key"}, "cache"?: {"inputs": [...]}}
// Texts with ${...} are made by the workflow when the step starts.
#pragma once

#include <string>

#include "json/value.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

// Without Next, End, Catch and ResultPath.
json::Object task(const PipelineSpec& spec, const StepSpec& step, bool failed);
// The Map state of a step with `foreach` around its Task of this name.
json::Object map_state(const StepSpec& step, const std::string& name, json::Object task);

// Does the list of `foreach` have to be made, by this Pass state before the Map, as $.items.list? A list that a path
// names is there already.
bool makes_items(const StepSpec& step);
json::Object items_state(const StepSpec& step, const std::string& next);

// "4 GiB" as Spark writes it, "4g"; empty when it is no size.
std::string spark_memory(const std::string& size);

}  // namespace weir::pipeline
