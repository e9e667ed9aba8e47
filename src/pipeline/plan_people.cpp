// What people do with plans: make, accept, pause, resume, cancel (rule 14).
#include <fmt/format.h>

#include <algorithm>

#include "api/account.hpp"
#include "base/limits.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

using api::ErrorCode;

namespace {

std::string named(const PlanRow& plan, const PipelineRow* pipeline) {
  return fmt::format("plan {}: {} {} to {}", plan.id, pipeline != nullptr ? pipeline->name : "a deleted pipeline",
                     plan.from, plan.to);
}

std::optional<api::ApiError> too_many_elsewhere(const PlanRow& plan, bool meant) {
  if (meant || plan.elsewhere <= limits::kPlanRunsElsewhere) return std::nullopt;
  return api::refuse(ErrorCode::Conflict,
                     fmt::format("it starts {} runs in other accounts, more than {}: say that this is meant (--yes, or "
                                 "\"others\": true), or leave pipelines out with --only or --except",
                                 plan.elsewhere, limits::kPlanRunsElsewhere))
      .error();
}

}  // namespace

api::Reply<api::PlanReply> TriggerEngine::plan(core::Transaction& tx, const PlanWish& wish, const PlanOrder& order) {
  const PipelineRow pipeline = *tables_.find_pipeline(wish.pipeline);
  if (order.parallel < 1 || order.parallel > limits::kPlanParallel)
    return api::refuse(ErrorCode::InvalidInput,
                       fmt::format("parallel is 1 to {}, not {}", limits::kPlanParallel, order.parallel));
  if (wish.last < wish.first) return api::refuse(ErrorCode::InvalidInput, "the last window lies before the first");
  if (wish.last - wish.first >= limits::kPlanKeys)
    return api::refuse(ErrorCode::LimitExceeded, fmt::format("{} windows; a plan holds at most {} keys: split it",
                                                             wish.last - wish.first + 1, limits::kPlanKeys));
  auto draft = make_plan(tables_, judge_, wish, tx.now());
  if (!draft) return api::refuse(ErrorCode::LimitExceeded, draft.error().text());
  PlanRow plan;
  plan.account = tx.account();
  plan.kind = order.kind;
  plan.pipeline = pipeline.id;
  plan.from = judge_.label_of(pipeline, wish.first);
  plan.to = judge_.label_of(pipeline, wish.last);
  plan.quiet = order.quiet;
  plan.redo = wish.redo;
  plan.parallel = order.parallel;
  plan.keys = draft->keys;
  plan.elsewhere = draft->elsewhere;
  plan.who = tx.principal().who;
  plan.reason = order.reason;
  plan.created = tx.now();
  plan.left_out = std::move(draft->left_out);
  constexpr int kShown = 500;
  if (order.dry_run || plan.keys == 0) return plan_reply(plan, draft->parts, std::nullopt, kShown);
  if (order.accept)
    if (auto no = too_many_elsewhere(plan, order.others)) return std::unexpected(*no);
  plan.id = tx.new_id();
  for (auto& part : draft->parts) {
    part.plan = plan.id;
    tx.put(tables_.plans.parts, part);
  }
  tx.put(tables_.plans.plans, plan);
  tx.emit(api::Audited{plan.kind == PlanKind::rerun ? "Rerun" : "Backfill", named(plan, &pipeline), order.reason});
  if (order.accept) open_plan(tx, plan);
  return plan_reply(*tables_.plans.plans.find(plan.id), draft->parts, std::nullopt, kShown);
}

void TriggerEngine::open_plan(core::Transaction& tx, const PlanRow& row) {
  PlanRow plan = row;
  plan.status = PlanStatus::ACCEPTED;
  plan.accepted = tx.now();
  const auto parts = tables_.plans.parts_of(plan.id);
  for (const auto& known : parts) {
    if (known->windows.empty() || tables_.find_pipeline(known->pipeline) == nullptr) continue;
    PlanPartRow part = *known;
    part.open = true;
    tx.put(tables_.plans.parts, std::move(part));
  }
  const auto id = plan.id;
  tx.put(tables_.plans.plans, std::move(plan));
  Scope work(*this, tx);
  for (const auto& part : tables_.plans.parts_of(id))
    if (part->open) work->look_at_part(*part);
  work->look_at_plan(id);
  work.settle();
}

api::Reply<std::shared_ptr<const PlanRow>> TriggerEngine::own_plan(core::Transaction& tx, std::int64_t id) const {
  auto plan = tables_.plans.plans.share(id);
  if (!plan)
    return api::refuse(ErrorCode::NotFound, fmt::format("there is no plan {}; 'weir plan list' lists them", id));
  if (plan->account != tx.account())
    return api::refuse(ErrorCode::AccessDenied,
                       fmt::format("plan {} is of account {}; it can be changed there", id, plan->account.value));
  return plan;
}

api::Reply<api::PlanInfo> TriggerEngine::accept(core::Transaction& tx, const api::AcceptPlan& request) {
  const auto plan = own_plan(tx, request.plan);
  if (!plan) return std::unexpected(plan.error());
  if ((*plan)->status != PlanStatus::PROPOSED)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("plan {} is {} already", request.plan, name_of((*plan)->status)));
  if (auto no = too_many_elsewhere(**plan, request.others)) return std::unexpected(*no);
  tx.emit(api::Audited{"AcceptPlan", named(**plan, tables_.find_pipeline((*plan)->pipeline)), request.reason});
  open_plan(tx, **plan);
  return plan_info(*tables_.plans.plans.find(request.plan));
}

api::Reply<api::PlanInfo> TriggerEngine::pause(core::Transaction& tx, const api::PausePlan& request) {
  const auto plan = own_plan(tx, request.plan);
  if (!plan) return std::unexpected(plan.error());
  if ((*plan)->status != PlanStatus::ACCEPTED)
    return api::refuse(ErrorCode::Conflict, fmt::format("plan {} is {}; only an accepted one can be paused",
                                                        request.plan, name_of((*plan)->status)));
  PlanRow row = **plan;
  row.status = PlanStatus::PAUSED;
  tx.put(tables_.plans.plans, row);
  tx.emit(api::Audited{"PausePlan", named(row, tables_.find_pipeline(row.pipeline)), request.reason});
  return plan_info(row);
}

api::Reply<api::PlanInfo> TriggerEngine::resume(core::Transaction& tx, const api::ResumePlan& request) {
  const auto plan = own_plan(tx, request.plan);
  if (!plan) return std::unexpected(plan.error());
  if ((*plan)->status != PlanStatus::PAUSED)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("plan {} is {}, not PAUSED", request.plan, name_of((*plan)->status)));
  PlanRow row = **plan;
  row.status = PlanStatus::ACCEPTED;
  tx.put(tables_.plans.plans, row);
  tx.emit(api::Audited{"ResumePlan", named(row, tables_.find_pipeline(row.pipeline)), request.reason});
  Scope work(*this, tx);
  work->look_at_plan(request.plan);
  work.settle();
  return plan_info(*tables_.plans.plans.find(request.plan));
}

api::Reply<api::PlanInfo> TriggerEngine::cancel(core::Transaction& tx, const api::CancelPlan& request) {
  const auto plan = own_plan(tx, request.plan);
  if (!plan) return std::unexpected(plan.error());
  if ((*plan)->status == PlanStatus::DONE || (*plan)->status == PlanStatus::CANCELLED)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("plan {} is {} already", request.plan, name_of((*plan)->status)));
  PlanRow row = **plan;
  row.status = PlanStatus::CANCELLED;
  row.ended = tx.now();
  tx.put(tables_.plans.plans, row);
  tx.emit(api::Audited{"CancelPlan", named(row, tables_.find_pipeline(row.pipeline)), request.reason});
  Scope work(*this, tx);
  const auto [first, last] =
      tables_.plans.keys.index<by_state>().equal_range(std::make_tuple(row.id, PlanKeyState::STARTED));
  const std::vector<std::shared_ptr<const PlanKeyRow>> started(first, last);
  for (const auto& key : started) {
    const auto active = tables_.active.share(key->run);
    if (!active || active->status != RunState::QUEUED) continue;
    const auto why = fmt::format("plan {} was cancelled", row.id);
    tx.erase(tables_.active, *active);
    work->plan_run_over(*active, PlanKeyState::ABORTED, why);
    work->withdraw(*tables_.pipelines.share(active->pipeline), active->run, active->window, RunState::ABORTED, why,
                   nullptr);
  }
  for (const auto& part : tables_.plans.parts_of(row.id)) {
    if (!part->open) continue;
    work->close_part(*part);
    tx.deliver(tx.account(), PlanReleased{row.id, part->pipeline, 0});
  }
  work.settle();
  return plan_info(*tables_.plans.plans.find(row.id));
}

void TriggerEngine::release(core::Transaction& tx, const PlanReleased& released) {
  const auto part = tables_.plans.parts.share(std::make_tuple(released.plan, released.pipeline));
  if (!part) return;
  const auto size = static_cast<std::int64_t>(part->windows.size());
  const auto end = std::min(size, released.from + limits::kPlanReleasedKeys);
  Scope work(*this, tx);
  for (auto i = released.from; i < end; ++i) {
    const auto window = part->windows[static_cast<std::size_t>(i)];
    if (!tables_.plans.over(part->plan, part->pipeline, window)) work->changed(part->pipeline, window);
  }
  work.settle();
  if (end < size) tx.deliver(tx.account(), PlanReleased{released.plan, released.pipeline, end});
}

}  // namespace weir::pipeline
