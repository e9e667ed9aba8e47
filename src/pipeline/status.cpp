// What needs somebody now: failures first, each list by owner.
#include <algorithm>

#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kShown = 50;  // of each kind
constexpr int kWaitingWindows = 8;  // of a pipeline

template <class Item>
void by_owner(std::vector<Item>& items) {
  std::ranges::stable_sort(items, {}, &Item::owner);
}

}  // namespace

api::Reply<api::StatusReply> PipelineService::status(core::Transaction& tx, const api::Status& request) {
  api::StatusReply reply;
  const auto mine = [&](std::int64_t pipeline) -> const PipelineRow* {
    const auto* row = tables_.find_pipeline(pipeline);
    return row != nullptr && (request.all || row->account == tx.account()) ? row : nullptr;
  };
  const auto read = [&](std::vector<api::RunInfo>& to, std::int64_t run) {
    if (to.size() < kShown)
      if (const auto row = tx.read(tables_.runs, {run})) to.push_back(engine_.info(*row));
  };
  const auto label_of = [](const PipelineRow& row, std::int64_t window) {
    return is_calendar(row.grain) ? label(Window{row.grain, window}) : "run-" + std::to_string(window);
  };
  const auto add = [&](std::vector<api::StatusItem>& to, const PipelineRow& row, const std::string& window,
                       std::string state, Instant since, std::string next) {
    to.push_back({row.account, row.name, row.owner, window, std::move(state), since, std::move(next)});
  };
  // Newest first, as many as are shown.
  const auto newest = [](std::vector<api::StatusItem>& items) {
    std::ranges::stable_sort(items, std::greater<>{}, &api::StatusItem::since);
    if (items.size() > kShown) items.resize(kShown);
    by_owner(items);
  };

  for (const auto& active : tables_.active.rows())
    if (mine(active->pipeline) != nullptr)
      read(active->status == RunState::RUNNING ? reply.running : reply.queued, active->run);
  for (const auto& alert : tables_.alerts.rows())
    if (const auto* row = mine(alert->pipeline)) {
      const auto window = label_of(*row, alert->window);
      add(reply.late, *row, window, alert->text, alert->raised,
          "weir explain " + full_name(*row) + " --window " + window);
    }
  for (const auto& missed : tables_.missed.rows())
    if (const auto* row = mine(missed->pipeline); row != nullptr && is_calendar(row->grain)) {
      const auto from = label_of(*row, missed->from), to = label_of(*row, missed->window);
      add(reply.missed, *row, to,
          from == to ? "was due, and catchup left it out" : "due since " + from + ", and left out", missed->at,
          "weir backfill " + full_name(*row) + " --from " + from + " --to " + to);
    }
  for (const auto& approval : tables_.approvals.rows())
    if (const auto* row = mine(approval->pipeline)) {
      const auto window = label_of(*row, approval->window);
      add(reply.approvals, *row, window, "an upstream was corrected", approval->since,
          "weir approve " + full_name(*row) + " --window " + window + " --reason WHY");
    }
  for (const auto& pause : tables_.pauses.rows()) {
    if (!request.all && pause->account != tx.account()) continue;
    const auto* row = pause->pipeline == 0 ? nullptr : tables_.find_pipeline(pause->pipeline);
    if (pause->pipeline != 0 && row == nullptr) continue;
    reply.paused.push_back(
        {pause->account, row ? row->name : "", row ? row->owner : "", "", "by " + pause->who + ": " + pause->reason,
         pause->since,
         (row ? "weir resume " + full_name(*row) : "weir resume --all --account " + pause->account.value) +
             " --reason WHY"});
  }

  for (const auto& shared : tables_.pipelines.rows()) {
    if (shared->deleted || (!request.all && shared->account != tx.account())) continue;
    const PipelineRow& row = *shared;
    const auto& occurrences = tables_.occurrences.index<by_window>();
    for (auto at = occurrences.lower_bound(std::make_tuple(row.id + 1)); at != occurrences.begin();) {
      const OccurrenceRow& occurrence = **--at;
      if (occurrence.pipeline != row.id) break;
      if (occurrence.current == 0 || occurrence.status == RunStatus::RUNNING || occurrence.skipped) continue;
      if (occurrence.status != RunStatus::SUCCEEDED)
        read(reply.failed, occurrence.current);
      else if (engine_.out_of_date(occurrence.current))
        read(reply.out_of_date, occurrence.current);
    }
    for (const auto& clause : tables_.clauses_of(row.id, row.version)) {
      const auto upstream = clause->upstream_account.value + "/" + clause->upstream_name;
      if (clause->upstream == 0)
        add(reply.blocked, row, "", "there is no " + upstream, row.deployed, "weir pipelines --all");
      else if (clause->blocked)
        add(reply.blocked, row, "", upstream + " is not shared with this account", row.deployed,
            "weir grant " + clause->upstream_name + " --to " + row.account.value + " --account " +
                clause->upstream_account.value);
    }
    for (const auto window : engine_.waiting_windows(row.id, kWaitingWindows)) {
      if (reply.waiting.size() == kShown) break;
      auto explained = explain_key(tx, PipelineRow(row), window, false);
      if (!explained) return std::unexpected(explained.error());
      reply.waiting.push_back(std::move(*explained));
    }
  }
  const auto runs_newest = [](std::vector<api::RunInfo>& runs) {
    std::ranges::stable_sort(runs, std::greater<>{}, &api::RunInfo::run);
    by_owner(runs);
  };
  for (auto* runs : {&reply.failed, &reply.out_of_date, &reply.queued, &reply.running}) runs_newest(*runs);
  for (auto* items : {&reply.late, &reply.blocked, &reply.missed, &reply.approvals, &reply.paused}) newest(*items);
  return reply;
}

}  // namespace weir::pipeline
