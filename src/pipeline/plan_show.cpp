// Plans as people see them.
#include <algorithm>

#include "base/limits.hpp"
#include "pipeline/trigger_engine.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kHeldShown = 500;

std::string full_name(const PipelineRow& row) { return row.account.value + "/" + row.name; }

}  // namespace

api::PlanInfo TriggerEngine::plan_info(const PlanRow& plan) const {
  api::PlanInfo out;
  out.plan = plan.id;
  out.kind = name_of(plan.kind);
  out.status = name_of(plan.status);
  out.account = plan.account;
  if (const auto* row = tables_.pipelines.find(plan.pipeline)) out.pipeline = full_name(*row);
  out.from = plan.from;
  out.to = plan.to;
  out.quiet = plan.quiet;
  out.redo = name_of(plan.redo);
  out.parallel = plan.parallel;
  out.who = plan.who;
  out.reason = plan.reason;
  out.created = plan.created;
  out.accepted = plan.accepted;
  out.ended = plan.ended;
  out.keys = plan.keys;
  out.in_other_accounts = plan.elsewhere;
  if (plan.id == 0) return out;
  out.started = tables_.plans.count(plan.id, PlanKeyState::STARTED);
  out.over = tables_.plans.count_over(plan.id);
  for (const auto state : {PlanKeyState::FAILED, PlanKeyState::TIMED_OUT, PlanKeyState::ABORTED})
    out.failed += tables_.plans.count(plan.id, state);
  return out;
}

api::PlanReply TriggerEngine::plan_reply(const PlanRow& plan, const std::vector<PlanPartRow>& parts,
                                         std::optional<std::int64_t> after, int limit) const {
  api::PlanReply out;
  out.plan = plan_info(plan);
  out.left_out = plan.left_out;
  std::int64_t place = 0;
  for (const auto& part : parts) {
    const auto* row = tables_.pipelines.find(part.pipeline);
    if (row == nullptr) continue;
    api::PlanPipelineInfo summary;
    summary.pipeline = row->name;
    summary.account = row->account;
    summary.owner = row->owner;
    summary.keys = static_cast<int>(part.windows.size());
    if (!part.windows.empty()) {
      summary.first = judge_.label_of(*row, part.windows.front());
      summary.last = judge_.label_of(*row, part.windows.back());
    }
    for (const auto w : part.left) summary.left_alone.push_back(judge_.label_of(*row, w));
    if (plan.id != 0) summary.over = tables_.plans.count_over(plan.id, part.pipeline);
    for (const auto w : part.windows) {
      const auto* key = plan.id != 0 ? tables_.plans.key(plan.id, part.pipeline, w) : nullptr;
      const auto state = key != nullptr ? key->state : PlanKeyState::READY;
      summary.failed +=
          state == PlanKeyState::FAILED || state == PlanKeyState::TIMED_OUT || state == PlanKeyState::ABORTED;
      ++place;
      if (after && place <= *after) continue;
      if (static_cast<int>(out.keys.size()) >= limit) {
        if (!out.next) out.next = place - 1;
        continue;
      }
      api::PlanKeyInfo info;
      info.pipeline = row->name;
      info.account = row->account;
      info.owner = row->owner;
      info.window = judge_.label_of(*row, w);
      if (const auto* current = judge_.current(part.pipeline, w)) info.last = name_of(current->status);
      info.state = key != nullptr ? name_of(key->state) : "WAITING";
      if (plan.status == PlanStatus::CANCELLED && (key == nullptr || state == PlanKeyState::READY))
        info.state = "CANCELLED";
      if (key != nullptr) info.why = key->why;
      if (key != nullptr && key->run != 0) info.run = key->run;
      out.keys.push_back(std::move(info));
    }
    out.pipelines.push_back(std::move(summary));
  }
  const auto [first, last] = tables_.plans.held.rows().equal_range(std::make_tuple(plan.id));
  for (auto at = first; at != last && out.held.size() < kHeldShown; ++at) {
    const auto* row = tables_.pipelines.find((*at)->pipeline);
    if (row == nullptr) continue;
    api::PlanKeyInfo info;
    info.pipeline = row->name;
    info.account = row->account;
    info.owner = row->owner;
    info.window = judge_.label_of(*row, (*at)->window);
    if (const auto* current = judge_.current(row->id, (*at)->window)) info.last = name_of(current->status);
    info.state = "HELD";
    out.held.push_back(std::move(info));
  }
  return out;
}

api::Reply<api::PlanReply> TriggerEngine::describe_plan(const api::DescribePlan& request) const {
  const auto* plan = tables_.plans.plans.find(request.plan);
  if (plan == nullptr)
    return api::refuse(api::ErrorCode::NotFound,
                       "there is no plan " + std::to_string(request.plan) + "; 'weir plan list' lists them");
  std::vector<PlanPartRow> parts;
  for (const auto& part : tables_.plans.parts_of(plan->id)) parts.push_back(*part);
  return plan_reply(*plan, parts, request.after, std::clamp(request.limit, 0, limits::kQueryPageRows));
}

api::ListPlansReply TriggerEngine::list_plans(const AccountId& account, const api::ListPlans& request) const {
  api::ListPlansReply out;
  const auto& rows = tables_.plans.plans.rows();
  const auto most = static_cast<std::size_t>(std::clamp(request.limit, 1, limits::kQueryPageRows));
  for (auto at = rows.rbegin(); at != rows.rend() && out.plans.size() < most; ++at)
    if (request.all || (*at)->account == account) out.plans.push_back(plan_info(**at));
  return out;
}

}  // namespace weir::pipeline
