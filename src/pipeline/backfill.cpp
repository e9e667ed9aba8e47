// Backfills: windows run again by hand, worked off oldest first, `parallel` at a time (the first form of rule 14).
#include <fmt/format.h>

#include <algorithm>

#include <fmt/ranges.h>
#include "api/account.hpp"
#include "pipeline/trigger_work.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {
namespace {

constexpr std::int64_t kWindowsMax = 1'000;

// Has the window what `redo` leaves alone?
bool left_as_it_is(const TriggerJudge& judge, std::int64_t pipeline, std::int64_t window, const std::string& redo) {
  if (judge.active(pipeline, window) || judge.waits(pipeline, window)) return true;
  const auto* run = judge.current(pipeline, window);
  if (redo == "all") return false;
  if (redo == "failed") return run == nullptr || run->status == RunStatus::SUCCEEDED;
  return run != nullptr && run->status == RunStatus::SUCCEEDED;
}

}  // namespace

api::Reply<api::BackfillReply> TriggerEngine::backfill(core::Transaction& tx, const PipelineRow& row,
                                                       const api::Backfill& request) {
  using api::ErrorCode;
  const PipelineRow pipeline = row;
  if (!request.downstream)
    return api::refuse(ErrorCode::InvalidInput,
                       "a backfill starts dependants as any run does; say so with --downstream. Quiet backfills come "
                       "with version 0.2.0");
  if (request.redo != "missing" && request.redo != "failed" && request.redo != "all")
    return api::refuse(ErrorCode::InvalidInput, fmt::format("redo is missing, failed or all, not '{}'", request.redo));
  if (request.parallel < 1) return api::refuse(ErrorCode::InvalidInput, "parallel is 1 or more");
  if (!is_calendar(pipeline.grain))
    return api::refuse(ErrorCode::InvalidInput, fmt::format("{} has the grain {}: it has no windows to fill",
                                                            pipeline.name, name_of(pipeline.grain)));
  if (is_keyed(pipeline))
    return api::refuse(ErrorCode::InvalidInput,
                       fmt::format("the keys of {} have values ({}), which a range of windows does not say; start them "
                                   "one by one with `weir run {} --date D --param {}=VALUE`",
                                   pipeline.name, fmt::join(pipeline.key, ", "), pipeline.name, pipeline.key.front()));
  const auto from = read_window(pipeline, request.from);
  if (!from) return api::refuse(ErrorCode::InvalidInput, "from: " + from.error().text());
  const auto to = read_window(pipeline, request.to);
  if (!to) return api::refuse(ErrorCode::InvalidInput, "to: " + to.error().text());
  if (*to < *from) return api::refuse(ErrorCode::InvalidInput, "'to' lies before 'from'");
  if (*to - *from + 1 > kWindowsMax)
    return api::refuse(ErrorCode::LimitExceeded,
                       fmt::format("{} windows; at most {} in one backfill: split it", *to - *from + 1, kWindowsMax));
  api::BackfillReply reply;
  BackfillRow plan;
  for (auto w = *from; w <= *to; ++w) {
    const bool alone = left_as_it_is(judge_, pipeline.id, w, request.redo);
    (alone ? reply.left_alone : reply.windows).push_back(judge_.label_of(pipeline, w));
    if (!alone) plan.windows.push_back(w);
  }
  if (request.dry_run || plan.windows.empty()) return reply;
  plan.id = reply.backfill = tx.new_id();
  plan.pipeline = pipeline.id;
  plan.parallel = request.parallel;
  plan.redo = request.redo;
  plan.who = tx.principal().who;
  plan.reason = request.reason;
  tx.put(tables_.backfills, std::move(plan));
  tx.emit(api::Audited{
      "Backfill",
      fmt::format("{} {} to {}", pipeline.name, judge_.label_of(pipeline, *from), judge_.label_of(pipeline, *to)),
      request.reason});
  Scope work(*this, tx);
  work->look_at_line(pipeline.id);
  work.settle();
  return reply;
}

void TriggerEngine::advance_backfills(core::Transaction& tx, const PipelineRow& pipeline) {
  const auto [first, last] = tables_.backfills.index<by_pipeline>().equal_range(std::make_tuple(pipeline.id));
  const std::vector<std::shared_ptr<const BackfillRow>> plans(first, last);
  for (const auto& plan : plans) {
    int active = work_->busy_of(pipeline.id, plan->id);
    std::size_t next = 0;
    while (next < plan->windows.size() && active < plan->parallel &&
           work_->starts_ + active < options_.starts_per_command) {
      const auto window = plan->windows[next++];
      if (left_as_it_is(judge_, pipeline.id, window, plan->redo)) continue;
      Work::Start start;
      start.pipeline = pipeline.id;
      start.window = window;
      start.cause = RunCause::backfill;
      start.who = plan->who;
      start.why = plan->reason.empty() ? "a backfill" : "a backfill: " + plan->reason;
      start.backfill = plan->id;
      work_->enqueue(std::move(start));
      ++active;
    }
    if (next == 0) continue;
    if (next == plan->windows.size()) {
      tx.erase(tables_.backfills, *plan);
      continue;
    }
    BackfillRow rest = *plan;
    rest.windows.erase(rest.windows.begin(), rest.windows.begin() + static_cast<std::ptrdiff_t>(next));
    tx.put(tables_.backfills, std::move(rest));
  }
}

int TriggerEngine::Work::busy_of(std::int64_t pipeline, std::int64_t backfill) const {
  const auto [first, last] = tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline));
  return static_cast<int>(std::count_if(first, last, [&](const auto& row) { return row->backfill == backfill; }));
}

}  // namespace weir::pipeline
