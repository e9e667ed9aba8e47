#include "pipeline/deploy_all.hpp"

#include <fmt/format.h>

#include "pipeline/pipeline_service.hpp"
#include "pipeline/spec_parse.hpp"

namespace weir::pipeline {
namespace {

bool needs(const PipelineSpec& down, const PipelineSpec& up) {
  if (!down.trigger || !down.trigger->executions) return false;
  for (const auto* list : {&down.trigger->executions->all_of, &down.trigger->executions->any_of})
    for (const auto& clause : *list)
      if (clause.name == up.name && (clause.account.empty() ? down.account : clause.account) == up.account) return true;
  return false;
}

}  // namespace

std::vector<std::size_t> deploy_order(const std::vector<PipelineSpec>& specs) {
  std::vector<std::size_t> out;
  std::vector<bool> done(specs.size(), false);
  while (out.size() < specs.size()) {
    std::optional<std::size_t> next, first;
    for (std::size_t i = 0; i < specs.size() && !next; ++i) {
      if (done[i]) continue;
      if (!first) first = i;
      bool ready = true;
      for (std::size_t k = 0; k < specs.size(); ++k) ready = ready && (done[k] || k == i || !needs(specs[i], specs[k]));
      if (ready) next = i;
    }
    out.push_back(next.value_or(*first));
    done[out.back()] = true;
  }
  return out;
}

api::Reply<api::DeployAllReply> PipelineService::deploy_all(core::Transaction& tx, const api::DeployAll& request) {
  if (request.pipelines.empty() || request.pipelines.size() > limits::kDeployedTogether)
    return api::refuse(api::ErrorCode::InvalidInput, fmt::format("pipelines: {} of them; deploy 1 to {} together",
                                                                 request.pipelines.size(), limits::kDeployedTogether));
  // Under a savepoint, so that it can be looked at and undone.
  api::Reply<api::DeployAllReply> out = api::DeployAllReply{};
  rehearsed_.reset();
  tx.call(DeployTogether{request},
          [&](core::Transaction&, api::Reply<api::DeployAllReply> reply) { out = std::move(reply); });
  if (!out && rehearsed_) return std::move(*rehearsed_);
  return out;
}

api::Reply<api::DeployAllReply> PipelineService::deploy_together(core::Transaction& tx, const api::DeployAll& request) {
  std::vector<PipelineSpec> specs;
  std::vector<Problem> problems;
  DeployOrigin origin;
  for (const auto& one : request.pipelines) {
    ProjectDefaults project;
    if (!one.project_yaml.empty())
      if (auto parsed = parse_project(one.project_yaml, one.project_file)) project = std::move(*parsed);
    auto spec = parse_pipeline(one.yaml, one.file, project, one.environment);
    if (!spec) {
      for (auto& problem : spec.error()) problems.push_back(std::move(problem));
      continue;
    }
    const auto owner = account_of(tx, spec->account);
    if (!owner) return std::unexpected(owner.error());
    if (!origin.together.insert(owner->id.value + "/" + spec->name).second)
      problems.push_back({fmt::format("the pipeline '{}' comes twice", spec->name), one.file, "rename one of the two"});
    specs.push_back(std::move(*spec));
  }
  if (!problems.empty()) return api::refuse(std::move(problems));

  api::DeployAllReply reply;
  bool starts = false;
  for (const auto i : deploy_order(specs)) {
    auto one = request.pipelines[i];
    one.confirm = true;
    one.dry_run = false;
    auto deployed = deploy(tx, one, origin);
    if (!deployed) return std::unexpected(std::move(deployed.error()));
    starts = starts || !deployed->open_keys.empty();
    reply.pipelines.push_back(std::move(*deployed));
  }
  if (!request.dry_run && (request.confirm || !starts)) return reply;
  reply.deployed = false;
  for (auto& one : reply.pipelines) one.deployed = false;
  rehearsed_ = std::move(reply);
  return api::refuse(api::ErrorCode::Conflict, "nothing was deployed");
}

}  // namespace weir::pipeline
