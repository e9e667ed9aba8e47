// Which keys follow from which, for plans: from a key to the windows that a clause looks at, and from an upstream's
// window to the downstream's. Between two calendar grains, or two of the grain run (the same chain); between others
// nothing is planned: there the condition decides when the run has ended.
#pragma once

#include <optional>
#include <set>

#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

struct WindowSpan {
  std::int64_t first = 0, last = 0;
};

// The upstream's windows that the clause looks at for this key of `down`; nothing for `match: newest` and between kinds
// of grain.
std::optional<WindowSpan> looked_at(const PipelineRow& down, const ClauseRow& clause, const PipelineRow& upstream,
                                    std::int64_t window);

// The windows of `down` that follow from these of the upstream, by one clause. Below a coarser upstream only those that
// are or can be true at all (candidate_windows).
std::set<std::int64_t> following(const Tables& tables, const TriggerJudge& judge, const PipelineRow& down,
                                 const ClauseRow& clause, const PipelineRow& upstream, std::int64_t window);

// How the upstream keys of the same plan stand, of a key in it.
enum class InPlan { none, open, over };
InPlan upstreams_in_plan(const Tables& tables, const TriggerJudge& judge, std::int64_t plan, std::int64_t pipeline,
                         std::int64_t window);

}  // namespace weir::pipeline
