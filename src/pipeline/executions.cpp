// The seam to the workflow engine: a run is an execution of the pipeline's state machine, owned as "run/ID".
#include <algorithm>
#include <charconv>

#include "api/workflow.hpp"
#include "calendar/window.hpp"
#include "json/described.hpp"
#include "json/text.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/run_input.hpp"
#include "pipeline/synth.hpp"

namespace weir::pipeline {
namespace {

// Results of more upstream runs than this are left out of a run's input (a month of hours): their keys and statuses
// are there, and reading hundreds of stored rows in one command is not.
constexpr std::size_t kUpstreamResults = 64;

std::optional<std::int64_t> run_of(const std::string& owner) {
  constexpr std::string_view kPrefix = "run/";
  if (!owner.starts_with(kPrefix)) return std::nullopt;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(owner.data() + kPrefix.size(), owner.data() + owner.size(), id);
  return error == std::errc{} && end == owner.data() + owner.size() ? std::optional(id) : std::nullopt;
}

// Is there anything in the output of an execution that could be a run's result? Most have none, and then the spec,
// which may have to be read, is not asked in which order the steps stand.
bool has_result(const json::Value& output) {
  if (!output.object()) return false;
  return std::ranges::any_of(*output.object(), [](const auto& member) {
    return member.second.is_object() && !member.second.object()->empty();
  });
}

api::Principal house_of(const AccountId& account) { return {account, "weir", true}; }

std::string date_text(std::chrono::year_month_day d) {
  return to_text(Instant{std::chrono::sys_days{d}}).substr(0, 10);
}

}  // namespace

JsonText PipelineService::shared_result(core::Transaction& tx, const PipelineRow& upstream, const RunRow& run,
                                        const AccountId& reader) {
  if (upstream.account == reader) return run.result;
  if (!shares_result(tx, upstream, reader)) return {};
  const auto spec = spec_of(tx, upstream.id, upstream.version);
  auto value = json::parse(run.result.text);
  if (!value || !value->object()) return {};
  json::Object out;
  for (const auto& name : spec->share->result)
    if (const auto* member = value->find(name)) out[name] = *member;
  return {json::print(out)};
}

JsonText default_parameters(const PipelineSpec& spec) {
  json::Object out;
  for (const auto& [name, parameter] : spec.parameters)
    if (auto value = json::parse(parameter.default_value.text)) out[name] = std::move(*value);
  return {json::print(out)};
}

LaunchFacts launch_facts_of(const PipelineSpec& spec, std::int64_t version, std::string machine, std::string bundle) {
  LaunchFacts facts;
  facts.version = version;
  facts.machine = std::move(machine);
  facts.bundle = std::move(bundle);
  facts.parameters = default_parameters(spec);
  facts.notifies = !spec.notifications.empty();
  facts.shares_result = spec.share && !spec.share->result.empty();
  facts.takes_documents = spec.trigger && takes_documents(*spec.trigger);
  return facts;
}

std::optional<LaunchFacts> PipelineService::launch_facts(core::Transaction& tx, const PipelineRow& row,
                                                         std::int64_t version) {
  if (row.launch.version == version) return row.launch;
  const auto stored = tx.read(tables_.versions, {row.id, version});
  const auto spec = spec_of(tx, row.id, version);
  if (!stored || !spec) return std::nullopt;
  return launch_facts_of(*spec, version, stored->machine, stored->bundle);
}

Result<std::string> PipelineService::launch(core::Transaction& tx, const RunRow& run) {
  const auto row = tables_.pipelines.share(run.pipeline);
  if (row && row->external) return fail("it runs elsewhere", run.name, "start it there; its runs are reported");
  const auto facts = row ? launch_facts(tx, *row, run.version) : std::nullopt;
  if (!facts) return fail("version " + std::to_string(run.version) + " of the pipeline is gone", run.name);

  RunInput input;
  input.run_id = run.run;
  input.pipeline = run.name;
  input.account = run.account;
  input.key = run.label;
  input.bundle = facts->bundle;
  input.missing = run.missing;
  const auto zone = zone_of(*row);
  if (is_calendar(row->grain)) {
    const Window window{row->grain, window_of(*row, run.window)};
    input.date = date_text(first_day(window));
    input.window_start = first_moment(window, zone);
    input.window_end = end_moment(window, zone);
  } else {
    const auto local = zone.to_local(run.logical_date);
    input.date = date_text(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(local)});
    input.window_start = input.window_end = run.logical_date;
  }
  json::Object parameters;
  if (auto defaults = json::parse(facts->parameters.text); defaults && defaults->object())
    parameters = std::move(*defaults->object());
  if (auto given = json::parse(run.parameters.text); given && given->object())
    for (const auto& [name, value] : *given->object()) parameters[name] = value;
  input.parameters.text = json::print(parameters);

  input.takes_documents = facts->takes_documents;
  if (const auto document = run.document != 0 ? tx.read(tables_.documents, {run.document}) : nullptr)
    input.event = RunInput::Event{document->source, document->event, document->time, document->document};

  std::size_t read = 0;
  for (const auto& used : run.used) {
    const auto upstream = tables_.pipelines.share(used.upstream);
    if (!upstream) continue;
    UpstreamInput entry{upstream->name, upstream->account, used.run, "", "", {}, {}};
    if (const auto* fact = tables_.facts.find(used.run)) entry.status = name_of(fact->status);
    if (run.used.size() - read <= kUpstreamResults || run.used.size() <= kUpstreamResults) {
      if (const auto upstream_run = tx.read(tables_.runs, {used.run})) {
        entry.key = upstream_run->label;
        entry.parameters = upstream_run->parameters;
        entry.result = shared_result(tx, *upstream, *upstream_run, run.account);
      }
    }
    ++read;
    input.upstream.push_back(std::move(entry));
  }

  api::StartExecution start;
  if (run.continues != 0) {
    const auto continued = continuation(tx, run);
    if (!continued) return std::unexpected(continued.error());
    input.steps = (*continued)->steps;
    start.start_at = (*continued)->state;
  }

  tx.put(run_steps_, RunStepsRow{run.run, {}});
  Result<std::string> out;
  const auto house = house_of(run.account);
  start.machine = facts->machine;
  start.input.text = execution_input(input);
  start.owner = "run/" + std::to_string(run.run);
  tx.call(
      std::move(start),
      [&](core::Transaction&, api::Reply<api::StartExecutionReply> reply) {
        if (reply)
          out = std::to_string(reply->id);
        else
          out = fail(reply.error().message, "starting the steps of " + run.name);
      },
      &house);
  return out;
}

void PipelineService::halt(core::Transaction& tx, const ActiveRunRow& run) {
  std::int64_t execution = 0;
  std::from_chars(run.execution.data(), run.execution.data() + run.execution.size(), execution);
  if (execution == 0) return;
  const auto* row = tables_.find_pipeline(run.pipeline);
  const auto house = house_of(row ? row->account : tx.account());
  // An execution that has ended meanwhile is as good as stopped.
  tx.call(
      api::StopExecution{execution, "Weir.Stopped", "the run was stopped"},
      [](core::Transaction&, const api::Reply<api::StopExecutionReply>&) {}, &house);
}

void PipelineService::install_executions(core::Registry& registry) {
  registry.observe<api::ExecutionStatusChanged>(
      [this](core::Transaction& tx, const api::ExecutionStatusChanged& changed) {
        const auto run = run_of(changed.owner);
        if (!run || changed.status == api::ExecutionStatus::RUNNING) return;
        const auto status = enum_from<RunStatus>(name_of(changed.status)).value_or(RunStatus::FAILED);
        JsonText result;
        const auto* fact = tables_.facts.find(*run);
        const auto row = fact ? nullptr : tx.read(tables_.runs, {*run});  // ad hoc runs have no fact
        const auto pipeline = fact ? fact->pipeline : row ? row->pipeline : 0;
        const auto version = fact ? fact->version : row ? row->version : 0;
        if (auto output = json::parse(changed.output.text); output && pipeline != 0 && has_result(*output))
          if (const auto spec = spec_of(tx, pipeline, version))
            // The run's result is that of the last step that has one.
            for (const auto& step : spec->steps)
              if (const auto* value = output->find(step.name); value && value->is_object() && !value->object()->empty())
                result.text = json::print(*value);
        engine_.run_ended(tx, *run, status, std::move(result), changed.error, changed.cause);
      });

  registry.observe<api::StepChanged>([this](core::Transaction& tx, const api::StepChanged& changed) {
    const auto run = run_of(changed.owner);
    if (!run) return;
    const auto before = tx.read(run_steps_, {*run});
    RunStepsRow steps = before ? *before : RunStepsRow{*run, {}};
    const auto known = std::ranges::find(steps.items, changed.item);
    const auto seq = static_cast<std::int64_t>(known - steps.items.begin()) + 1;
    StepRow row;
    if (known == steps.items.end()) {
      steps.items.push_back(changed.item);
      tx.put(run_steps_, steps);
      row = StepRow{*run, seq, {changed.state, changed.attempt, "", "", changed.item, changed.at, {}, {}, "", ""}};
    } else if (const auto stored = tx.read(tables_.steps, {*run, seq})) {
      row = *stored;
    }
    // A worker that died is not the step's failure, and people are told so.
    const bool lost = changed.status == api::StepStatus::FAILED && changed.error == kWorkerLost;
    row.info.status = lost ? "LOST" : !changed.skipped.empty() ? "SKIPPED" : std::string(name_of(changed.status));
    if (!changed.worker.empty()) row.info.worker = changed.worker;
    if (changed.status == api::StepStatus::RUNNING) row.info.started = changed.at;
    if (changed.status != api::StepStatus::QUEUED && changed.status != api::StepStatus::RUNNING)
      row.info.ended = changed.at;
    row.info.error = changed.error;
    row.result = changed.result;
    row.info.cause_text = changed.skipped.empty() ? changed.cause : changed.skipped;
    tx.put(tables_.steps, std::move(row));
  });
}

}  // namespace weir::pipeline
