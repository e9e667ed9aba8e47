// Why a key ran, did not run, or what it waits for: the stored decisions, and the condition as it stands now.
#include "pipeline/pipeline_service.hpp"
#include "pipeline/release_policy.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kRunsShown = 16;
constexpr std::size_t kMissingNamed = 3;

// For a shell: a key with values has spaces.
std::string quoted_key(const std::string& label) { return label.find(' ') == label.npos ? label : "'" + label + "'"; }

Result<std::int64_t> window_named(const PipelineRow& row, const std::string& text) {
  auto window = parse_window(text, row.grain);
  if (!window) return std::unexpected(std::move(window.error()));
  return window->index;
}

}  // namespace

api::Reply<api::ExplainReply> PipelineService::explain(core::Transaction& tx, const api::Explain& request) {
  auto found = find(tx, request.pipeline, request.account);
  if (!found) return std::unexpected(found.error());
  const PipelineRow row = **found;
  if (request.window) {
    if (!is_calendar(row.grain))
      return api::refuse(api::ErrorCode::InvalidInput, full_name(row) + " has the grain " +
                                                           std::string(name_of(row.grain)) +
                                                           ", so no windows; `weir show RUN` explains a run");
    auto key = is_keyed(row) ? read_key(tables_, row, *request.window) : window_named(row, *request.window);
    if (!key) return api::refuse(std::vector<Problem>{std::move(key.error()).in("window")});
    return explain_key(tx, row, *key, true);
  }
  // The newest key that waits, with some of its clauses met or with a document, else the newest that ran.
  if (const auto waiting = engine_.waiting_windows(row.id, 1); !waiting.empty())
    return explain_key(tx, row, waiting.front(), true);
  const auto& documents = tables_.waiting_documents.index<by_key_of_document>();
  if (auto it = documents.lower_bound(std::make_tuple(row.id + 1));
      it != documents.begin() && (*--it)->pipeline == row.id)
    return explain_key(tx, row, (*it)->window, true);
  const auto& occurrences = tables_.occurrences.index<by_window>();
  auto it = occurrences.lower_bound(std::make_tuple(row.id + 1));
  if (it != occurrences.begin() && (*--it)->pipeline == row.id) return explain_key(tx, row, (*it)->window, true);
  api::ExplainReply reply;
  reply.pipeline = row.name;
  reply.account = row.account;
  reply.sentence = row.sentence;
  reply.state = "nothing has happened yet";
  if (const auto counts = document_counts(row.id)) {
    if (counts->ignored > 0)
      reply.state += "; " + std::to_string(counts->ignored) + " documents were of days before `since`";
    if (counts->refused > 0) reply.state += "; documents were refused, the last one: " + counts->refusal;
    if (!counts->problem.empty()) reply.state += "; the watch for files: " + counts->problem;
  }
  reply.next_command = "weir run " + full_name(row);
  return reply;
}

api::Reply<api::ExplainReply> PipelineService::explain_key(core::Transaction& tx, const PipelineRow& row,
                                                           std::int64_t window, bool whole) {
  api::ExplainReply reply;
  reply.pipeline = row.name;
  reply.account = row.account;
  reply.window = engine_.label_of(row, window);
  reply.sentence = row.sentence;
  const auto judgement = engine_.judge(row.id, window, tx.now());
  auto clauses = engine_.states(judgement);

  const auto* occurrence = tables_.find_occurrence(row.id, window);
  if (whole && occurrence)
    for (const auto id : occurrence->evidence)
      if (const auto stored = tx.read(tables_.evidence, {id}))
        reply.history.push_back({stored->id, stored->at, stored->label, stored->decision, stored->rule,
                                 stored->run ? std::optional(stored->run) : std::nullopt, stored->clauses});
  std::vector<std::int64_t> runs;
  const auto& facts = tables_.facts.index<by_occurrence>();
  for (auto it = facts.lower_bound(std::make_tuple(row.id, window));
       it != facts.end() && (*it)->pipeline == row.id && (*it)->window == window; ++it)
    runs.push_back((*it)->run);
  std::int64_t queued = 0;
  const auto& active = tables_.active.index<by_window>();
  for (auto it = active.lower_bound(std::make_tuple(row.id, window));
       it != active.end() && (*it)->pipeline == row.id && (*it)->window == window; ++it)
    if ((*it)->status == RunState::QUEUED) runs.push_back(queued = (*it)->run);
  if (whole) {
    const auto first = runs.size() > kRunsShown ? runs.size() - kRunsShown : 0;
    for (auto i = first; i < runs.size(); ++i)
      if (const auto run = tx.read(tables_.runs, {runs[i]})) reply.runs.push_back(engine_.info(*run));
  }

  const auto name = full_name(row);
  std::vector<std::string> missing;
  const ClauseRow* first_missing = nullptr;
  std::string first_label;
  for (std::size_t i = 0; i < judgement.clauses.size() && i < clauses.size(); ++i) {
    if (judgement.clauses[i].met) continue;
    missing.push_back(clauses[i].clause);
    if (!first_missing) {
      first_missing = judgement.clauses[i].clause.get();
      const auto* upstream = tables_.pipelines.find(first_missing->upstream);
      if (upstream && !judgement.clauses[i].missing.empty())
        first_label = engine_.label_of(*upstream, judgement.clauses[i].missing.front());
    }
  }
  std::string waits_for;
  for (std::size_t i = 0; i < missing.size() && i < kMissingNamed; ++i)
    waits_for += (waits_for.empty() ? "" : ", ") + missing[i];
  if (missing.size() > kMissingNamed) waits_for += " and " + std::to_string(missing.size() - kMissingNamed) + " more";

  const bool ran = occurrence && occurrence->current != 0;
  const auto current = ran ? std::to_string(occurrence->current) : std::string();
  const auto* approval = tables_.approvals.find(std::make_tuple(row.id, window));
  const auto* pause = tables_.find_pause(row);
  if (occurrence && occurrence->skipped) {
    reply.state = "skipped: not needed";
    reply.next_command = "weir run " + name + " --date " + reply.window;
  } else if (approval) {
    reply.state = "run " + current + " is out of date; an upstream was corrected and it waits for an approval since " +
                  to_text(approval->since);
    reply.next_command = "weir approve " + name + " --window " + reply.window + " --reason WHY";
  } else if (ran && occurrence->status == RunStatus::RUNNING) {
    reply.state = "runs now: run " + current;
    reply.next_command = "weir logs " + current + " --follow";
  } else if (queued) {
    reply.state = "run " + std::to_string(queued) + " waits for " + engine_.waits_for(queued);
    const auto* pool = tables_.pools.find(row.pool);
    reply.next_command =
        pool ? "weir pool show " + pool->name + " --account " + row.account.value : "weir status --all";
  } else if (ran && engine_.out_of_date(occurrence->current)) {
    reply.state = "run " + current + " is out of date" + (waits_for.empty() ? "" : "; waits for " + waits_for);
    reply.next_command = first_missing ? "weir explain " + first_missing->upstream_account.value + "/" +
                                             first_missing->upstream_name +
                                             (first_label.empty() ? "" : " --window " + quoted_key(first_label))
                                       : "weir show " + current;
  } else if (ran) {
    reply.state = "run " + current + " " + std::string(name_of(occurrence->status));
    reply.next_command = occurrence->status == RunStatus::SUCCEEDED ? "weir show " + current : "weir logs " + current;
  } else if (judgement.has_condition && !judgement.holds) {
    reply.state = judgement.mixed ? "every clause is met, but by runs that used different runs of one upstream"
                                  : "waits for " + waits_for;
    if (first_missing)
      reply.next_command = first_missing->upstream == 0
                               ? "weir pipelines --all"
                               : "weir explain " + first_missing->upstream_account.value + "/" +
                                     first_missing->upstream_name +
                                     (first_label.empty() ? "" : " --window " + quoted_key(first_label));
  } else {
    reply.state = "has not run";
    reply.next_command = "weir run " + name + " --date " + quoted_key(reply.window);
  }
  const auto* missed = tables_.missed.find(std::make_tuple(row.id, window));
  if (missed && !ran && !queued) {
    reply.state = "was due and did not run: catchup left it out";
    reply.next_command = "weir backfill " + name + " --from " + reply.window + " --to " + reply.window;
  }
  if (occurrence && !ran && !queued && !is_calendar(row.grain) && !occurrence->evidence.empty())
    if (const auto last = tx.read(tables_.evidence, {occurrence->evidence.back()});
        last && last->decision == "SKIPPED_AT_LIMIT") {
      reply.state = "was skipped (" + last->rule + ")";
      reply.next_command = "weir runs " + name;
    }
  const auto& turns = tables_.waiting_documents.index<by_key_of_document>();
  const auto [d_first, d_last] = turns.equal_range(std::make_tuple(row.id, window));
  if (const auto n = std::distance(d_first, d_last); n > 0) {
    std::string text = (*d_first)->words + (n > 1 ? " and " + std::to_string(n - 1) + " more" : std::string());
    text += (*d_first)->armed ? " waits for its turn" : " waits for the rest of the trigger";
    if (!ran && !queued && judgement.holds && (*d_first)->armed)
      reply.state = text;
    else
      reply.state += "; " + text;
  }
  if (const auto counts = document_counts(row.id)) {
    if (counts->refused > 0)
      reply.state += "; " + std::to_string(counts->refused) + " documents were refused, the last at " +
                     to_text(*counts->refused_at) + ": " + counts->refusal;
    if (!counts->problem.empty()) reply.state += "; the watch for files: " + counts->problem;
  }
  if (const auto* released = tables_.releases.find(std::make_tuple(row.id, window)))
    reply.state += "; " + std::string(kReleased) + released->by + ", it waits for its turn";
  for (const auto kind : {api::AlertKind::LATE_START, api::AlertKind::LATE_FINISH})
    if (const auto* late = tables_.alerts.find(std::make_tuple(row.id, window, kind)))
      reply.state = "late, " + late->text + "; " + reply.state;
  if (pause && !(ran && occurrence->status == RunStatus::RUNNING)) {
    reply.state += "; paused since " + to_text(pause->since) + " by " + pause->who + ": " + pause->reason;
    reply.next_command = pause->pipeline == 0 ? "weir resume --all --reason WHY --account " + row.account.value
                                              : "weir resume " + name + " --reason WHY";
  }
  if (reply.next_command.empty()) reply.next_command = "weir explain " + name;
  if (whole) reply.clauses = std::move(clauses);
  return reply;
}

}  // namespace weir::pipeline
