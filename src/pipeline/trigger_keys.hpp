// From an upstream's occurrence to the keys of dependants that it may make true, and the keys of a pipeline that can be
// true at all. Both may name too many keys, never too few.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

using KeyName = std::pair<std::int64_t, std::int64_t>;  // pipeline, window

// Keys of the pipeline within [from, to] that have run, whose scheduled time has come, or that a clause on a same or
// finer upstream opens; and, with clauses on windows before, the one of `since`.
std::set<std::int64_t> candidate_windows(const Tables& tables, const TriggerJudge& judge, const TriggerView& view,
                                         std::int64_t from, std::int64_t to);

// The keys of dependants for which a clause looks at this occurrence.
std::set<KeyName> affected_keys(const Tables& tables, const TriggerJudge& judge, std::int64_t pipeline,
                                std::int64_t window);

// The pipeline and all whose conditions lead back to it, in force.
std::set<std::int64_t> downstream_closure(const Tables& tables, std::int64_t pipeline);

// Every pipeline's place in an order in which upstreams of the same window come before their downstreams; ties by id.
std::map<std::int64_t, int> upstreams_first(const Tables& tables);

inline constexpr std::int64_t kFirstWindow = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kLastWindow = std::numeric_limits<std::int64_t>::max();

}  // namespace weir::pipeline
