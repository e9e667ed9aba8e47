#include "pipeline/trigger_plan.hpp"

#include <map>

#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

bool TriggerPlan::schedule_plans(const PipelineRow& pipeline, const ScheduleSpec& spec, std::int64_t window) const {
  const Zone zone = zone_of(pipeline);
  const Window holding{pipeline.grain, spec.covers == Covers::previous ? window + 1 : window};
  const Instant before = std::max(first_moment(holding, zone) - Millis{1}, pipeline.first_deployed);
  const auto next = schedule_of(spec).next_after(before, zone);
  return next && *next < end_moment(holding, zone);
}

bool TriggerPlan::upstream_plans(const PipelineRow& pipeline, const ClauseRow& clause, const PipelineRow& upstream,
                                 std::int64_t window) {
  const Window wanted{pipeline.grain, window + clause.spec.offset};
  if (clause.spec.offset != 0 && wanted.index < pipeline.since) return true;
  if (!coarser(wanted.grain, upstream.grain))
    return plans(upstream.id, container(upstream.grain, zone_of(upstream), wanted).index);
  const WindowRange range = members(upstream.grain, wanted, zone_of(pipeline));
  for (auto w = range.first.index; w <= range.last.index; ++w)
    if (plans(upstream.id, w)) return true;
  return false;
}

bool TriggerPlan::clause_plans(const PipelineRow& pipeline, const ClauseRow& clause, std::int64_t window) {
  if (clause.spec.match == Match::newest || clause.upstream == pipeline.id) return true;
  const auto* upstream = tables_.find_pipeline(clause.upstream);
  if (!lists(clause.spec, RunStatus::SUCCEEDED) || upstream == nullptr || !is_calendar(upstream->grain)) return false;
  return upstream_plans(pipeline, clause, *upstream, window);
}

bool TriggerPlan::condition_plans(const PipelineRow& pipeline, const TriggerRow& trigger, std::int64_t window) {
  int all = 0, all_planned = 0, any = 0, any_planned = 0;
  for (const auto& clause : tables_.clauses_of(pipeline.id, trigger.version)) {
    const bool planned = clause_plans(pipeline, *clause, window);
    ++(clause->block == Block::allOf ? all : any);
    (clause->block == Block::allOf ? all_planned : any_planned) += planned;
  }
  const bool all_hold = all_planned == all;
  const bool any_hold = any > 0 && any_planned >= trigger.spec.executions->at_least;
  if (all == 0 || any == 0) return any == 0 ? all_hold : any_hold;
  return trigger.spec.executions->op == Operator::OR ? all_hold || any_hold : all_hold && any_hold;
}

namespace {

// Two ways may lead to one upstream, so answers are kept; while it is being answered the answer is no, which ends
// cycles through the windows before.
bool plans_windows(const Tables& tables, std::int64_t pipeline, std::map<std::int64_t, bool>& known);

bool finds_planned(const Tables& tables, std::int64_t pipeline, std::map<std::int64_t, bool>& known) {
  const auto* row = tables.find_pipeline(pipeline);
  if (row == nullptr || !is_calendar(row->grain)) return false;
  const auto* trigger = tables.find_trigger(pipeline);
  if (trigger == nullptr) return false;
  if (trigger->spec.schedule) return true;
  if (!trigger->spec.executions) return false;  // documents plan nothing
  int all = 0, all_planned = 0, any_planned = 0;
  for (const auto& clause : tables.clauses_of(pipeline, trigger->version)) {
    const bool planned = clause->spec.match == Match::newest || clause->upstream == pipeline ||
                         (lists(clause->spec, RunStatus::SUCCEEDED) && plans_windows(tables, clause->upstream, known));
    (clause->block == Block::allOf ? all_planned : any_planned) += planned;
    all += clause->block == Block::allOf;
  }
  const auto& executions = *trigger->spec.executions;
  const bool any_hold = any_planned >= executions.at_least;
  if (executions.any_of.empty()) return all_planned == all;
  if (all == 0) return any_hold;
  return executions.op == Operator::OR ? all_planned == all || any_hold : all_planned == all && any_hold;
}

bool plans_windows(const Tables& tables, std::int64_t pipeline, std::map<std::int64_t, bool>& known) {
  if (known.try_emplace(pipeline, false).second) known[pipeline] = finds_planned(tables, pipeline, known);
  return known[pipeline];
}

}  // namespace

bool plans_windows(const Tables& tables, std::int64_t pipeline) {
  std::map<std::int64_t, bool> known;
  return plans_windows(tables, pipeline, known);
}

bool TriggerPlan::expects(const PipelineRow& pipeline, std::int64_t window) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (trigger == nullptr || window < pipeline.since) return false;
  const auto& spec = trigger->spec;
  const bool by_time = spec.schedule && schedule_plans(pipeline, *spec.schedule, window);
  if (!spec.executions && !spec.schedule) return takes_documents(spec);  // the calendar opens every window
  if (!spec.executions || (by_time && spec.op == Operator::OR)) return by_time;
  if (spec.schedule && spec.op == Operator::AND && !by_time) return false;
  bool any = false, any_expected = false;
  for (const auto& clause : tables_.clauses_of(pipeline.id, trigger->version)) {
    const auto* upstream = tables_.find_pipeline(clause->upstream);
    const bool counts = upstream != nullptr && clause->upstream != pipeline.id && clause->spec.match != Match::newest &&
                        plans_windows(tables_, clause->upstream);
    const bool expected = !counts || upstream_plans(pipeline, *clause, *upstream, window);
    if (clause->block == Block::allOf && !expected) return false;
    any = any || clause->block == Block::anyOf;
    any_expected = any_expected || (clause->block == Block::anyOf && expected);
  }
  return !any || any_expected;
}

bool TriggerPlan::plans(std::int64_t pipeline, std::int64_t window) {
  const auto* row = tables_.find_pipeline(pipeline);
  if (row == nullptr || !is_calendar(row->grain) || window < row->since) return false;
  // While it is being answered the answer is no: that ends cycles through the windows before.
  const auto [it, added] = known_.try_emplace({pipeline, window}, false);
  if (!added) return it->second;
  const auto* trigger = tables_.find_trigger(pipeline);
  if (trigger == nullptr) return false;
  const auto& spec = trigger->spec;
  const bool planned =
      (spec.schedule && schedule_plans(*row, *spec.schedule, window)) ||
      (spec.executions && (!spec.schedule || spec.op == Operator::OR) && condition_plans(*row, *trigger, window));
  return known_[{pipeline, window}] = planned;
}

}  // namespace weir::pipeline
