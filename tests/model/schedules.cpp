// Rules 7, 13: scheduled times.
#include <algorithm>

#include "tests/model/reference.hpp"

namespace weir::model {

std::vector<Model::Time> Model::times_until(Instant until) const {
  std::vector<Time> out;
  for (int p = 0; p < facts_.pipelines(); ++p) {
    const PipelineDecl& d = facts_.decl(p);
    if (!d.schedule) continue;
    for (auto t = d.schedule->next_after(facts_.now(), d.zone); t && *t <= until;
         t = d.schedule->next_after(*t, d.zone))
      out.push_back({*t, p});
  }
  std::ranges::sort(out);
  return out;
}

Window Model::window_of(const Time& time) const {
  const PipelineDecl& d = facts_.decl(time.pipeline);
  const Window holding = window_at(d.grain, time.at, d.zone);
  return d.covers_previous ? shifted(holding, -1) : holding;
}

// Each scheduled time is a commit of its own, and each moment at which a status has stood long enough.
void Model::tick(Instant until) {
  const std::vector<Time> times = times_until(until);
  auto next = times.begin();
  for (;;) {
    const std::optional<Instant> stood = facts_.next_standing();
    if (next != times.end() && (!stood || next->at <= *stood)) {
      facts_.note({.kind = Event::tick, .at = next->at});
      if (facts_.paused(next->pipeline)) {
        held_back_[next->pipeline].push_back(*next);
      } else {
        scheduled({next->pipeline, window_of(*next)});
      }
      ++next;
    } else if (stood && *stood <= until) {
      facts_.note({.kind = Event::tick, .at = *stood});
    } else {
      break;
    }
    settle();
  }
  facts_.note({.kind = Event::tick, .at = until});
}

// What came more than a moment before the server was there again was missed.
void Model::outage(Instant until) {
  std::map<int, std::vector<Time>> missed;
  std::vector<Time> order, in_time;
  for (const Time& time : times_until(until)) {
    if (facts_.paused(time.pipeline)) {
      held_back_[time.pipeline].push_back(time);
    } else if (until - time.at <= kMoment) {
      in_time.push_back(time);
    } else {
      if (!missed.contains(time.pipeline)) order.push_back(time);
      missed[time.pipeline].push_back(time);
    }
  }
  facts_.note({.kind = Event::tick, .at = until});
  for (const Time& first : order) {
    catch_up(first.pipeline, missed[first.pipeline]);
    settle();
  }
  for (const Time& time : in_time) {
    scheduled({time.pipeline, window_of(time)});
    settle();
  }
}

// A changed schedule begins anew: what came before it while the pipeline was paused is not caught up.
void Model::forget_times_of_old_schedule(const PipelineDecl& changed) {
  const int p = facts_.pipeline_named(changed.name);
  if (p < 0) return;
  const PipelineDecl& old = facts_.decl(p);
  if (old.schedule != changed.schedule || old.covers_previous != changed.covers_previous) held_back_.erase(p);
}

// The scheduled time of a key has come.
void Model::scheduled(const Occurrence& key) {
  const PipelineDecl& d = facts_.decl(key.pipeline);
  if (!d.schedule || key.window < d.since) return;
  facts_.note_scheduled(key);
  const auto started_by_schedule = [&](const Run* r) { return r->cause == Cause::schedule; };
  const auto waits = [&](const Waiting& w) { return w.key == key && w.cause == Cause::schedule; };
  const bool by_schedule =
      std::ranges::any_of(facts_.runs_of(key), started_by_schedule) || std::ranges::any_of(facts_.waiting, waits);
  const bool fired =
      by_schedule || facts_.last_firing(key) != nullptr || decided(key) || released_[key.pipeline].contains(key.window);
  if (facts_.skipped(key)) return;
  if (d.condition ? d.trigger_operator == Operator::OR && !fired : !by_schedule)
    facts_.waiting.push_back({key, Cause::schedule});
}

}  // namespace weir::model
