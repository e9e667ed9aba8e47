// Scheduled times (rule 7). Those that were missed follow `catchup` (trigger_release.cpp); what it leaves out is
// recorded as MISSED.
#include <fmt/format.h>

#include <algorithm>

#include "calendar/jitter.hpp"
#include "core/turns.hpp"
#include "pipeline/release_policy.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

constexpr Millis kLate = std::chrono::minutes{1};  // a busy server is not an outage
constexpr int kTimesLookedAt = 100'000;            // of an outage; of a rate of a minute ten weeks
constexpr int kSchedulesPerCommand = 4;            // each may start a whole command's worth

// When a scheduled time is acted upon; its key stays that of the time.
Instant moved(const PipelineRow& pipeline, const ScheduleSpec& spec, Instant at) {
  return at + jitter_of(pipeline.account.value + "/" + pipeline.name, at, spec.jitter);
}

// Planted bug: yesterday's offset of the zone, which is wrong for a day after the clocks have changed.
Instant by_old_clock(Instant t, const Zone& zone) {
  const Instant day_before = t - std::chrono::hours{24};
  return t - ((zone.to_local(t) - zone.to_local(day_before)) - (t - day_before));
}

}  // namespace

void TriggerEngine::put_schedule(core::Transaction& tx, const PipelineRow& pipeline) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const auto known = tables_.schedules.share(pipeline.id);
  const bool scheduled = trigger != nullptr && trigger->spec.schedule.has_value();
  if (scheduled && known && known->spec == *trigger->spec.schedule && known->timezone == pipeline.timezone) return;
  if (known) tx.erase(tables_.schedules, *known);
  if (!scheduled) return;
  ScheduleRow row;
  row.pipeline = pipeline.id;
  row.spec = *trigger->spec.schedule;
  row.timezone = pipeline.timezone;
  const auto next = schedule_of(row.spec).next_after(tx.now(), zone_of(pipeline));
  if (!next) return;
  row.at = *next;
  row.due = moved(pipeline, row.spec, row.at);
  row.account = pipeline.account;
  tx.put(tables_.schedules, std::move(row));
}

void TriggerEngine::Work::scheduled(const PipelineRow& pipeline, Instant at, bool late) {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (trigger == nullptr || !trigger->spec.schedule) return;
  std::int64_t window = 0;
  if (is_calendar(pipeline.grain)) {
    const Zone zone = zone_of(pipeline);
    const bool old_clock = engine_.options_.planted == PlantedBug::old_clock;
    window = window_at(pipeline.grain, old_clock ? by_old_clock(at, zone) : at, zone).index;
    if (trigger->spec.schedule->covers == Covers::previous) --window;
    if (window < pipeline.since) return;
  } else {
    // Rule 6: with a condition the time is remembered until it holds.
    const bool both = trigger->spec.executions && trigger->spec.op == Operator::AND;
    window = pipeline.grain == Grain::none && both ? kOpenKey : tx_.new_id();
  }
  const auto whole_window = key_of(pipeline, window, 0);
  window = key_of(pipeline, window, pipeline.default_values);
  const auto& judge = engine_.judge_;
  const auto [first, last] = tables_.facts.index<by_occurrence>().equal_range(std::make_tuple(pipeline.id, window));
  // By a time that a clock change moved into this window, or one of the schedule that was in force before.
  const bool by_schedule = decided(pipeline.id, window, {RunCause::schedule}) ||
                           std::any_of(first, last, [](const auto& run) { return run->cause == RunCause::schedule; });
  const auto key = std::make_tuple(pipeline.id, window);
  const bool closed = tables_.missed.find(key) != nullptr;  // recorded as MISSED: as if it had fired
  const bool fired_before = by_schedule || closed || judge.last_firing(pipeline.id, window) != nullptr;

  OccurrenceRow occurrence =
      occurrence_of(pipeline, whole_window, is_calendar(pipeline.grain) ? judge.logical_date(pipeline, window) : at);
  occurrence.scheduled = true;
  const bool skipped = occurrence.skipped;
  occurrence.came = tx_.new_id();
  tx_.put(tables_.occurrences, std::move(occurrence));
  const bool by_time_alone = !trigger->spec.executions && !takes_documents(trigger->spec);
  if (skipped) return;
  // With OR the first of the two fires the key; a key that waits to be released has not fired.
  const bool either = !by_time_alone && trigger->spec.op == Operator::OR;
  if (const auto waits = tables_.releases.share(key); waits && either && !fired_before)
    tx_.erase(tables_.releases, *waits);
  const bool fired = fired_before || decided(pipeline.id, window);
  if (by_time_alone ? !by_schedule : either && !fired) {
    Start start;
    start.pipeline = pipeline.id;
    start.window = window;
    start.cause = RunCause::schedule;
    start.logical_date = at;
    start.why = fmt::format("its scheduled time {} has come{}", to_text(at), late ? ", and was missed before" : "");
    enqueue(std::move(start));
  }
  look_at(pipeline.id, whole_window);
}

void TriggerEngine::Work::start_scheduled_again(std::int64_t pipeline, std::int64_t window) {
  const auto* occurrence = tables_.find_occurrence(pipeline, window);
  const auto* trigger = tables_.find_trigger(pipeline);
  if (occurrence == nullptr || !occurrence->scheduled || trigger == nullptr || trigger->spec.executions) return;
  Start start;
  start.pipeline = pipeline;
  start.window = window;
  start.cause = RunCause::schedule;
  start.logical_date = occurrence->logical_date;
  enqueue(std::move(start));
}

void TriggerEngine::fire_due(core::Transaction& tx) {
  for (int i = 0; i < kSchedulesPerCommand; ++i) {
    const auto& due = tables_.schedules.index<by_due>();
    if (due.empty() || (*due.begin())->parked || (*due.begin())->due > tx.now()) return;
    auto row = core::next_in_turn(
        tx, "pipeline", tables_.schedules.index<by_account>(),
        [](const ScheduleRow& schedule) { return schedule.parked ? std::nullopt : std::optional(schedule.due); });
    if (!row) row = *due.begin();
    const auto pipeline = tables_.pipelines.share(row->pipeline);
    const auto* trigger = tables_.find_trigger(row->pipeline);
    if (!pipeline || pipeline->deleted || trigger == nullptr) {
      tx.erase(tables_.schedules, *row);
      continue;
    }
    if (tables_.find_pause(*pipeline) != nullptr) {
      ScheduleRow parked = *row;
      parked.parked = true;
      tx.put(tables_.schedules, std::move(parked));
      continue;
    }
    fire_schedule(tx, *pipeline, *trigger, ScheduleRow(*row));
  }
}

void TriggerEngine::fire_schedule(core::Transaction& tx, const PipelineRow& pipeline, const TriggerRow& trigger,
                                  const ScheduleRow& row) {
  const Zone zone = zone_of(pipeline);
  const Schedule schedule = schedule_of(row.spec);
  std::vector<Instant> late;
  std::optional<Instant> on_time;
  std::optional<Instant> at = row.at == Instant{} ? row.due : row.at;
  for (int n = 0; at && n < kTimesLookedAt; ++n) {
    const Instant due = moved(pipeline, row.spec, *at);
    if (due > tx.now()) break;
    if (tx.now() - due > kLate) {
      late.push_back(*at);
    } else {
      on_time = *at;
      at = schedule.next_after(*at, zone);
      break;  // one a command's turn
    }
    at = schedule.next_after(*at, zone);
  }
  const std::size_t kept = kept_of(trigger.spec, pipeline.grain);
  const std::size_t missed = late.size() > kept ? late.size() - kept : 0;
  for (std::size_t l = missed; l < late.size(); ++l) tx.put(tables_.catchups, CatchupRow{pipeline.id, late[l]});

  if (at) {
    ScheduleRow next = row;
    next.at = *at;
    next.due = moved(pipeline, row.spec, *at);
    next.account = pipeline.account;
    tx.put(tables_.schedules, std::move(next));
  } else {
    tx.erase(tables_.schedules, row);
  }
  Scope work(*this, tx);
  if (missed > 0) work->record_missed(pipeline, late.front(), late[missed - 1], missed);
  if (!late.empty()) work->look_at_line(pipeline.id);
  // What has stood long enough meanwhile (`for`) is as due as the times that were missed, and no upstream's run.
  const auto [l_first, l_last] = tables_.look_later.rows().equal_range(std::make_tuple(pipeline.id));
  for (auto l = l_first; l != l_last && !late.empty(); ++l)
    if ((*l)->due <= tx.now()) work->look_at(pipeline.id, (*l)->window);
  if (on_time) work->scheduled(pipeline, *on_time, false);
  work.settle();
}

void TriggerEngine::Work::record_missed(const PipelineRow& pipeline, Instant first, Instant last, std::size_t count) {
  if (!is_calendar(pipeline.grain)) return;
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const std::int64_t shift = trigger->spec.schedule->covers == Covers::previous ? -1 : 0;
  const Zone zone = zone_of(pipeline);
  const Window from = shifted(window_at(pipeline.grain, first, zone), shift);
  const Window to = shifted(window_at(pipeline.grain, last, zone), shift);
  auto occurrence = occurrence_of(pipeline, key_of(pipeline, to.index, 0), first_moment(to, zone));
  std::int64_t id = 0;
  keep_evidence(occurrence, pipeline, {}, 0, "MISSED",
                fmt::format("rule 13: {} scheduled times were missed and are not caught up; to run them: weir backfill "
                            "{} --from {} --to {}",
                            count, pipeline.name, label(from), label(to)),
                id);
  tx_.put(tables_.occurrences, std::move(occurrence));
  // With OR its condition may still start such a window.
  if (trigger->spec.executions && trigger->spec.op == Operator::OR) return;
  tx_.put(tables_.missed, MissedRow{pipeline.id,
                                    key_of(pipeline, to.index, pipeline.default_values),
                                    pipeline.version,
                                    tx_.now(),
                                    {},
                                    key_of(pipeline, from.index, pipeline.default_values)});
}

int TriggerEngine::Work::busy(std::int64_t pipeline) const {
  const auto [first, last] = tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline));
  const auto working = std::count_if(first, last, [](const auto& row) { return !row->adhoc; });
  const auto pending = pending_.find(pipeline);
  return static_cast<int>(working) + (pending == pending_.end() ? 0 : static_cast<int>(pending->second.size()));
}

// Judges the pipeline's own keys at once, so that what a scheduled time starts is seen.
void TriggerEngine::Work::judge_now(const PipelineRow& pipeline) {
  const auto found = dirty_.find(pipeline.id);
  if (found == dirty_.end()) return;
  const auto windows = std::move(found->second);
  dirty_.erase(found);
  for (const auto w : windows) settle_key(pipeline, w);
}

}  // namespace weir::pipeline
