// Releases (rule 13): keys that became true other than by an upstream's run, and scheduled times that were missed. They
// run oldest first, maxParallel at a time; what `catchup` leaves out is recorded as MISSED.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/release_policy.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

// A key that is left out costs as much of a command as so many judgements.
constexpr int kLeftOutCosts = 4;

}  // namespace

// Keys come newest first, so what does not fit beside those that wait is the oldest.
void TriggerEngine::Work::release(const PipelineRow& pipeline, std::int64_t window, const std::string& by) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  // A first deploy begins with the current window: nothing of it was missed.
  const auto kept = by == kFirstDeploy ? kReleasedAtMost : kept_of(trigger->spec, pipeline.grain);
  look_at_line(pipeline.id);
  const auto [first, last] = tables_.releases.rows().equal_range(std::make_tuple(pipeline.id));
  if (static_cast<std::size_t>(std::distance(first, last)) < kept) {
    tx_.put(tables_.releases, ReleaseRow{pipeline.id, window, by});
    return;
  }
  if (kept == 0 || (*first)->window > window) return leave_out(pipeline, window);
  const auto oldest = *first;
  tx_.erase(tables_.releases, *oldest);
  tx_.put(tables_.releases, ReleaseRow{pipeline.id, window, by});
  leave_out(pipeline, oldest->window);
}

void TriggerEngine::Work::leave_out(const PipelineRow& pipeline, std::int64_t window) {
  judgements_ += kLeftOutCosts;
  const auto& judge = engine_.judge_;
  const auto judgement = judge.judge(judge.view_of_key(pipeline.id, window), window);
  tx_.put(tables_.missed, MissedRow{pipeline.id, window, judgement.version, tx_.now(), judgement.used, window});
  const auto name = judge.label_of(pipeline, window);
  note(pipeline, window, "MISSED",
       fmt::format("rule 13: its condition is true, but catchup leaves it out; to run it: weir backfill {} --from {} "
                   "--to {}",
                   pipeline.name, name, name));
}

void TriggerEngine::Work::start_released(const ReleaseRow& row) {
  const auto pipeline = tables_.pipelines.share(row.pipeline);
  const auto& judge = engine_.judge_;
  const auto* trigger = tables_.find_trigger(row.pipeline);
  ++judgements_;
  const auto judgement = judge.judge(judge.view_of_key(row.pipeline, row.window), row.window);
  if (!judge.fires(*pipeline, trigger != nullptr ? &trigger->spec : nullptr, row.window, judgement)) return;
  Start start;
  start.pipeline = row.pipeline;
  start.window = row.window;
  start.why = std::string(kReleased) + row.by;
  enqueue(std::move(start));
}

void TriggerEngine::advance_releases(core::Transaction& tx, const PipelineRow& pipeline) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (trigger == nullptr || tables_.find_pause(pipeline) != nullptr || work_->releasing(pipeline.id)) return;
  while (work_->busy(pipeline.id) < std::max(1, trigger->spec.max_parallel)) {
    const auto [c_first, c_last] = tables_.catchups.rows().equal_range(std::make_tuple(pipeline.id));
    const auto [r_first, r_last] = tables_.releases.rows().equal_range(std::make_tuple(pipeline.id));
    const auto catchup = c_first == c_last ? nullptr : *c_first;
    const auto release = r_first == r_last ? nullptr : *r_first;
    if (!catchup && !release) return;
    bool time_first = catchup != nullptr;
    if (catchup && release) {
      const bool before = trigger->spec.schedule && trigger->spec.schedule->covers == Covers::previous;
      time_first = window_at(pipeline.grain, catchup->due, zone_of(pipeline)).index - (before ? 1 : 0) <=
                   window_of(pipeline, release->window);
    }
    if (time_first) {
      tx.erase(tables_.catchups, *catchup);
      work_->scheduled(pipeline, catchup->due, true);
      work_->judge_now(pipeline);
    } else {
      tx.erase(tables_.releases, *release);
      work_->start_released(*release);
    }
  }
}

}  // namespace weir::pipeline
