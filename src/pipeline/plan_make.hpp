// Making a plan: which keys, of which pipelines, in which order. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "base/result.hpp"
#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

struct PlanWish {
  AccountId account;  // whose plan it is
  std::int64_t pipeline = 0;
  std::int64_t first = 0, last = 0;  // windows of it
  Redo redo = Redo::all;
  bool downstream = true;
  std::set<std::int64_t> only, except;  // pipelines; an empty `only` means all
};

struct PlanDraft {
  std::vector<PlanPartRow> parts;  // upstream first; plan and open are not set
  std::vector<std::string> left_out;
  int keys = 0;
  int elsewhere = 0;
};

// A key is in the plan when `redo` says so, or when a key that it follows from is in it. Downstream of the windows
// named it follows clauses as rule 3 does: not those that are blocked, nor into pipelines that would not run again
// (onUpstreamRerun), nor before `since`, nor after now. A Problem when it would be too large.
Result<PlanDraft> make_plan(const Tables& tables, const TriggerJudge& judge, const PlanWish& wish, Instant now);

// Does `redo` leave a key with this current run as it is? Active and waiting keys are another matter.
bool good_enough(const RunFactRow* current, Redo redo);

}  // namespace weir::pipeline
