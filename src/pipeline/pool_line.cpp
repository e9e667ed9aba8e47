// The line of a pool: starts of several pipelines that wait for one of its slots.
//
// It moves after all keys of the command have been judged, so that of what becomes ready together the better placed
// goes first, and before plans start keys, so that these take only what nobody else can use.
#include <algorithm>
#include <tuple>

#include "base/limits.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

// More than priorities can make up for.
constexpr int kPlanned = 10 * limits::kPoolPriority;

using Place = std::tuple<int, Instant, std::int64_t>;

}  // namespace

int turn_of(RunCause cause, int priority) {
  const bool planned = cause == RunCause::backfill || cause == RunCause::rerun;
  return (planned ? kPlanned : 0) - priority;
}

Instant TriggerEngine::Work::date_of(const PipelineRow& pipeline, std::int64_t window, Instant otherwise) const {
  const auto date = engine_.judge_.logical_date(pipeline, window);
  return date == Instant{} && !is_calendar(pipeline.grain) ? otherwise : date;
}

void TriggerEngine::Work::move_pool(std::int64_t id) {
  pools_.erase(id);
  const auto* pool = tables_.pools.find(id);
  if (pool == nullptr) return;
  auto free = pool->slots - tables_.pool_in_use(id);
  if (free <= 0) return;  // what is decided and not stored yet waits as a row from the end of the command on

  std::vector<std::pair<Place, Start>> fresh;
  for (auto at = pending_.begin(); at != pending_.end();) {
    const auto* pipeline = tables_.find_pipeline(at->first);
    if (pipeline == nullptr || pipeline->pool != id) {
      ++at;
      continue;
    }
    for (auto& start : at->second) {
      const Place place{turn_of(start.cause, pipeline->priority), date_of(*pipeline, start.window, start.logical_date),
                        start.run};
      fresh.emplace_back(place, std::move(start));
    }
    at = pending_.erase(at);
  }
  std::ranges::sort(fresh, {}, [](const auto& one) { return one.first; });

  std::map<std::int64_t, int> working;  // of pipelines with a limit of their own
  const auto full = [&](const PipelineRow& pipeline) {
    if (pipeline.max_runs == 0) return false;
    const auto [known, first_time] = working.try_emplace(pipeline.id, 0);
    if (first_time) {
      const auto [first, last] =
          tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline.id, RunState::RUNNING));
      known->second = static_cast<int>(std::count_if(first, last, [](const auto& row) { return !row->adhoc; }));
    }
    return known->second >= pipeline.max_runs;
  };
  // Takes a slot when nothing but the line has held the start back.
  const auto go = [&](Start& start) {
    const auto pipeline = tables_.pipelines.share(start.pipeline);
    if (!pipeline || pipeline->deleted || pipeline->pool != id) return false;
    if (full(*pipeline) || engine_.judge_.active(start.pipeline, start.window)) return false;
    if (tables_.find_pause(*pipeline) != nullptr && held_by_pause(start)) return false;
    if (take_turn(*pipeline, start)) {
      --free;
      ++working[pipeline->id];
    }
    return true;
  };
  std::vector<Start> left;
  auto next = fresh.begin();
  const auto& line = tables_.active.index<by_pool>();
  auto waiting = line.lower_bound(std::make_tuple(id, RunState::QUEUED));
  while (free > 0) {
    const bool stored = waiting != line.end() && (*waiting)->pool == id && (*waiting)->status == RunState::QUEUED;
    if (!stored && next == fresh.end()) break;
    if (starts_ >= engine_.options_.starts_per_command) {
      look_at_pool(id);
      break;
    }
    const auto place = stored ? Place{(*waiting)->turn, (*waiting)->date, (*waiting)->run} : Place{};
    if (next != fresh.end() && (!stored || next->first < place)) {
      if (!go(next->second)) left.push_back(std::move(next->second));
      ++next;
      // A start that fails at once gives its place back, and the rows are others than before.
      if (stored) waiting = line.lower_bound(std::tuple_cat(std::make_tuple(id, RunState::QUEUED), place));
      continue;
    }
    Start start;
    start.run = (*waiting)->run;
    start.pipeline = (*waiting)->pipeline;
    start.window = (*waiting)->window;
    start.cause = (*waiting)->cause;
    start.plan = (*waiting)->plan;
    start.stored = true;
    go(start);
    waiting = line.upper_bound(std::tuple_cat(std::make_tuple(id, RunState::QUEUED), place));
  }
  for (; next != fresh.end(); ++next) left.push_back(std::move(next->second));
  for (const auto& start : left) store_waiting(*tables_.pipelines.share(start.pipeline), start);
  if (free > 0) look_at_plans_of_pool(id);
}

// Plans start their own keys (plan_work.cpp) when nobody who waits can take the slot.
bool TriggerEngine::Work::room_in_pool(const PipelineRow& pipeline) const {
  const auto* pool = tables_.pools.find(pipeline.pool);
  if (pool == nullptr) return true;
  auto taken = tables_.pool_in_use(pool->id);
  for (const auto& [id, starts] : pending_) {
    const auto* other = tables_.find_pipeline(id);
    if (other != nullptr && other->pool == pool->id) taken += static_cast<int>(starts.size());
  }
  return taken < pool->slots;
}

void TriggerEngine::Work::look_at_plans_of_pool(std::int64_t pool) {
  const auto [first, last] =
      tables_.plans.plans.index<by_plan_status>().equal_range(std::make_tuple(PlanStatus::ACCEPTED));
  for (auto at = first; at != last; ++at)
    for (const auto& part : tables_.plans.parts_of((*at)->id)) {
      const auto* pipeline = part->open ? tables_.find_pipeline(part->pipeline) : nullptr;
      if (pipeline != nullptr && pipeline->pool == pool) {
        look_at_plan((*at)->id);
        break;
      }
    }
}

void TriggerEngine::pool_changed(core::Transaction& tx, std::int64_t pool) {
  Scope work(*this, tx);
  work->look_at_pool(pool);
  work.settle();
}

void TriggerEngine::Work::line_up(const PipelineRow& pipeline, std::int64_t after) {
  const auto [first, last] =
      tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline.id, RunState::QUEUED));
  std::vector<std::shared_ptr<const ActiveRunRow>> moved;
  for (auto at = first; at != last; ++at) {
    const ActiveRunRow& row = **at;
    if (row.run <= after || (row.pool == pipeline.pool && row.turn == turn_of(row.cause, pipeline.priority))) continue;
    if (moved.size() == limits::kLineRows) {
      tx_.deliver(pipeline.account, LineUp{pipeline.id, moved.back()->run});
      break;
    }
    moved.push_back(*at);
  }
  for (const auto& row : moved) {
    ActiveRunRow there = *row;
    there.pool = pipeline.pool;
    there.turn = turn_of(row->cause, pipeline.priority);
    if (there.date == Instant{}) there.date = date_of(pipeline, row->window, row->since);
    tx_.put(tables_.active, std::move(there));
  }
  if (!moved.empty()) look_at_line(pipeline.id);
}

}  // namespace weir::pipeline
