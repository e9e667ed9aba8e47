// What a window is planned to hold (rule 5): a schedule plans its windows; a pipeline without one plans the windows
// that its upstreams plan. Nothing is planned before `since`, nor by a time before the first deploy.
#pragma once

#include <map>
#include <utility>

#include "pipeline/rows.hpp"

namespace weir::pipeline {

// Remembers its answers: make one for one judgement.
class TriggerPlan {
 public:
  explicit TriggerPlan(const Tables& tables) : tables_(tables) {}

  bool plans(std::int64_t pipeline, std::int64_t window);
  // Rule 8: is the window one in which a run is expected? Not, when the pipeline's schedule or a scheduled upstream
  // that it needs plans nothing in it. Upstreams that plan nothing at all do not count.
  bool expects(const PipelineRow& pipeline, std::int64_t window);

 private:
  bool schedule_plans(const PipelineRow& pipeline, const ScheduleSpec& schedule, std::int64_t window) const;
  bool condition_plans(const PipelineRow& pipeline, const TriggerRow& trigger, std::int64_t window);
  bool upstream_plans(const PipelineRow& pipeline, const ClauseRow& clause, const PipelineRow& upstream,
                      std::int64_t window);
  bool clause_plans(const PipelineRow& pipeline, const ClauseRow& clause, std::int64_t window);

  const Tables& tables_;
  std::map<std::pair<std::int64_t, std::int64_t>, bool> known_;
};

// Does the pipeline, as deployed now, plan any window at all? Not without a calendar, nor when its times come from
// events or people, its own or those of what it waits for.
bool plans_windows(const Tables& tables, std::int64_t pipeline);

}  // namespace weir::pipeline
