#include "pipeline/trigger_work.hpp"
#include "pipeline/release_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace weir::pipeline {

namespace {

bool before_first(const PipelineRow& pipeline, std::int64_t window) {
  return is_calendar(pipeline.grain) && window_of(pipeline, window) < pipeline.first_window;
}

}  // namespace

void TriggerEngine::Work::look_at_all(const PipelineRow& pipeline, const std::string& by) {
  const auto view = engine_.judge_.view_in_force(pipeline);
  for (const auto w : candidate_windows(tables_, engine_.judge_, view, kFirstWindow, kLastWindow)) {
    if (by == kFirstDeploy && before_first(pipeline, w)) continue;
    look_at_released(pipeline.id, w, by);
  }
  look_at_line(pipeline.id);
}

void TriggerEngine::Work::changed(std::int64_t pipeline, std::int64_t window) {
  look_at(pipeline, window);
  look_at_line(pipeline);
  for (const auto& [down, w] : affected_keys(tables_, engine_.judge_, pipeline, window)) look_at(down, w);
}

std::int64_t TriggerEngine::Work::enqueue(Start start) {
  if (start.run == 0) start.run = tx_.new_id();
  const auto run = start.run;
  look_at_line(start.pipeline);
  pending_keys_.emplace(start.pipeline, start.window);
  pending_[start.pipeline].push_back(std::move(start));
  return run;
}

bool by_rule(RunCause cause) {
  return cause == RunCause::condition || cause == RunCause::schedule || cause == RunCause::deadline ||
         cause == RunCause::event;
}

bool TriggerEngine::Work::decided(std::int64_t pipeline, std::int64_t window, const std::set<RunCause>& causes) const {
  if (causes.contains(RunCause::condition) && tables_.releases.find(std::make_tuple(pipeline, window)) != nullptr)
    return true;
  const auto [first, last] = tables_.active.index<by_window>().equal_range(std::make_tuple(pipeline, window));
  if (std::any_of(first, last,
                  [&](const auto& row) { return row->status == RunState::QUEUED && causes.contains(row->cause); }))
    return true;
  const auto found = pending_.find(pipeline);
  return found != pending_.end() && std::ranges::any_of(found->second, [&](const Start& s) {
           return s.window == window && causes.contains(s.cause);
         });
}

void TriggerEngine::Work::forget_pending(const Start& start) {
  const auto found = pending_keys_.find({start.pipeline, start.window});
  if (found != pending_keys_.end()) pending_keys_.erase(found);
}

int TriggerEngine::Work::rank(std::int64_t pipeline) {
  auto& ranks = engine_.ranks_;
  if (ranks.empty()) ranks = upstreams_first(tables_);
  const auto found = ranks.find(pipeline);
  return found == ranks.end() ? 0 : found->second;
}

void TriggerEngine::Work::settle() {
  if (settling_) return;
  settling_ = true;
  std::pair<int, std::int64_t> passed{-1, 0};  // how far this pass has come
  std::set<std::pair<int, std::int64_t>> agenda;
  while (!dirty_.empty() || !lines_.empty() || !released_.empty() || !plans_.empty() || !pools_.empty()) {
    if (dirty_.empty() && lines_.empty() && released_.empty()) {
      const auto most = engine_.options_.starts_per_command;
      if (!pools_.empty()) {
        if (starts_ >= most) break;
        move_pool(*pools_.begin());
        continue;
      }
      if (starts_ >= most || plan_starts_ >= most) break;
      const auto plan = *plans_.begin();
      plans_.erase(plans_.begin());
      advance_plan(plan);
      continue;
    }
    for (const auto p : touched_) agenda.emplace(rank(p), p);
    touched_.clear();
    assert(!agenda.empty() && "what is to be looked at was not told by look_at");
    const auto ahead = agenda.upper_bound(passed);
    const auto turn = ahead != agenda.end() ? ahead : agenda.begin();
    const auto next = turn->second;
    if (!dirty_.contains(next) && !lines_.contains(next) && !released_.contains(next)) {
      agenda.erase(turn);
      continue;
    }
    passed = *turn;
    const auto* pipeline = tables_.find_pipeline(next);
    if (pipeline == nullptr) {
      dirty_.erase(next);
      released_.erase(next);
      lines_.erase(next);
      for (const auto& start : pending_[next]) forget_pending(start);
      pending_.erase(next);
      continue;
    }
    settle_pipeline(*tables_.pipelines.share(next));
    if (starts_ >= engine_.options_.starts_per_command || judgements_ >= engine_.options_.judgements_per_command) break;
  }
  for (const auto& [p, starts] : pending_)
    for (const auto& start : starts) store_waiting(*tables_.pipelines.share(p), start);
  pending_.clear();
  owe_many();
  owe_rest();
  settling_ = false;
}

void TriggerEngine::Work::settle_pipeline(const PipelineRow& pipeline) {
  lines_.insert(pipeline.id);
  // Newest first: so it is known at once which of them `catchup` leaves out.
  for (auto found = released_.find(pipeline.id); found != released_.end(); found = released_.find(pipeline.id)) {
    if (judgements_ >= engine_.options_.judgements_per_command || starts_ >= engine_.options_.starts_per_command)
      return;
    const auto newest = std::prev(found->second.end());
    const auto [window, by] = *newest;
    found->second.erase(newest);
    if (found->second.empty()) released_.erase(found);
    settle_key(pipeline, window, &by);
  }
  if (dirty_.contains(pipeline.id)) {
    // What becomes dirty at or before the key at hand has its turn in the next pass.
    auto at = dirty_[pipeline.id].begin();
    while (at != dirty_[pipeline.id].end()) {
      if (judgements_ >= engine_.options_.judgements_per_command || starts_ >= engine_.options_.starts_per_command)
        return;
      const auto window = *at;
      dirty_[pipeline.id].erase(at);
      settle_key(pipeline, window);
      at = dirty_[pipeline.id].upper_bound(window);
    }
    if (dirty_[pipeline.id].empty()) dirty_.erase(pipeline.id);
  }
  engine_.advance_releases(tx_, pipeline);
  const bool more = advance_documents(pipeline);
  limit_reached(pipeline);
  move_line(pipeline);
  if (more) lines_.insert(pipeline.id);
}

void TriggerEngine::Work::settle_key(const PipelineRow& pipeline, std::int64_t window, const std::string* released) {
  ++judgements_;
  arm_documents(pipeline, window);
  if (const auto plan = tables_.plans.holder(pipeline.id, window); plan != 0)
    return settle_plan_key(pipeline, window, plan);
  if (tables_.find_pause(pipeline) != nullptr) return;
  const auto& judge = engine_.judge_;
  const bool none = pipeline.grain == Grain::none;
  if (none) {
    // Rule 6: what arrives while it is active is used when it ends.
    if (busy(pipeline.id) > 0) return;
    window = kOpenKey;
  }
  if (is_keyed(pipeline) && parts_of(pipeline, window).values == 0) {
    // The window itself: each of its keys.
    const auto w = window_of(pipeline, window);
    for (const auto key : candidate_windows(tables_, judge, judge.view_in_force(pipeline), w, w))
      look_at(pipeline.id, key);
    return;
  }
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const TriggerSpec* in_force = trigger != nullptr ? &trigger->spec : nullptr;
  const bool active = judge.active(pipeline.id, window);
  if (active) {
    // Rule 3, supersede: the new one takes the place of the one that works, if that was started on the whole condition.
    if (in_force == nullptr || in_force->on_upstream_rerun != OnUpstreamRerun::supersede) return;
    if (!judge.current(pipeline.id, window)->complete) return;
  } else if (decided(pipeline.id, window)) {
    return;
  }
  const auto judgement = judge.judge(judge.view_of_key(pipeline.id, window), window);
  std::int64_t quiet = 0;
  if (!judge.fires(pipeline, in_force, window, judgement, &quiet)) {
    if (judgement.look_again) look_later(pipeline.id, window, *judgement.look_again);
    if (quiet != 0 && tables_.plans.held.find(std::make_tuple(quiet, pipeline.id, window)) == nullptr)
      tx_.put(tables_.plans.held, PlanHeldRow{quiet, pipeline.id, window});
    return forget_approval(pipeline.id, window);
  }
  const bool again = judge.last_firing(pipeline.id, window) != nullptr;
  if (in_force != nullptr && in_force->on_upstream_rerun == OnUpstreamRerun::ask && again) return ask(pipeline, window);
  if (released != nullptr && !again && before_first(pipeline, window) &&
      !judge.true_since_first_deploy(pipeline, window, judgement))
    return;
  if (released != nullptr && !active && is_calendar(pipeline.grain)) return release(pipeline, window, *released);
  Start start;
  start.pipeline = pipeline.id;
  start.window = window;
  if (none) {
    start.run = start.window = tx_.new_id();
    start.logical_date = tx_.now();
  }
  if (!active) {
    enqueue(std::move(start));
    return;
  }
  end(judge.current(pipeline.id, window)->run, RunStatus::ABORTED, {}, "Weir.Superseded",
      "an upstream was corrected while this run worked", true);
  start.run = tx_.new_id();
  // Judged again: what the superseded run was is no longer.
  begin(pipeline, start, judge.judge(judge.view_of_key(pipeline.id, window), window), "FIRED_AGAIN",
        "rule 3: an upstream was corrected; the run before it is superseded");
}

namespace {

bool live_first(RunCause a, RunCause b) {
  const auto planned = [](RunCause cause) { return cause == RunCause::backfill || cause == RunCause::rerun; };
  return !planned(a) && planned(b);
}

}  // namespace

bool TriggerEngine::Work::held_by_pause(const Start& start) const {
  if (!by_rule(start.cause)) return false;
  if (!start.stored) return start.who.empty();
  const auto whole = tx_.read(tables_.runs, {start.run});
  return !whole || whole->who.empty();
}

void TriggerEngine::Work::move_line(const PipelineRow& pipeline) {
  lines_.erase(pipeline.id);
  if (pipeline.pool != 0) return look_at_pool(pipeline.pool);
  const auto& by_run = tables_.active.index<by_pipeline>();
  const auto [q_first, q_last] = by_run.equal_range(std::make_tuple(pipeline.id, RunState::QUEUED));
  std::vector<Start> line;
  for (auto at = q_first; at != q_last; ++at) {
    Start start;
    start.run = (*at)->run;
    start.pipeline = pipeline.id;
    start.window = (*at)->window;
    start.cause = (*at)->cause;
    start.plan = (*at)->plan;
    start.stored = true;
    line.push_back(std::move(start));
  }
  if (const auto found = pending_.find(pipeline.id); found != pending_.end()) {
    std::ranges::move(found->second, std::back_inserter(line));
    pending_.erase(found);
  }
  if (line.empty()) return;
  std::ranges::stable_sort(line, [](const Start& a, const Start& b) { return live_first(a.cause, b.cause); });

  const auto working = [&] {
    const auto [first, last] = by_run.equal_range(std::make_tuple(pipeline.id, RunState::RUNNING));
    return std::count_if(first, last, [](const auto& row) { return !row->adhoc; });
  };
  auto active = pipeline.max_runs > 0 ? working() : 0;
  std::vector<Start> left;
  const auto& judge = engine_.judge_;
  const bool paused = tables_.find_pause(pipeline) != nullptr;
  for (auto& start : line) {
    const bool full = pipeline.max_runs > 0 && active >= pipeline.max_runs;
    const bool spent = starts_ >= engine_.options_.starts_per_command;
    if (spent) lines_.insert(pipeline.id);
    if (full || spent || judge.active(pipeline.id, start.window) || (paused && held_by_pause(start))) {
      left.push_back(std::move(start));
      continue;
    }
    if (take_turn(pipeline, start)) ++active;
  }
  for (const auto& start : left)
    if (!start.stored) store_waiting(pipeline, start);
}

bool TriggerEngine::Work::take_turn(const PipelineRow& pipeline, Start& start) {
  const auto& judge = engine_.judge_;
  if (start.stored) {
    if (const auto row = tables_.active.share(start.run)) {
      const auto whole = tx_.read(tables_.runs, {start.run});
      if (whole) {
        start.why = whole->why;
        start.created = whole->created;
        start.who = whole->who;
        start.now = whole->now;
        start.parameters = whole->parameters;
        start.logical_date = whole->logical_date;
        start.continues = whole->continues;
        start.document = whole->document;
      }
      tx_.erase(tables_.active, *row);
    }
  } else {
    forget_pending(start);
  }
  ++judgements_;
  const auto judgement = judge.judge(judge.view_of_key(pipeline.id, start.window), start.window);
  if (start.cause == RunCause::condition) {
    const auto* trigger = tables_.find_trigger(pipeline.id);
    if (!judge.fires(pipeline, trigger != nullptr ? &trigger->spec : nullptr, start.window, judgement)) {
      if (start.stored) {
        withdraw(pipeline, start.run, start.window, RunState::WITHDRAWN,
                 "its condition no longer held when its turn came", &judgement);
      }
      return false;
    }
  }
  if (start.plan != 0 && !plan_lets_start(start, judgement)) {
    if (const auto* key = tables_.plans.key(start.plan, pipeline.id, start.window)) tx_.erase(tables_.plans.keys, *key);
    if (start.stored)
      withdraw(pipeline, start.run, start.window, RunState::WITHDRAWN,
               "its condition no longer held when its turn came", &judgement);
    look_at(pipeline.id, start.window);
    look_at_plan(start.plan);
    return false;
  }
  const bool again = judge.last_firing(pipeline.id, start.window) != nullptr;
  std::string decision = "STARTED_BY_HAND", rule = "rule 15: a person decides";
  if (start.cause == RunCause::condition) {
    decision = again ? "FIRED_AGAIN" : "FIRED";
    rule = again ? "rule 3: a fired key fires again when an upstream was corrected" : "rule 2: a key fires once";
    if (!start.who.empty() || start.why.starts_with(kReleased)) rule += "; " + start.why;
  } else if (start.cause == RunCause::schedule) {
    decision = "FIRED";
    rule = "rule 7: its scheduled time has come";
  } else if (start.cause == RunCause::event) {
    decision = "FIRED";
    rule = "rule 9: " + start.why;
  } else if (start.cause == RunCause::deadline) {
    decision = "FIRED";
    rule = "rule 8: " + start.why;
  } else if (start.plan != 0) {
    decision = "STARTED_BY_PLAN";
    rule = fmt::format("rule 14: plan {}", start.plan);
  } else {
    rule += ": " + start.why;
  }
  begin(pipeline, start, judgement, decision, rule);
  return true;
}

// A start that has to wait stands as a row from now on.
void TriggerEngine::Work::store_waiting(const PipelineRow& pipeline, const Start& start) {
  forget_pending(start);
  ActiveRunRow waiting;
  waiting.run = start.run;
  waiting.pipeline = pipeline.id;
  waiting.window = start.window;
  waiting.cause = start.cause;
  waiting.since = tx_.now();
  waiting.plan = start.plan;
  RunRow row = row_of(pipeline, start);
  waiting.pool = pipeline.pool;
  waiting.turn = turn_of(start.cause, pipeline.priority);
  waiting.date = row.logical_date;
  tx_.put(tables_.active, std::move(waiting));
  tell(row);
  tx_.put(tables_.runs, std::move(row));
  // It counts as RUNNING from now on: what was true of the occurrence, an approval that was asked for, may not be.
  for (const auto& [down, w] : affected_keys(tables_, engine_.judge_, pipeline.id, start.window)) look_at(down, w);
}

void TriggerEngine::Work::owe_rest() {
  if (dirty_.empty() && lines_.empty() && released_.empty() && plans_.empty() && pools_.empty()) return;
  LookAgain rest;
  for (const auto& [p, windows] : released_)
    for (const auto& [w, by] : windows) rest.released.push_back({p, w, by});
  for (const auto& [p, windows] : dirty_)
    for (const auto w : windows) rest.keys.push_back({p, w});
  rest.lines.assign(lines_.begin(), lines_.end());
  rest.plans.assign(plans_.begin(), plans_.end());
  rest.pools.assign(pools_.begin(), pools_.end());
  const auto first = !rest.keys.empty()       ? rest.keys.front().pipeline
                     : !rest.lines.empty()    ? rest.lines.front()
                     : !rest.released.empty() ? rest.released.front().pipeline
                                              : 0;
  const auto* pipeline = tables_.pipelines.find(first);
  const auto* plan = rest.plans.empty() ? nullptr : tables_.plans.plans.find(rest.plans.front());
  const auto* pool = rest.pools.empty() ? nullptr : tables_.pools.find(rest.pools.front());
  dirty_.clear();
  lines_.clear();
  released_.clear();
  plans_.clear();
  pools_.clear();
  tx_.deliver(pipeline != nullptr ? pipeline->account
              : plan != nullptr   ? plan->account
              : pool != nullptr   ? pool->account
                                  : tx_.account(),
              std::move(rest));
}

}  // namespace weir::pipeline
