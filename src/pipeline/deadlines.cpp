// Deadlines (rule 8). The calendar opens the window: a row says when the next one of a pipeline is due, whether
// anything happens in its window or not. It is judged when it comes, so what upstreams plan may change until then.
#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "core/turns.hpp"
#include "pipeline/deadline_time.hpp"
#include "pipeline/trigger_plan.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

constexpr int kActedPerCommand = 4;  // each may start a whole command's worth

const std::string& text_of(const ExpectSpec& expect, DeadlineKind kind) {
  return kind == DeadlineKind::start ? expect.start_by : expect.finish_by;
}

}  // namespace

void TriggerEngine::put_deadlines(core::Transaction& tx, const PipelineRow& pipeline) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  for (const auto kind : {DeadlineKind::start, DeadlineKind::finish}) {
    const auto known = tables_.deadlines.share(std::make_tuple(pipeline.id, kind));
    const bool wanted = trigger != nullptr && trigger->spec.expect && is_calendar(pipeline.grain) &&
                        !text_of(*trigger->spec.expect, kind).empty();
    const auto text = wanted ? text_of(*trigger->spec.expect, kind) : std::string();
    if (known && known->time == text && known->timezone == pipeline.timezone) continue;
    if (known) tx.erase(tables_.deadlines, *known);
    const auto time = wanted ? deadline_time(text) : fail("none");
    if (!time) continue;
    // The earliest window whose deadline is still to come.
    const Zone zone = zone_of(pipeline);
    const auto first = std::max(pipeline.first_window, pipeline.since);
    auto window = std::max(first, window_at(pipeline.grain, tx.now(), zone).index);
    while (deadline_of({pipeline.grain, window}, *time, zone) <= tx.now()) ++window;
    while (window > first && deadline_of({pipeline.grain, window - 1}, *time, zone) > tx.now()) --window;
    tx.put(tables_.deadlines, DeadlineRow{pipeline.id, kind, window, deadline_of({pipeline.grain, window}, *time, zone),
                                          text, pipeline.timezone, pipeline.account});
  }
}

void TriggerEngine::fire_deadlines(core::Transaction& tx) {
  Scope work(*this, tx);
  int acted = 0;
  for (int i = 0; i < limits::kTimersPerCommand && acted < kActedPerCommand; ++i) {
    const auto& due = tables_.deadlines.index<by_deadline>();
    if (due.empty() || (*due.begin())->due > tx.now()) break;
    auto row = core::next_in_turn(tx, "pipeline-deadlines", tables_.deadlines.index<by_deadline_account>(),
                                  [](const DeadlineRow& deadline) { return std::optional(deadline.due); });
    if (!row) row = *due.begin();
    const auto pipeline = tables_.pipelines.share(row->pipeline);
    const auto time = deadline_time(row->time);
    if (!pipeline || pipeline->deleted || !time) {
      tx.erase(tables_.deadlines, *row);
      continue;
    }
    DeadlineRow next = *row;
    ++next.window;
    next.account = pipeline->account;
    next.due = deadline_of({pipeline->grain, next.window}, *time, zone_of(*pipeline));
    // After an outage all that is late is told, and the newest window is acted on.
    const bool newest = next.due > tx.now();
    tx.put(tables_.deadlines, std::move(next));
    acted += work->deadline_passed(*pipeline, *row, newest);
  }
  work.settle();
}

bool TriggerEngine::Work::deadline_passed(const PipelineRow& pipeline, const DeadlineRow& deadline, bool newest) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const auto& judge = engine_.judge_;
  const auto window = deadline.window;
  if (trigger == nullptr || !trigger->spec.expect || tables_.find_pause(pipeline) != nullptr) return false;
  const auto [first, last] = tables_.facts.index<by_occurrence>().equal_range(std::make_tuple(pipeline.id, window));
  const bool start = deadline.kind == DeadlineKind::start;
  const bool in_time =
      start ? first != last
            : std::any_of(first, last, [](const auto& run) { return run->status == RunStatus::SUCCEEDED; });
  // Most are in time: what upstreams plan is asked of the others only.
  if (in_time || judge.skipped(pipeline.id, window) || !TriggerPlan(tables_).expects(pipeline, window)) return false;

  const auto kind = start ? api::AlertKind::LATE_START : api::AlertKind::LATE_FINISH;
  const auto time = deadline_time(deadline.time);
  const auto by = time ? words_of(*time) : deadline.time;
  const auto text = fmt::format("not {} by {}", start ? "started" : "finished", by);
  tx_.put(tables_.alerts, AlertRow{pipeline.id, window, kind, tx_.now(), text});
  tx_.emit(api::AlertRaised{kind, pipeline.name, pipeline.account, pipeline.owner, judge.label_of(pipeline, window),
                            text, tx_.now()});
  note(pipeline, window, std::string(name_of(kind)), "rule 8: " + text);

  // What works, waits or has ended is left to itself.
  if (!newest || first != last || judge.waits(pipeline.id, window) || decided(pipeline.id, window)) return true;
  Start begun;
  begun.pipeline = pipeline.id;
  begun.window = window;
  begun.cause = RunCause::deadline;
  if (trigger->spec.expect->on_miss == OnMiss::run) {
    begun.why = text + ": starts with what there is";
    enqueue(std::move(begun));
  } else if (trigger->spec.expect->on_miss == OnMiss::fail) {
    begun.run = tx_.new_id();
    begun.why = text + ": recorded as FAILED";
    fail_unstarted(std::move(begun), text);
  }
  return true;
}

// A run that never worked, for those who wait for a failure.
void TriggerEngine::Work::fail_unstarted(Start start, const std::string& text) {
  const auto pipeline = tables_.pipelines.share(start.pipeline);
  const auto& judge = engine_.judge_;
  auto judgement = judge.judge(judge.view_of_key(start.pipeline, start.window), start.window);
  judgement.holds = false;  // it stays armed
  RunRow row = record(*pipeline, start, judgement, RunStatus::FAILED, "FAILED", "rule 8: " + start.why);
  row.error = "Weir.Late";
  row.cause_text = text;
  tx_.put(tables_.runs, row);
  tell(row);
  changed(start.pipeline, start.window);
}

void TriggerEngine::Work::close_alert(const PipelineRow& pipeline, std::int64_t window, api::AlertKind kind,
                                      const std::string& how, const std::string& text) {
  const auto row = tables_.alerts.share(std::make_tuple(pipeline.id, window, kind));
  if (!row) return;
  tx_.erase(tables_.alerts, *row);
  const auto late =
      to_text(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::seconds>(tx_.now() - row->raised)));
  const auto words = fmt::format("{}, {} after it was late", text, late);
  tx_.emit(api::AlertClosed{kind, pipeline.name, pipeline.account, pipeline.owner,
                            engine_.judge_.label_of(pipeline, window), how, words, tx_.now()});
  note(pipeline, window, how, fmt::format("rule 8: {}", words));
}

}  // namespace weir::pipeline
