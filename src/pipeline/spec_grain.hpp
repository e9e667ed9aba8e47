// The grain of a pipeline: how often it has something new. Decided at deploy, printed and stored.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "calendar/zone.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

struct GrainDecision {
  Grain grain = Grain::run;
  std::string why;  // "the schedule", "the coarsest of its upstreams, listings"
};

// `window` as written; else the schedule's; else the coarsest of the upstreams named, for which `grain_of` answers
// (nothing: not known yet, left out). Clauses with `match: newest` and on the pipeline itself start nothing, so they
// do not count. Of upstreams without a calendar, `run` comes before `none`. Else `run`.
GrainDecision decide_grain(const PipelineSpec& spec, const Zone& zone,
                           const std::function<std::optional<Grain>(const ClauseSpec&)>& grain_of);

// What the grain forbids: two scheduled times in one key (triggers.md, rule 7), deadlines without days, an `onLimit`
// that would lose dates.
std::optional<Problem> check_grain(const PipelineSpec& spec, Grain grain, const Zone& zone);

}  // namespace weir::pipeline
