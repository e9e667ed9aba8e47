// Rule 5: what a window is planned to hold.
#include <algorithm>

#include "tests/model/facts.hpp"

namespace weir::model {

bool Facts::schedule_plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  const Window holding = d.covers_previous ? shifted(window, 1) : window;
  const Instant before = std::max(first_moment(holding, d.zone) - Millis{1}, deployed_[pipeline]);
  const std::optional<Instant> next = d.schedule->next_after(before, d.zone);
  return next && *next < end_moment(holding, d.zone);
}

bool Facts::condition_plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  const auto clause_plans = [&](const Clause& c) {
    if (c.newest || c.upstream == pipeline) return true;
    if (!c.statuses.has(Status::SUCCEEDED) || c.upstream >= pipelines()) return false;
    const Window wanted = shifted(window, c.offset);
    if (c.offset != 0 && wanted < d.since) return true;
    const PipelineDecl& up = decl(c.upstream);
    if (!coarser(wanted.grain, up.grain)) return plans(c.upstream, container(up.grain, up.zone, wanted));
    const WindowRange range = members(up.grain, wanted, d.zone);
    for (Window w = range.first; w <= range.last; w = shifted(w, 1))
      if (plans(c.upstream, w)) return true;
    return false;
  };
  const Condition& c = *d.condition;
  const bool all = std::ranges::all_of(c.all_of, clause_plans);
  const bool any = std::ranges::any_of(c.any_of, clause_plans);
  if (c.all_of.empty() || c.any_of.empty()) return c.any_of.empty() ? all : any;
  return c.blocks_or ? all || any : all && any;
}

bool Facts::plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  if (window < d.since) return false;
  const auto [it, added] = planned_.try_emplace(Occurrence{pipeline, window}, false);
  if (!added) return it->second;
  const bool by_schedule = d.schedule && schedule_plans(pipeline, window);
  const bool by_condition =
      d.condition && (!d.schedule || d.trigger_operator == Operator::OR) && condition_plans(pipeline, window);
  return planned_[{pipeline, window}] = by_schedule || by_condition;
}

}  // namespace weir::model
