// Quiet runs (rule 14): they count, but start nothing and make nothing out of date.
//
// What made a condition true is the newest thing in its evidence, in the order of ids: the end of a run (its start,
// where RUNNING is listed), the skip of a window, or the coming of the scheduled time that the key needs. Where a quiet
// run took the place of an earlier run that met the clause as well, it has made nothing true: the earlier one's place
// in the order counts.
#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {
namespace {

std::int64_t order_of(const RunFactRow& run, const ClauseSpec& clause) {
  return lists(clause, RunStatus::RUNNING) || run.rested == 0 ? run.run : run.rested;
}

}  // namespace

TriggerJudge::MadeTrue TriggerJudge::made_true(const Judgement& judgement, const OccurrenceRow* key,
                                               bool needs_schedule) const {
  MadeTrue out{needs_schedule && key != nullptr ? key->came : 0, 0};
  const auto& runs = tables_.facts.index<by_occurrence>();
  for (const auto& clause : judgement.clauses) {
    if (!clause.met) continue;
    if (clause.skip > out.order) out = {clause.skip, 0};
    for (const UsedRun& used : clause.runs) {
      const auto* run = tables_.facts.find(used.run);
      if (run == nullptr) continue;
      const auto* counted = run;
      if (run->quiet != 0) {
        auto at = runs.lower_bound(std::make_tuple(used.upstream, used.window, used.number));
        while (at != runs.begin()) {
          --at;
          if ((*at)->pipeline != used.upstream || (*at)->window != used.window) break;
          if ((*at)->quiet != 0 || !listed(clause.clause->spec, **at)) continue;
          counted = at->get();
          break;
        }
      }
      const auto order = order_of(*counted, clause.clause->spec);
      if (order > out.order) out = {order, counted->quiet};
    }
  }
  return out;
}

bool TriggerJudge::true_since_first_deploy(const PipelineRow& pipeline, std::int64_t window,
                                           const Judgement& found) const {
  // A pipeline's id was given at its first deploy, so it has its place in the same order.
  return made_true(found, tables_.find_occurrence(pipeline.id, window), true).order > pipeline.id;
}

std::int64_t TriggerJudge::newer_only_quietly(const UsedRun& now, int before, const ClauseSpec& clause) const {
  const auto& runs = tables_.facts.index<by_occurrence>();
  std::int64_t plan = 0;
  for (auto at = runs.upper_bound(std::make_tuple(now.upstream, now.window, before));
       at != runs.end() && (*at)->pipeline == now.upstream && (*at)->window == now.window &&
       (*at)->number <= now.number;
       ++at) {
    if (!listed(clause, **at)) continue;
    if ((*at)->quiet == 0) return 0;
    plan = (*at)->quiet;
  }
  return plan;
}

}  // namespace weir::pipeline
