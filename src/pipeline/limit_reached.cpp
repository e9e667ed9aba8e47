// `onLimit: skip` and `cancelRunning`: what a start by rule does that finds as many runs at work or waiting as
// `maxRuns` allows. Of the grain run only: a key of a calendar that is dropped would be a date without data. People's
// starts and plans' wait in every case.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

void TriggerEngine::Work::limit_reached(const PipelineRow& pipeline) {
  const auto found = pending_.find(pipeline.id);
  if (pipeline.on_limit == OnLimit::queue || pipeline.max_runs == 0 || found == pending_.end()) return;
  const auto starts = std::exchange(found->second, {});
  std::vector<Start> go;
  for (const auto& start : starts) {
    if (by_rule(start.cause) && busy(pipeline.id) + static_cast<int>(go.size()) >= pipeline.max_runs) {
      if (pipeline.on_limit == OnLimit::skip) {
        skip_at_limit(pipeline, start);
        continue;
      }
      if (!cancel_oldest(pipeline)) {  // all are new: the oldest has not begun
        const auto oldest = std::ranges::find_if(go, [](const Start& s) { return by_rule(s.cause); });
        if (oldest != go.end()) {
          skip_at_limit(pipeline, *oldest);
          go.erase(oldest);
        }
      }
    }
    go.push_back(start);
  }
  auto& left = pending_[pipeline.id];
  left.insert(left.begin(), go.begin(), go.end());
  if (left.empty()) pending_.erase(pipeline.id);
}

// Its evidence says so; a key with a condition is closed on what stood in it, as one that `catchup` left out.
void TriggerEngine::Work::skip_at_limit(const PipelineRow& pipeline, const Start& start) {
  forget_pending(start);
  const auto& judge = engine_.judge_;
  if (start.cause == RunCause::condition) {
    ++judgements_;
    const auto judgement = judge.judge(judge.view_of_key(pipeline.id, start.window), start.window);
    tx_.put(tables_.missed,
            MissedRow{pipeline.id, start.window, judgement.version, tx_.now(), judgement.used, start.window});
  }
  note(pipeline, start.window, "SKIPPED_AT_LIMIT",
       fmt::format("onLimit: {}: {} of {} runs work or wait", name_of(pipeline.on_limit), pipeline.max_runs,
                   pipeline.max_runs),
       0, [&](OccurrenceRow& occurrence) {
         if (occurrence.logical_date == Instant{}) occurrence.logical_date = start.logical_date;
       });
}

bool TriggerEngine::Work::cancel_oldest(const PipelineRow& pipeline) {
  std::shared_ptr<const ActiveRunRow> oldest;
  const auto [first, last] = tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline.id));
  for (auto at = first; at != last; ++at)
    if (!(*at)->adhoc && (!oldest || (*at)->run < oldest->run)) oldest = *at;
  if (!oldest) return false;
  const std::string why = "a newer start took its place (onLimit: cancelRunning)";
  if (oldest->status == RunState::RUNNING) {
    end(oldest->run, RunStatus::ABORTED, {}, "Weir.Replaced", why, true);
  } else {
    tx_.erase(tables_.active, *oldest);
    plan_run_over(*oldest, PlanKeyState::ABORTED, why);
    withdraw(pipeline, oldest->run, oldest->window, RunState::ABORTED, why, nullptr);
  }
  return true;
}

}  // namespace weir::pipeline
