#include "pipeline/plan_links.hpp"

#include <algorithm>

#include "pipeline/trigger_keys.hpp"

namespace weir::pipeline {
namespace {

bool plannable(const PipelineRow& down, const ClauseRow& clause, const PipelineRow& upstream) {
  return clause.spec.match != Match::newest && down.grain != Grain::none && upstream.grain != Grain::none &&
         is_calendar(down.grain) == is_calendar(upstream.grain);
}

}  // namespace

std::optional<WindowSpan> looked_at(const PipelineRow& down, const ClauseRow& clause, const PipelineRow& upstream,
                                    std::int64_t window) {
  if (!plannable(down, clause, upstream)) return std::nullopt;
  if (!is_calendar(down.grain)) return WindowSpan{window, window};
  const Window wanted{down.grain, window + clause.spec.offset};
  if (coarser(down.grain, upstream.grain)) {
    const auto range = members(upstream.grain, wanted, zone_of(down));
    return WindowSpan{range.first.index, range.last.index};
  }
  const auto one = container(upstream.grain, zone_of(upstream), wanted).index;
  return WindowSpan{one, one};
}

std::set<std::int64_t> following(const Tables& tables, const TriggerJudge& judge, const PipelineRow& down,
                                 const ClauseRow& clause, const PipelineRow& upstream, std::int64_t window) {
  if (!plannable(down, clause, upstream)) return {};
  if (!is_calendar(down.grain)) return {window};
  const auto back = -static_cast<std::int64_t>(clause.spec.offset);
  if (coarser(upstream.grain, down.grain)) {
    const auto range = members(down.grain, {upstream.grain, window}, zone_of(upstream));
    return candidate_windows(tables, judge, judge.view_in_force(down), range.first.index + back,
                             range.last.index + back);
  }
  return {container(down.grain, zone_of(down), {upstream.grain, window}).index + back};
}

InPlan upstreams_in_plan(const Tables& tables, const TriggerJudge& judge, std::int64_t plan, std::int64_t pipeline,
                         std::int64_t window) {
  auto out = InPlan::none;
  const auto view = judge.view_of_key(pipeline, window);
  for (const auto& clause : view.clauses) {
    const auto* part = tables.plans.parts.find(std::make_tuple(plan, clause->upstream));
    const auto* upstream = tables.find_pipeline(clause->upstream);
    if (part == nullptr || upstream == nullptr) continue;
    const auto span = looked_at(*view.pipeline, *clause, *upstream, window);
    if (!span) continue;
    for (auto at = std::ranges::lower_bound(part->windows, span->first); at != part->windows.end() && *at <= span->last;
         ++at) {
      if (part->open && !tables.plans.over(plan, clause->upstream, *at)) return InPlan::open;
      out = InPlan::over;
    }
  }
  return out;
}

}  // namespace weir::pipeline
