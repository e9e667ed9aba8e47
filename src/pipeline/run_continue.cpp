// A run continued from a step: a new run of the same occurrence, whose execution begins at that step's state with the
// stored results of the steps before it (weir retry RUN --from STEP).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json/nearest.hpp"
#include "json/text.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/synth.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kAttemptsRead = 200;  // rows that one command fetches, well under limits::kCommandMisses

std::vector<std::int64_t> runs_of(const std::vector<UsedRun>& used) {
  std::vector<std::int64_t> out;
  for (const auto& u : used) out.push_back(u.run);
  std::ranges::sort(out);
  return out;
}

}  // namespace

api::Reply<std::map<std::string, JsonText>> PipelineService::results_of(core::Transaction& tx, const RunRow& run) {
  std::map<std::string, JsonText> out;
  if (run.continues != 0)
    if (const auto before = tx.read(continued_, {run.run}))
      if (const auto steps = json::parse(before->steps.text); steps && steps->object())
        for (const auto& [name, value] : *steps->object()) out[name] = {json::print(value)};
  const auto steps = tx.read(run_steps_, {run.run});
  if (steps && steps->items.size() > kAttemptsRead)
    return api::refuse(api::ErrorCode::LimitExceeded,
                       fmt::format("run {} has {} attempts of steps; at most {} are looked through: run it again whole",
                                   run.run, steps->items.size(), kAttemptsRead));
  for (std::size_t i = 1; steps && i <= steps->items.size(); ++i) {
    const auto step = tx.read(tables_.steps, {run.run, static_cast<std::int64_t>(i)});
    if (step && step->info.status == "SUCCEEDED" && !step->result.text.empty()) out[step->info.step] = step->result;
  }
  return out;
}

api::Reply<api::StartRunReply> PipelineService::retry(core::Transaction& tx, const api::RetryRun& request) {
  using api::ErrorCode;
  const auto run = tx.read(tables_.runs, {request.run});
  const auto row = run ? tables_.pipelines.share(run->pipeline) : nullptr;
  const bool over = run && run->status != RunState::QUEUED && run->status != RunState::RUNNING;
  // What cannot be run again at all is refused there.
  if (!request.from || !row || row->deleted || !over) return engine_.retry_run(tx, request);
  const auto spec = spec_of(tx, row->id, row->version);
  auto results = results_of(tx, *run);
  if (!results) return std::unexpected(results.error());
  if (!spec) return api::refuse(ErrorCode::Internal, fmt::format("{} has no version in force", row->name));

  const auto levels = step_levels(*spec);
  const auto holds = [&](const std::vector<std::string>& level, const auto& is) {
    return std::ranges::any_of(level, is);
  };
  auto level = std::ranges::find_if(
      levels, [&](const auto& l) { return holds(l, [&](const std::string& name) { return name == *request.from; }); });
  if (level == levels.end() && *request.from == "failed") {
    level = std::ranges::find_if(levels, [&](const auto& l) {
      return holds(l, [&](const std::string& name) { return !results->contains(name); });
    });
    if (level == levels.end())
      return api::refuse(ErrorCode::Conflict,
                         fmt::format("every step of run {} has succeeded; name the one to begin at", request.run));
  }
  if (level == levels.end()) {
    std::vector<std::string_view> names;
    for (const auto& step : spec->steps) names.emplace_back(step.name);
    const auto near = json::nearest(*request.from, names);
    return api::refuse(ErrorCode::NotFound,
                       fmt::format("{} has no step '{}' to begin at; {}", row->name, *request.from,
                                   near.empty() ? "'failed' begins at the first that has not succeeded"
                                                : fmt::format("did you mean '{}'?", near)));
  }
  json::Object kept;
  for (auto before = levels.begin(); before != level; ++before)
    for (const auto& name : *before) {
      const auto step = std::ranges::find(spec->steps, name, &StepSpec::name);
      if (step != spec->steps.end() && !step->foreach.empty())
        return api::refuse(ErrorCode::Conflict,
                           fmt::format("step '{}' comes before '{}' and loops (foreach): its results stand one by one, "
                                       "and cannot be given on. Begin at '{}', or run it again whole",
                                       name, *request.from, name));
      if (step != spec->steps.end() && !step->when.empty() && !results->contains(name)) {
        kept[name] = json::Value(nullptr);  // as after a condition that did not hold
        continue;
      }
      const auto result = results->find(name);
      auto value = json::parse(result != results->end() ? result->second.text : std::string());
      if (!value)
        return api::refuse(ErrorCode::Conflict, fmt::format("step '{}' comes before '{}' and has no result in run {}: "
                                                            "begin at '{}'",
                                                            name, *request.from, request.run, name));
      kept[name] = std::move(*value);
    }
  const auto used = runs_of(run->used);
  if (!run->adhoc && runs_of(engine_.judge(run->pipeline, run->window, tx.now()).used) != used)
    return api::refuse(ErrorCode::Conflict,
                       fmt::format("the upstreams of {} {} have other runs than run {} used, and results of its steps "
                                   "would be mixed with them: run it again whole, without --from",
                                   row->name, run->label, request.run));
  ContinuedRow next;
  next.run = tx.new_id();
  next.state = state_of_level(*spec, static_cast<std::size_t>(level - levels.begin()));
  next.step = level->size() == 1 || *request.from == "failed" ? level->front() : *request.from;
  next.steps.text = json::print(kept);
  next.used = used;
  const auto id = next.run;
  const auto step = next.step;
  tx.put(continued_, std::move(next));
  return engine_.retry_run(tx, request, id, step);
}

Result<std::shared_ptr<const ContinuedRow>> PipelineService::continuation(core::Transaction& tx, const RunRow& run) {
  auto row = tx.read(continued_, {run.run});
  if (!row) return fail("what it continues is gone", run.name, "run it again whole");
  if (!run.adhoc && runs_of(run.used) != row->used)
    return fail(fmt::format("while it waited its upstreams got other runs than run {} used", run.continues), run.name,
                "run it again whole, without --from");
  return row;
}

}  // namespace weir::pipeline
