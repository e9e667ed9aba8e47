// How an accepted plan is worked off (rule 14). A key becomes READY when the keys of the plan that its condition looks
// at are over; READY keys start oldest first, `parallel` at a time, and before the next of the pipeline that was named,
// so a date goes through the graph before the plan is broad.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/plan_links.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

bool is_rest(PlanKeyState state) { return state != PlanKeyState::READY && state != PlanKeyState::STARTED; }

// Does a person's word start the key, whatever its condition?
bool by_word(const PlanPartRow& part, InPlan upstreams) { return part.chosen && upstreams == InPlan::none; }

PlanKeyRow key_row(const PlanPartRow& part, std::int64_t window, Instant date, PlanKeyState state) {
  PlanKeyRow row;
  row.plan = part.plan;
  row.pipeline = part.pipeline;
  row.window = window;
  row.state = state;
  row.over = is_rest(state);
  row.date = date;
  row.place = part.place;
  return row;
}

}  // namespace

void TriggerEngine::Work::look_at_part(const PlanPartRow& part) {
  if (!part.linked) return;  // these are started in order
  for (const auto w : part.windows)
    if (tables_.plans.key(part.plan, part.pipeline, w) == nullptr &&
        upstreams_in_plan(tables_, engine_.judge_, part.plan, part.pipeline, w) != InPlan::open)
      look_at(part.pipeline, w);
}

void TriggerEngine::Work::settle_plan_key(const PipelineRow& pipeline, std::int64_t window, std::int64_t plan) {
  const auto part = tables_.plans.parts.share(std::make_tuple(plan, pipeline.id));
  if (!part->linked || tables_.plans.key(plan, pipeline.id, window) != nullptr) return;
  const auto& judge = engine_.judge_;
  const auto upstreams = upstreams_in_plan(tables_, judge, plan, pipeline.id, window);
  if (upstreams == InPlan::open) return;
  if (judge.active(pipeline.id, window) || judge.queued(pipeline.id, window))
    return plan_key_over(plan, pipeline.id, window, PlanKeyState::LEFT_ALONE, 0, "it was active");
  if (!by_word(*part, upstreams)) {
    const auto view = judge.view_of_key(pipeline.id, window);
    const auto judgement = judge.judge(view, window);
    if (judgement.has_condition && !judgement.holds) {
      if (judgement.look_again) return look_later(pipeline.id, window, *judgement.look_again);
      // What works or waits now looks at this key again when it ends.
      for (const auto& clause : view.clauses) {
        const auto* upstream = tables_.find_pipeline(clause->upstream);
        const auto span = upstream != nullptr ? looked_at(*view.pipeline, *clause, *upstream, window) : std::nullopt;
        for (auto w = span ? span->first : 0; span && w <= span->last; ++w)
          if (judge.active(upstream->id, w) || judge.waits(upstream->id, w)) return;
      }
      std::string why = judgement.mixed ? "its upstreams used different runs of one occurrence" : std::string();
      for (const auto& state : engine_.states(judgement))
        if (!state.met) why += (why.empty() ? "" : "; ") + state.clause + ": " + state.why;
      return plan_key_over(plan, pipeline.id, window, PlanKeyState::NOT_RUN, 0, why);
    }
  }
  tx_.put(tables_.plans.keys, key_row(*part, window, judge.logical_date(pipeline, window), PlanKeyState::READY));
  look_at_plan(plan);
}

bool TriggerEngine::Work::room_for(const PipelineRow& pipeline) const {
  return (pipeline.max_runs == 0 || busy(pipeline.id) < pipeline.max_runs) && room_in_pool(pipeline);
}

void TriggerEngine::Work::advance_plan(std::int64_t id) {
  const auto plan = tables_.plans.plans.share(id);
  if (!plan || plan->status != PlanStatus::ACCEPTED) return;
  const auto parts = tables_.plans.parts_of(id);
  auto started = tables_.plans.count(id, PlanKeyState::STARTED);
  const auto most = engine_.options_.starts_per_command;
  const auto spent = [&] { return starts_ >= most || plan_starts_ >= most; };
  const auto later = [&] { look_at_plan(id); };

  // Each start takes its key out of the READY ones, so the place is looked for anew.
  const auto& by_date = tables_.plans.keys.index<by_state>();
  auto next_ready = by_date.lower_bound(std::make_tuple(id, PlanKeyState::READY));
  while (next_ready != by_date.end() && (*next_ready)->plan == id && (*next_ready)->state == PlanKeyState::READY) {
    if (started >= plan->parallel) return;
    if (spent()) return later();
    const auto key = *next_ready;
    const auto* pipeline = tables_.find_pipeline(key->pipeline);
    if (pipeline != nullptr && room_for(*pipeline))
      started += start_plan_key(*plan, *tables_.plans.parts.share(std::make_tuple(id, key->pipeline)), key->window);
    next_ready = by_date.upper_bound(
        std::make_tuple(id, PlanKeyState::READY, key->date, key->place, key->pipeline, key->window));
  }
  for (const auto& part : parts) {
    if (!part->open || part->linked) continue;
    // The next window is the one after the last that has a row: they are taken in order.
    const auto& keys = tables_.plans.keys.rows();
    const auto after = keys.upper_bound(std::make_tuple(id, part->pipeline));
    auto next = part->windows.begin();
    if (after != keys.begin()) {
      const auto& newest = **std::prev(after);
      if (newest.plan == id && newest.pipeline == part->pipeline)
        next = std::ranges::upper_bound(part->windows, newest.window);
    }
    const auto pipeline = tables_.pipelines.share(part->pipeline);
    for (; next != part->windows.end() && started < plan->parallel && room_for(*pipeline); ++next) {
      if (spent()) return later();
      started += start_plan_key(*plan, *part, *next);
    }
  }
}

bool TriggerEngine::Work::start_plan_key(const PlanRow& plan, const PlanPartRow& part, std::int64_t window) {
  ++plan_starts_;
  const auto& judge = engine_.judge_;
  const auto leave = [&](const char* why) {
    plan_key_over(plan.id, part.pipeline, window, PlanKeyState::LEFT_ALONE, 0, why);
    return false;
  };
  if (judge.active(part.pipeline, window) || judge.queued(part.pipeline, window)) return leave("it was active");
  if (part.chosen && good_enough(judge.current(part.pipeline, window), plan.redo))
    return leave("it has succeeded meanwhile");
  const auto pipeline = tables_.pipelines.share(part.pipeline);
  Start start;
  start.run = tx_.new_id();
  start.pipeline = part.pipeline;
  start.window = window;
  start.cause = plan.kind == PlanKind::rerun ? RunCause::rerun : RunCause::backfill;
  start.who = plan.who;
  start.plan = plan.id;
  start.why = fmt::format("{} (plan {})", plan.kind == PlanKind::rerun ? "a rerun" : "a backfill", plan.id);
  if (!plan.reason.empty()) start.why += ": " + plan.reason;
  PlanKeyRow key = key_row(part, window, judge.logical_date(*pipeline, window), PlanKeyState::STARTED);
  key.run = start.run;
  tx_.put(tables_.plans.keys, std::move(key));
  enqueue(std::move(start));
  return true;
}

bool TriggerEngine::Work::plan_lets_start(const Start& start, const Judgement& judgement) const {
  if (!judgement.has_condition || judgement.holds) return true;
  const auto* part = tables_.plans.parts.find(std::make_tuple(start.plan, start.pipeline));
  return part == nullptr ||
         by_word(*part, upstreams_in_plan(tables_, engine_.judge_, start.plan, start.pipeline, start.window));
}

void TriggerEngine::Work::plan_run_over(const ActiveRunRow& run, PlanKeyState state, const std::string& why) {
  // A place that is free may be a plan's.
  for (const auto plan : tables_.plans.open_plans(run.pipeline)) look_at_plan(plan);
  if (run.plan == 0) return;
  const auto* key = tables_.plans.key(run.plan, run.pipeline, run.window);
  if (key == nullptr || key->run != run.run) return;
  plan_key_over(run.plan, run.pipeline, run.window, state, run.run, why);
}

void TriggerEngine::Work::plan_key_over(std::int64_t plan, std::int64_t pipeline, std::int64_t window,
                                        PlanKeyState state, std::int64_t run, std::string why) {
  const auto part = tables_.plans.parts.share(std::make_tuple(plan, pipeline));
  const auto row = tables_.pipelines.share(pipeline);
  if (!part || !row) return;
  PlanKeyRow key = key_row(*part, window, engine_.judge_.logical_date(*row, window), state);
  key.run = run;
  key.why = std::move(why);
  tx_.put(tables_.plans.keys, std::move(key));
  look_at_plan(plan);
  // It counts as RUNNING no longer, though no run of it has ended.
  if (run == 0) changed(pipeline, window);
  if (part->open && tables_.plans.count_over(plan, pipeline) == static_cast<int>(part->windows.size()))
    close_part(*part);
}

void TriggerEngine::Work::close_part(const PlanPartRow& row) {
  PlanPartRow part = row;
  part.open = false;
  const auto id = part.plan;
  tx_.put(tables_.plans.parts, std::move(part));
  const auto parts = tables_.plans.parts_of(id);
  if (std::ranges::any_of(parts, [](const auto& p) { return p->open; })) return;
  PlanRow plan = *tables_.plans.plans.find(id);
  if (plan.status == PlanStatus::CANCELLED) return;
  plan.status = PlanStatus::DONE;
  plan.ended = tx_.now();
  tx_.put(tables_.plans.plans, std::move(plan));
}

}  // namespace weir::pipeline
