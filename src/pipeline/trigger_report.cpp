// Rule 16: runs that another system made. Idempotent by their id, ordered by the start they carry; a terminal status
// stays.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/text.hpp"
#include "pipeline/trigger_work.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {

using api::ErrorCode;

RunRow TriggerEngine::Work::report(Start start, Reported reported, bool late) {
  const auto pipeline = tables_.pipelines.share(start.pipeline);
  const bool ended = reported.status != RunStatus::RUNNING;
  RunRow row = row_of(*pipeline, start);
  if (!late) {
    const auto judgement = engine_.judge_.judge(engine_.judge_.view_in_force(*pipeline), start.window);
    row = record(*pipeline, start, judgement, reported.status, "REPORTED", "rule 16: reported from elsewhere");
    OccurrenceRow occurrence = *tables_.find_occurrence(start.pipeline, start.window);
    occurrence.started = reported.started;
    if (ended) occurrence.ended = reported.ended.value_or(tx_.now());
    tx_.put(tables_.occurrences, std::move(occurrence));
  }
  row.status = state_of(reported.status);
  row.started = reported.started;
  if (ended) row.ended = reported.ended.value_or(tx_.now());
  row.result = std::move(reported.result);
  row.error = std::move(reported.error);
  row.cause_text = std::move(reported.cause);
  tx_.put(tables_.runs, row);
  tell(row);
  if (late) return row;
  if (!ended) {
    ActiveRunRow active;
    active.run = start.run;
    active.pipeline = start.pipeline;
    active.window = start.window;
    active.status = RunState::RUNNING;
    active.cause = start.cause;
    active.since = reported.started;
    tx_.put(tables_.active, std::move(active));
  }
  changed(start.pipeline, start.window);
  return row;
}

void TriggerEngine::Work::report_end(std::int64_t run, Reported reported) {
  const auto at = reported.ended.value_or(tx_.now());
  if (const auto active = tables_.active.share(run)) {
    end(run, reported.status, std::move(reported.result), std::move(reported.error), std::move(reported.cause));
    const auto* known = tables_.find_occurrence(active->pipeline, active->window);
    if (known != nullptr && known->current == run) {
      OccurrenceRow occurrence = *known;
      occurrence.ended = at;
      tx_.put(tables_.occurrences, std::move(occurrence));
    }
  }
  const auto stands = tx_.read(tables_.runs, {run});
  if (!stands) return;
  RunRow row = *stands;
  const bool was_late = row.status == RunState::RUNNING;  // counted for nobody, so nothing else has ended
  if (was_late) {
    row.status = state_of(reported.status);
    row.result = std::move(reported.result);
    row.error = std::move(reported.error);
    row.cause_text = std::move(reported.cause);
  }
  row.ended = at;
  if (was_late) tell(row);
  tx_.put(tables_.runs, std::move(row));
}

namespace {

Result<RunStatus> status_of(const std::string& text) {
  const auto status = enum_from<RunStatus>(text == "SUCCESS" ? "SUCCEEDED" : text);
  if (!status)
    return fail(fmt::format("'{}' is no status of a run", text), "status",
                "one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED");
  return *status;
}

std::optional<Problem> bad_sizes(const api::ReportRun& request) {
  if (request.run_id.size() > limits::kReportIdBytes)
    return Problem{fmt::format("the run's id has {} bytes", request.run_id.size()), "run_id",
                   fmt::format("at most {}", limits::kReportIdBytes)};
  if (request.result.text.size() > limits::kPayloadBytes)
    return Problem{fmt::format("the result has {} bytes", request.result.text.size()), "result",
                   fmt::format("at most {}; report a reference instead", limits::kPayloadBytes)};
  if (request.error.size() > limits::kErrorBytes)
    return Problem{fmt::format("the error has {} bytes", request.error.size()), "error",
                   fmt::format("at most {}; `cause` has room for more", limits::kErrorBytes)};
  if (request.cause.size() > limits::kCauseBytes)
    return Problem{fmt::format("the cause has {} bytes", request.cause.size()), "cause",
                   fmt::format("at most {}", limits::kCauseBytes)};
  return std::nullopt;
}

}  // namespace

api::Reply<api::ReportReply> TriggerEngine::report(core::Transaction& tx, const PipelineRow& row,
                                                   const api::ReportRun& request) {
  const PipelineRow pipeline = row;
  if (!pipeline.external)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("{} is not external: Weir runs it, and knows its runs. `weir mark` decides about a "
                                   "window",
                                   pipeline.name));
  const auto status = status_of(request.status);
  if (!status) return api::refuse({status.error()});
  if (const auto problem = bad_sizes(request)) return api::refuse({*problem});
  Work::Reported reported{
      *status, request.started.value_or(tx.now()), request.ended, request.result, request.error, request.cause};
  const auto unchanged = [&](const RunRow& known, std::string why) {
    return api::ReportReply{info(known), false, std::move(why)};
  };

  // The run that is meant.
  std::int64_t run = 0;
  if (!request.run_id.empty())
    if (const auto known = tx.read(tables_.reported_runs, {pipeline.id, request.run_id})) run = known->run;
  std::int64_t window = 0;
  if (run == 0) {
    const auto key = choose_key(tables_, pipeline, request.date, request.parameters);
    if (!key) return api::refuse({key.error()});
    const auto choice = choose_window(pipeline, nullptr, key->date.value_or(to_text(reported.started)), tx.now());
    if (!choice) return api::refuse({choice.error()});
    const auto values = intern(tx, tables_, key->values);
    if (!values) return api::refuse({values.error()});
    window = key_of(pipeline, choice->window, *values);
    reported.started = std::min(reported.started, reported.ended.value_or(reported.started));
    const auto* current = judge_.current(pipeline.id, window);
    if (request.run_id.empty() && !request.started && current != nullptr && current->status == RunStatus::RUNNING)
      run = current->run;
    if (run == 0) {
      Work::Start start;
      start.run = tx.new_id();
      start.pipeline = pipeline.id;
      start.window = is_calendar(pipeline.grain) ? window : key_of(pipeline, start.run, *values);
      start.cause = RunCause::report;
      start.who = tx.principal().who;
      start.parameters = request.parameters;
      start.logical_date = choice->logical_date;
      const auto* occurrence = tables_.find_occurrence(pipeline.id, start.window);
      const bool late = occurrence != nullptr && occurrence->runs > 0 && reported.started < occurrence->started;
      start.why = fmt::format("reported by {}{}", start.who,
                              request.run_id.empty() ? std::string() : ", who calls it " + request.run_id);
      if (late) start.why += fmt::format("; it started before run {}, so it counts for nobody", occurrence->current);
      if (!request.run_id.empty())
        tx.put(tables_.reported_runs, ReportedRunRow{pipeline.id, request.run_id, start.run});
      Scope work(*this, tx);
      const RunRow made = work->report(std::move(start), std::move(reported), late);
      work.settle();
      return api::ReportReply{info(made), !late, late ? made.why : std::string()};
    }
  }

  const auto known = tx.read(tables_.runs, {run});
  if (!known) return api::refuse(ErrorCode::NotFound, fmt::format("run {} is gone", run));
  if (known->status != RunState::RUNNING)
    return unchanged(*known, fmt::format("run {} has ended {} already", run, name_of(known->status)));
  if (*status == RunStatus::RUNNING) return unchanged(*known, fmt::format("run {} is known to work", run));
  const bool counts = tables_.active.find(run) != nullptr;
  Scope work(*this, tx);
  work->report_end(run, std::move(reported));
  work.settle();
  return api::ReportReply{info(*tx.read(tables_.runs, {run})), counts,
                          counts ? std::string() : "a later run of the same key is current"};
}

}  // namespace weir::pipeline
