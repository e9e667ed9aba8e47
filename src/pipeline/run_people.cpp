// What people do to runs: start, stop, run again, mark.
#include <fmt/format.h>

#include <algorithm>

#include "api/account.hpp"
#include "pipeline/trigger_work.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {

using api::ErrorCode;

api::Reply<api::StartRunReply> TriggerEngine::start_run(core::Transaction& tx, const PipelineRow& row,
                                                        const api::StartRun& request) {
  const PipelineRow pipeline = row;
  if (request.now && request.adhoc)
    return api::refuse(ErrorCode::InvalidInput,
                       "an ad hoc run counts for nobody, so it cannot be the firing: leave out "
                       "one of --now and --adhoc");
  if (request.now && request.reason.empty())
    return api::refuse(ErrorCode::InvalidInput,
                       "a start with what there is needs a reason: it stands in the audit; add --reason");
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const auto key = choose_key(tables_, pipeline, request.date, request.parameters);
  if (!key) return api::refuse(ErrorCode::InvalidInput, key.error().text());
  const auto choice = choose_window(pipeline, trigger, key->date, tx.now());
  if (!choice) return api::refuse(ErrorCode::InvalidInput, choice.error().text());
  api::StartRunReply reply;
  reply.logical_date_from = choice->from;
  if (!request.adhoc) reply.dependants = dependants(pipeline.id);
  const auto run = request.dry_run ? 0 : tx.new_id();
  const auto own = is_calendar(pipeline.grain) ? choice->window : run;
  if (request.dry_run) {
    RunRow would;
    would.pipeline = pipeline.id;
    would.account = pipeline.account;
    would.name = pipeline.name;
    would.label = is_calendar(pipeline.grain) ? label({pipeline.grain, own}) : "a new one";
    if (is_keyed(pipeline)) would.label += " " + text_of(key->values);
    would.logical_date = choice->logical_date;
    would.cause = RunCause::person;
    would.why = "nothing was started: a dry run";
    would.adhoc = request.adhoc;
    would.version = pipeline.version;
    would.created = tx.now();
    if (const auto seen = number_of(tables_, key->values); seen && is_calendar(pipeline.grain))
      would.missing = missing_of(judge(pipeline.id, key_of(pipeline, own, *seen)));
    reply.run = info(would);
    return reply;
  }
  const auto values = intern(tx, tables_, key->values);
  if (!values) return api::refuse(ErrorCode::LimitExceeded, values.error().text());
  const auto window = key_of(pipeline, own, *values);
  Work::Start start;
  start.run = run;
  start.pipeline = pipeline.id;
  start.window = window;
  start.cause = RunCause::person;
  start.who = tx.principal().who;
  start.parameters = request.parameters;
  start.logical_date = choice->logical_date;
  start.now = request.now;
  start.why = request.now ? "started by hand with what there is" : "started by hand";
  if (!request.reason.empty()) start.why += ": " + request.reason;
  tx.emit(api::Audited{request.now ? "StartRunNow" : "StartRun",
                       pipeline.name + " " + judge_.label_of(pipeline, window), request.reason});
  Scope work(*this, tx);
  if (request.adhoc)
    work->start_adhoc(std::move(start));
  else
    work->enqueue(std::move(start));
  work.settle();
  const auto stands = tx.read(tables_.runs, {run});
  if (stands) reply.run = info(*stands);
  return reply;
}

api::Reply<api::RunInfo> TriggerEngine::stop_run(core::Transaction& tx, const api::StopRun& request) {
  const auto whole = tx.read(tables_.runs, {request.run});
  if (!whole)
    return api::refuse(ErrorCode::NotFound, fmt::format("there is no run {}; 'weir runs' lists them", request.run));
  const auto active = tables_.active.share(request.run);
  if (!active)
    return api::refuse(ErrorCode::Conflict, fmt::format("run {} is {} already", request.run, name_of(whole->status)));
  const auto why = request.reason.empty() ? std::string("stopped by hand") : "stopped by hand: " + request.reason;
  tx.emit(
      api::Audited{"StopRun", fmt::format("run {} of {} {}", request.run, whole->name, whole->label), request.reason});
  Scope work(*this, tx);
  if (active->status == RunState::QUEUED) {
    tx.erase(tables_.active, *active);
    work->plan_run_over(*active, PlanKeyState::ABORTED, why);
    work->withdraw(*tables_.pipelines.share(active->pipeline), request.run, active->window, RunState::ABORTED, why,
                   nullptr);
  } else {
    work->end(request.run, RunStatus::ABORTED, {}, "Weir.Stopped", why);
    halt_(tx, *active);
  }
  work.settle();
  return info(*tx.read(tables_.runs, {request.run}));
}

api::Reply<api::StartRunReply> TriggerEngine::retry_run(core::Transaction& tx, const api::RetryRun& request,
                                                        std::int64_t as, const std::string& step) {
  const auto whole = tx.read(tables_.runs, {request.run});
  if (!whole)
    return api::refuse(ErrorCode::NotFound, fmt::format("there is no run {}; 'weir runs' lists them", request.run));
  const auto* pipeline = tables_.find_pipeline(whole->pipeline);
  if (pipeline == nullptr)
    return api::refuse(ErrorCode::Conflict, fmt::format("the pipeline of run {} was deleted", request.run));
  if (pipeline->external)
    return api::refuse(ErrorCode::Conflict,
                       pipeline->name + " is external: Weir cannot start it. Start it where it runs");
  if (tables_.active.find(request.run) != nullptr)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("run {} is still {}; stop it first, or wait", request.run, name_of(whole->status)));
  api::StartRunReply reply;
  reply.logical_date_from = fmt::format("that of run {}", request.run);
  if (!whole->adhoc) reply.dependants = dependants(whole->pipeline);
  Work::Start start;
  start.run = as != 0 ? as : tx.new_id();
  start.continues = as != 0 ? request.run : 0;
  start.pipeline = whole->pipeline;
  start.window = whole->window;
  start.cause = RunCause::retry;
  start.who = tx.principal().who;
  start.parameters = whole->parameters;
  start.document = whole->document;
  start.logical_date = whole->logical_date;
  start.why = as != 0 ? fmt::format("run {} again from step {}, by hand", request.run, step)
                      : fmt::format("run {} again, by hand", request.run);
  if (!request.reason.empty()) start.why += ": " + request.reason;
  tx.emit(
      api::Audited{"RetryRun", fmt::format("run {} of {} {}", request.run, whole->name, whole->label), request.reason});
  const auto run = start.run;
  Scope work(*this, tx);
  if (whole->adhoc)
    work->start_adhoc(std::move(start));
  else
    work->enqueue(std::move(start));
  work.settle();
  if (const auto stands = tx.read(tables_.runs, {run})) reply.run = info(*stands);
  return reply;
}

api::Reply<api::RunInfo> TriggerEngine::mark(core::Transaction& tx, const PipelineRow& row,
                                             const api::MarkWindow& request) {
  const PipelineRow pipeline = row;
  if (request.reason.empty())
    return api::refuse(ErrorCode::InvalidInput, "a mark needs a reason: it stands in the audit; add --reason");
  const auto status = request.status == "SUCCESS" ? RunStatus::SUCCEEDED
                                                  : enum_from<RunStatus>(request.status).value_or(RunStatus::RUNNING);
  if (status != RunStatus::SUCCEEDED && status != RunStatus::FAILED)
    return api::refuse(ErrorCode::InvalidInput,
                       fmt::format("a window is marked SUCCEEDED or FAILED, not '{}'", request.status));
  const auto key = choose_key(tables_, pipeline, request.window, {});
  if (!key) return api::refuse(ErrorCode::InvalidInput, key.error().text());
  const auto own = read_window(pipeline, key->date.value_or(""));
  if (!own) return api::refuse(ErrorCode::InvalidInput, own.error().text());
  const auto values = intern(tx, tables_, key->values);
  if (!values) return api::refuse(ErrorCode::LimitExceeded, values.error().text());
  const auto window = std::optional(key_of(pipeline, *own, *values));
  const auto name = judge_.label_of(pipeline, *window);
  if (judge_.active(pipeline.id, *window) || judge_.waits(pipeline.id, *window))
    return api::refuse(ErrorCode::Conflict, fmt::format("{} {} has a run that works or waits; stop it first, or wait "
                                                        "for its end",
                                                        pipeline.name, name));
  Work::Start start;
  start.run = tx.new_id();
  start.pipeline = pipeline.id;
  start.window = *window;
  start.cause = RunCause::mark;
  start.who = tx.principal().who;
  start.why = fmt::format("marked {} by {}: {}", name_of(status), start.who, request.reason);
  tx.emit(api::Audited{"MarkWindow", fmt::format("{} {} {}", pipeline.name, name, name_of(status)), request.reason});
  Scope work(*this, tx);
  const RunRow marked = work->mark(std::move(start), status);
  work.settle();
  return info(marked);
}

}  // namespace weir::pipeline
