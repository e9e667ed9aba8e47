// What people decide about a window without running anything themselves: skip, accept, approve (rule 15).
#include <fmt/format.h>

#include <algorithm>

#include "api/account.hpp"
#include "pipeline/trigger_work.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {

using api::ErrorCode;

namespace {

api::Reply<void> need_reason(const std::string& reason, std::string_view what) {
  if (!reason.empty()) return {};
  return api::refuse(ErrorCode::InvalidInput, fmt::format("{} needs a reason: it stands in the audit and in the "
                                                          "evidence; add --reason",
                                                          what));
}

}  // namespace

api::Reply<api::DecisionReply> TriggerEngine::skip(core::Transaction& tx, const PipelineRow& pipeline,
                                                   const api::SkipWindow& request) {
  if (auto given = need_reason(request.reason, "a skipped window"); !given) return std::unexpected(given.error());
  const auto window = read_key(tables_, pipeline, request.window);
  if (!window) return api::refuse(ErrorCode::InvalidInput, window.error().text());
  const auto name = judge_.label_of(pipeline, *window);
  if (judge_.active(pipeline.id, *window) || judge_.waits(pipeline.id, *window))
    return api::refuse(
        ErrorCode::Conflict,
        fmt::format("{} {} has a run that works or waits; stop it first, or wait for its end", pipeline.name, name));
  const auto* current = judge_.current(pipeline.id, *window);
  if (current != nullptr && current->status == RunStatus::SUCCEEDED)
    return api::refuse(ErrorCode::Conflict, fmt::format("{} {} has succeeded with run {}: there is nothing to skip",
                                                        pipeline.name, name, current->run));
  if (judge_.skipped(pipeline.id, *window))
    return api::refuse(ErrorCode::Conflict, fmt::format("{} {} is skipped already", pipeline.name, name));
  api::DecisionReply reply;
  reply.pipeline = pipeline.name;
  reply.account = pipeline.account;
  reply.window = name;
  reply.decision = "SKIPPED";
  reply.text = fmt::format("{} {} is not needed: clauses on it are satisfied without a run", pipeline.name, name);
  reply.dependants = dependants(pipeline.id);
  tx.emit(api::Audited{"SkipWindow", fmt::format("{} {}", pipeline.name, name), request.reason});
  Scope work(*this, tx);
  work->forget_approval(pipeline.id, *window);
  work->note(pipeline, *window, "SKIPPED",
             fmt::format("rule 15: not needed, says {}: {}", tx.principal().who, request.reason), 0,
             [skip = tx.new_id()](OccurrenceRow& occurrence) {
               occurrence.skipped = true;
               occurrence.skip = skip;
             });
  for (const auto kind : {api::AlertKind::LATE_START, api::AlertKind::LATE_FINISH})
    work->close_alert(pipeline, *window, kind, "SKIPPED", "the window is not needed");
  work->changed(pipeline.id, *window);
  work.settle();
  return reply;
}

api::Reply<api::DecisionReply> TriggerEngine::accept(core::Transaction& tx, const PipelineRow& pipeline,
                                                     const api::AcceptWindow& request) {
  if (auto given = need_reason(request.reason, "an accepted run"); !given) return std::unexpected(given.error());
  const auto window = read_key(tables_, pipeline, request.window);
  if (!window) return api::refuse(ErrorCode::InvalidInput, window.error().text());
  const auto name = judge_.label_of(pipeline, *window);
  const auto* current = judge_.current(pipeline.id, *window);
  if (current == nullptr)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("{} {} has no run to accept; 'weir mark' decides without one", pipeline.name, name));
  if (judge_.active(pipeline.id, *window))
    return api::refuse(ErrorCode::Conflict, fmt::format("run {} of {} {} still works; wait for its end, or stop it",
                                                        current->run, pipeline.name, name));
  // The current run counts for clauses, the last firing for rule 3; they may be two.
  std::vector<RunFactRow> accepted;
  for (const auto* fact : {current, judge_.last_firing(pipeline.id, *window)}) {
    if (fact == nullptr || (!accepted.empty() && accepted.front().run == fact->run)) continue;
    const auto newer = judge_.newer_than_used(*fact);
    if (newer.empty()) continue;
    RunFactRow changed = *fact;
    std::erase_if(changed.accepted, [&](const AcceptedRuns& old) {
      return std::ranges::any_of(
          newer, [&](const AcceptedRuns& a) { return a.upstream == old.upstream && a.window == old.window; });
    });
    changed.accepted.insert(changed.accepted.end(), newer.begin(), newer.end());
    accepted.push_back(std::move(changed));
  }
  if (accepted.empty())
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("run {} of {} {} is {} and not out of date: there is nothing to accept",
                                   current->run, pipeline.name, name, name_of(current->status)));
  const auto run = current->run;
  api::DecisionReply reply;
  reply.pipeline = pipeline.name;
  reply.account = pipeline.account;
  reply.window = name;
  reply.decision = "ACCEPTED";
  std::string newer;
  for (const auto& a : accepted.front().accepted) {
    const auto* upstream = tables_.pipelines.find(a.upstream);
    if (upstream != nullptr)
      newer += fmt::format("{}{} {}", newer.empty() ? "" : ", ", upstream->name, judge_.label_of(*upstream, a.window));
  }
  reply.text =
      fmt::format("run {} of {} {} is good enough, although newer runs exist of {}", run, pipeline.name, name, newer);
  reply.dependants = dependants(pipeline.id);
  tx.emit(api::Audited{"AcceptWindow", fmt::format("run {} of {} {}", run, pipeline.name, name), request.reason});
  Scope work(*this, tx);
  for (auto& fact : accepted) tx.put(tables_.facts, std::move(fact));
  work->forget_approval(pipeline.id, *window);
  work->note(pipeline, *window, "ACCEPTED",
             fmt::format("rule 15: good enough, says {}: {}", tx.principal().who, request.reason), run);
  work->changed(pipeline.id, *window);
  // What used it is as good as it is, and so on.
  for (const auto& [p, w] : dependent_keys(pipeline.id, *window)) work->changed(p, w);
  work.settle();
  if (const auto whole = tx.read(tables_.runs, {run})) reply.run = info(*whole);
  return reply;
}

// The keys whose runs lead back to this occurrence.
std::set<std::pair<std::int64_t, std::int64_t>> TriggerEngine::dependent_keys(std::int64_t pipeline,
                                                                              std::int64_t window) const {
  constexpr std::size_t kLooked = 512;
  std::set<KeyName> out;
  std::vector<KeyName> open{{pipeline, window}};
  while (!open.empty() && out.size() < kLooked) {
    const auto [p, w] = open.back();
    open.pop_back();
    for (const auto& key : affected_keys(tables_, judge_, p, w)) {
      const auto* run = judge_.current(key.first, key.second);
      if (run == nullptr || std::ranges::none_of(run->used, [&, up = p, of = w](const UsedRun& u) {
            return u.upstream == up && u.window == of;
          }))
        continue;
      if (out.insert(key).second) open.push_back(key);
    }
  }
  return out;
}

api::Reply<api::DecisionReply> TriggerEngine::approve(core::Transaction& tx, const PipelineRow& pipeline,
                                                      const api::ApproveWindow& request) {
  if (auto given = need_reason(request.reason, "an approval"); !given) return std::unexpected(given.error());
  std::vector<std::int64_t> waiting;
  std::string waiting_words;
  const auto [first, last] = tables_.approvals.rows().equal_range(std::make_tuple(pipeline.id));
  for (auto at = first; at != last; ++at) {
    waiting.push_back((*at)->window);
    waiting_words += (waiting_words.empty() ? "" : ", ") + judge_.label_of(pipeline, (*at)->window);
  }
  if (waiting.empty())
    return api::refuse(ErrorCode::Conflict, fmt::format("nothing of {} waits for an approval; 'weir explain {}' says "
                                                        "what it waits for",
                                                        pipeline.name, pipeline.name));
  std::int64_t window = waiting.front();
  if (request.window) {
    const auto asked = read_key(tables_, pipeline, *request.window);
    if (!asked) return api::refuse(ErrorCode::InvalidInput, asked.error().text());
    window = *asked;
  } else if (waiting.size() > 1) {
    return api::refuse(
        ErrorCode::InvalidInput,
        fmt::format("{} windows wait for an approval: {}; name one with --window", waiting.size(), waiting_words));
  }
  const auto name = judge_.label_of(pipeline, window);
  if (std::ranges::find(waiting, window) == waiting.end())
    return api::refuse(ErrorCode::Conflict, fmt::format("{} {} does not wait for an approval; these do: {}",
                                                        pipeline.name, name, waiting_words));
  // It was asked for when an upstream was corrected; what is true now may be another thing.
  judge_.at(tx.now());
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const auto judgement = judge_.judge(judge_.view_of_key(pipeline.id, window), window);
  if (!judge_.fires(pipeline, trigger != nullptr ? &trigger->spec : nullptr, window, judgement))
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("{} {} does not wait for an approval any more, its condition no longer holds; 'weir "
                                   "explain {} --window \"{}\"' says what it waits for",
                                   pipeline.name, name, pipeline.name, name));
  api::DecisionReply reply;
  reply.pipeline = pipeline.name;
  reply.account = pipeline.account;
  reply.window = name;
  reply.decision = "APPROVED";
  reply.text = fmt::format("{} {} runs again on the newest correction", pipeline.name, name);
  reply.dependants = dependants(pipeline.id);
  tx.emit(api::Audited{"ApproveWindow", fmt::format("{} {}", pipeline.name, name), request.reason});
  Work::Start start;
  start.pipeline = pipeline.id;
  start.window = window;
  start.who = tx.principal().who;
  start.why = fmt::format("approved by {}: {}", start.who, request.reason);
  Scope work(*this, tx);
  work->forget_approval(pipeline.id, window);
  const auto run = work->enqueue(std::move(start));
  work.settle();
  if (const auto whole = tx.read(tables_.runs, {run})) reply.run = info(*whole);
  return reply;
}

}  // namespace weir::pipeline
