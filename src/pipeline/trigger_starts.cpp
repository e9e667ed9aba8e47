// The rows of a run: as it starts, waits, ends, is marked or given up.
#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"
#include "pipeline/release_policy.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

TriggerEngine::Work::Work(TriggerEngine& engine, core::Transaction& tx)
    : engine_(engine), tables_(engine.tables_), tx_(tx) {
  engine_.judge_.see_also(&pending_keys_);
  engine_.judge_.at(tx.now());
}
TriggerEngine::Work::~Work() { engine_.judge_.see_also(nullptr); }

std::string words_of(const PipelineRow& pipeline, RunCause cause) {
  switch (cause) {
    case RunCause::schedule:
      return fmt::format("the scheduled time of {} has come", pipeline.name);
    case RunCause::condition:
      return "its condition became true";
    case RunCause::person:
      return "started by hand";
    case RunCause::mark:
      return "marked by hand";
    case RunCause::backfill:
      return "a backfill";
    case RunCause::deadline:
      return "its deadline has passed";
    case RunCause::retry:
      return "run again by hand";
    case RunCause::report:
      return "reported from elsewhere";
    case RunCause::rerun:
      return "a rerun";
    case RunCause::event:
      return "a document has come";
  }
  return {};
}

std::vector<std::string> missing_of(const Judgement& judgement) {
  std::vector<std::string> out;
  if (judgement.holds) return out;
  const bool one_of_any =
      std::ranges::any_of(judgement.clauses, [](const auto& c) { return c.met && c.clause->block == Block::anyOf; });
  for (const auto& c : judgement.clauses) {
    if (c.met || (c.clause->block == Block::anyOf && one_of_any)) continue;
    if (std::ranges::find(out, c.clause->upstream_name) == out.end()) out.push_back(c.clause->upstream_name);
  }
  return out;
}

// The values of the key are parameters of the run.
JsonText TriggerEngine::Work::with_key_values(const PipelineRow& pipeline, const Start& start) const {
  const auto values = values_of(tables_, parts_of(pipeline, start.window).values);
  if (values.empty()) return start.parameters;
  auto parameters = json::parse(start.parameters.text.empty() ? "{}" : start.parameters.text);
  if (!parameters || !parameters->is_object()) parameters = json::Value(json::Object{});
  for (const auto& [name, value] : values) (*parameters->object())[name] = value;
  return {json::print(*parameters)};
}

RunRow TriggerEngine::Work::row_of(const PipelineRow& pipeline, const Start& start) const {
  RunRow row;
  row.run = start.run;
  row.pipeline = pipeline.id;
  row.account = pipeline.account;
  row.name = pipeline.name;
  row.window = start.window;
  row.label = engine_.judge_.label_of(pipeline, start.window);
  row.logical_date = engine_.judge_.logical_date(pipeline, start.window);
  if (row.logical_date == Instant{} && !is_calendar(pipeline.grain)) row.logical_date = start.logical_date;
  row.status = RunState::QUEUED;
  row.cause = start.cause;
  row.why = start.why.empty() ? words_of(pipeline, start.cause) : start.why;
  row.version = pipeline.version;
  row.created = start.created == Instant{} ? tx_.now() : start.created;
  row.parameters = with_key_values(pipeline, start);
  row.who = start.who;
  row.continues = start.continues;
  row.now = start.now;
  row.document = document_of(pipeline, start);
  return row;
}

OccurrenceRow TriggerEngine::Work::occurrence_of(const PipelineRow& pipeline, std::int64_t window,
                                                 Instant logical_date) {
  if (const auto* known = tables_.find_occurrence(pipeline.id, window)) return *known;
  OccurrenceRow row;
  row.id = tx_.new_id();
  row.pipeline = pipeline.id;
  row.window = window;
  row.logical_date = logical_date;
  return row;
}

void TriggerEngine::Work::tell(const RunRow& row) {
  tx_.emit(
      api::RunStatusChanged{row.run, row.name, row.account, row.label, std::string(name_of(row.status)), tx_.now()});
}

void TriggerEngine::Work::keep_evidence(OccurrenceRow& occurrence, const PipelineRow& pipeline,
                                        const Judgement& judgement, std::int64_t run, const std::string& decision,
                                        const std::string& rule, std::int64_t& id) {
  EvidenceRow row;
  id = row.id = tx_.new_id();
  row.pipeline = pipeline.id;
  row.window = occurrence.window;
  row.label = engine_.judge_.label_of(pipeline, occurrence.window);
  row.at = tx_.now();
  row.decision = decision;
  row.rule = rule;
  row.run = run;
  row.clauses = engine_.states(judgement);
  tx_.put(tables_.evidence, std::move(row));
  occurrence.evidence.push_back(id);
  if (occurrence.evidence.size() > kEvidenceKept) occurrence.evidence.erase(occurrence.evidence.begin());
}

// A run that counts, with this status, as the newest of its occurrence.
RunRow TriggerEngine::Work::record(const PipelineRow& pipeline, const Start& start, const Judgement& judgement,
                                   RunStatus status, const std::string& decision, const std::string& rule) {
  RunRow row = row_of(pipeline, start);
  OccurrenceRow occurrence = occurrence_of(pipeline, start.window, row.logical_date);
  const bool by_rule = start.cause == RunCause::condition || start.cause == RunCause::schedule ||
                       start.cause == RunCause::deadline || start.cause == RunCause::event;
  row.number = ++occurrence.runs;
  if (by_rule) row.firing = ++occurrence.fired;
  if (row.cause == RunCause::condition && row.firing > 1 && start.who.empty() && !start.why.starts_with(kReleased))
    row.why = engine_.judge_.last_firing(pipeline.id, start.window) != nullptr
                  ? "an upstream has a newer run, and the condition is true again"
                  : "its condition became true, after it had started without it";
  row.status = state_of(status);
  row.started = tx_.now();
  if (status != RunStatus::RUNNING) row.ended = tx_.now();
  row.used = judgement.used;
  if (start.cause != RunCause::mark) row.missing = missing_of(judgement);

  RunFactRow fact;
  fact.run = start.run;
  fact.pipeline = pipeline.id;
  fact.window = start.window;
  fact.number = row.number;
  fact.version = judgement.version;
  fact.status = status;
  fact.cause = start.cause;
  fact.complete = judgement.holds || start.cause == RunCause::mark || start.now;
  fact.used = judgement.used;
  fact.met = judgement.met;
  if (const auto* plan = tables_.plans.plans.find(start.plan); plan != nullptr && plan->quiet) fact.quiet = start.plan;
  if (status != RunStatus::RUNNING) fact.rested = tx_.new_id();

  forget_approval(pipeline.id, start.window);
  const auto key = std::make_tuple(pipeline.id, start.window);
  if (const auto waits = tables_.releases.share(key)) tx_.erase(tables_.releases, *waits);
  if (const auto missed = tables_.missed.share(key)) tx_.erase(tables_.missed, *missed);
  occurrence.skipped = false;
  occurrence.skip = 0;
  occurrence.current = start.run;
  occurrence.status = status;
  occurrence.started = tx_.now();
  occurrence.ended = row.ended.value_or(Instant{});
  if (fact.complete && occurrence.condition_version == 0) occurrence.condition_version = pipeline.version;
  keep_evidence(occurrence, pipeline, judgement, start.run, decision, rule, row.evidence);
  tx_.put(tables_.occurrences, std::move(occurrence));
  if (pipeline.grain == Grain::none && fact.complete) forget_arrivals(pipeline);
  const bool whole = fact.complete || !by_rule;
  tx_.put(tables_.facts, std::move(fact));
  tx_.put(tables_.runs, row);
  note_arrival(pipeline, start.window);
  if (whole)
    close_alert(pipeline, start.window, api::AlertKind::LATE_START, "RECOVERED",
                fmt::format("run {} has started", start.run));
  if (status == RunStatus::SUCCEEDED)
    close_alert(pipeline, start.window, api::AlertKind::LATE_FINISH, "RECOVERED",
                fmt::format("run {} has succeeded", start.run));
  return row;
}

void TriggerEngine::Work::begin(const PipelineRow& pipeline, const Start& start, const Judgement& judgement,
                                const std::string& decision, const std::string& rule) {
  ++starts_;
  const RunRow row = record(pipeline, start, judgement, RunStatus::RUNNING, decision, rule);
  ActiveRunRow active;
  active.run = start.run;
  active.pipeline = pipeline.id;
  active.window = start.window;
  active.status = RunState::RUNNING;
  active.cause = start.cause;
  active.since = tx_.now();
  active.plan = start.plan;
  active.pool = pipeline.pool;
  tx_.put(tables_.active, std::move(active));
  changed(pipeline.id, start.window);
  tell(row);
  launch(row);
}

void TriggerEngine::Work::launch(const RunRow& row) {
  const auto execution = engine_.launch_(tx_, row);
  if (!execution) {
    end(row.run, RunStatus::FAILED, {}, "Weir.NotStarted", execution.error().text());
    return;
  }
  // It may have ended already.
  const auto* still = tables_.active.find(row.run);
  if (still == nullptr || execution->empty()) return;
  ActiveRunRow active = *still;
  active.execution = *execution;
  tx_.put(tables_.active, std::move(active));
  if (const auto stands = tx_.read(tables_.runs, {row.run})) {
    RunRow with = *stands;
    with.execution = *execution;
    tx_.put(tables_.runs, std::move(with));
  }
}

void TriggerEngine::Work::end(std::int64_t run, RunStatus status, JsonText result, std::string error,
                              std::string cause_text, bool superseded) {
  const auto active = tables_.active.share(run);
  if (!active || active->status != RunState::RUNNING || status == RunStatus::RUNNING) return;
  const auto whole = tx_.read(tables_.runs, {run});
  tx_.erase(tables_.active, *active);
  look_at_pool(active->pool);
  if (const auto* fact = tables_.facts.find(run)) {
    RunFactRow row = *fact;
    row.status = status;
    row.superseded = superseded;
    row.rested = tx_.new_id();
    tx_.put(tables_.facts, std::move(row));
  }
  if (const auto* known = tables_.find_occurrence(active->pipeline, active->window);
      known != nullptr && known->current == run) {
    OccurrenceRow row = *known;
    row.status = status;
    row.ended = tx_.now();
    tx_.put(tables_.occurrences, std::move(row));
  }
  if (whole) {
    RunRow row = *whole;
    row.status = state_of(status);
    row.superseded = superseded;
    row.ended = tx_.now();
    row.result = std::move(result);
    row.error = std::move(error);
    row.cause_text = std::move(cause_text);
    tell(row);
    tx_.put(tables_.runs, std::move(row));
  }
  plan_run_over(*active, *enum_from<PlanKeyState>(name_of(status)), {});
  if (superseded) engine_.halt_(tx_, *active);
  if (!active->adhoc && status == RunStatus::SUCCEEDED)
    close_alert(*tables_.pipelines.share(active->pipeline), active->window, api::AlertKind::LATE_FINISH, "RECOVERED",
                fmt::format("run {} has succeeded", run));
  if (!active->adhoc) changed(active->pipeline, active->window);
}

void TriggerEngine::Work::withdraw(const PipelineRow& pipeline, std::int64_t run, std::int64_t window, RunState as,
                                   const std::string& why, const Judgement* judgement) {
  if (const auto whole = tx_.read(tables_.runs, {run})) {
    RunRow row = *whole;
    row.status = as;
    row.ended = tx_.now();
    row.cause_text = why;
    tell(row);
    if (judgement != nullptr) {
      OccurrenceRow occurrence = occurrence_of(pipeline, window, row.logical_date);
      keep_evidence(occurrence, pipeline, *judgement, run, "WITHDRAWN", "rule 2: " + why, row.evidence);
      tx_.put(tables_.occurrences, std::move(occurrence));
    }
    tx_.put(tables_.runs, std::move(row));
  }
  changed(pipeline.id, window);
}

RunRow TriggerEngine::Work::start_adhoc(Start start) {
  ++starts_;
  const auto pipeline = tables_.pipelines.share(start.pipeline);
  RunRow row = row_of(*pipeline, start);
  row.adhoc = true;
  row.status = RunState::RUNNING;
  row.started = tx_.now();
  ActiveRunRow active;
  active.run = start.run;
  active.pipeline = start.pipeline;
  active.window = start.window;
  active.status = RunState::RUNNING;
  active.cause = start.cause;
  active.adhoc = true;
  active.since = tx_.now();
  tx_.put(tables_.active, std::move(active));
  tx_.put(tables_.runs, row);
  tell(row);
  launch(row);
  return row;
}

void TriggerEngine::Work::note(const PipelineRow& pipeline, std::int64_t window, const std::string& decision,
                               const std::string& rule, std::int64_t run,
                               const std::function<void(OccurrenceRow&)>& change) {
  const auto& judge = engine_.judge_;
  const auto judgement = judge.judge(judge.view_of_key(pipeline.id, window), window);
  OccurrenceRow occurrence = occurrence_of(pipeline, window, judge.logical_date(pipeline, window));
  if (change) change(occurrence);
  std::int64_t id = 0;
  keep_evidence(occurrence, pipeline, judgement, run, decision, rule, id);
  tx_.put(tables_.occurrences, std::move(occurrence));
}

void TriggerEngine::Work::ask(const PipelineRow& pipeline, std::int64_t window) {
  if (tables_.approvals.find(std::make_tuple(pipeline.id, window)) != nullptr) return;
  tx_.put(tables_.approvals, ApprovalRow{pipeline.id, window, tx_.now()});
  note(pipeline, window, "ASKED", "rule 3: an upstream was corrected; with onUpstreamRerun: ask a person decides");
}

void TriggerEngine::Work::forget_approval(std::int64_t pipeline, std::int64_t window) {
  if (const auto row = tables_.approvals.share(std::make_tuple(pipeline, window))) tx_.erase(tables_.approvals, *row);
}

RunRow TriggerEngine::Work::mark(Start start, RunStatus status) {
  const auto pipeline = tables_.pipelines.share(start.pipeline);
  const auto& judge = engine_.judge_;
  const auto judgement = judge.judge(judge.view_of_key(start.pipeline, start.window), start.window);
  RunRow row = record(*pipeline, start, judgement, status, "MARKED", "rule 15: a person decides");
  tell(row);
  changed(start.pipeline, start.window);
  return row;
}

}  // namespace weir::pipeline
