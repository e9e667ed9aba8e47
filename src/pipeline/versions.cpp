// The versions of a pipeline, and the way back to one of them.
#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/spec_diff.hpp"

namespace weir::pipeline {

api::VersionInfo PipelineService::version_info(const PipelineRow& pipeline, const VersionRow& row) const {
  api::VersionInfo out;
  out.version = static_cast<int>(row.version);
  out.in_force = pipeline.version == row.version;
  out.deployed = row.deployed;
  out.who = row.who;
  out.environment = row.environment;
  out.file = row.file;
  out.sentence = row.sentence;
  out.files = row.files;
  out.rolled_back_to = row.rolled_back_to;
  return out;
}

api::Reply<api::ListVersionsReply> PipelineService::list_versions(core::Transaction& tx,
                                                                  const api::ListVersions& request) {
  if (request.limit < 1 || request.limit > limits::kVersionsListed)
    return api::refuse(api::ErrorCode::InvalidInput, fmt::format("limit: {} is out of range; ask for 1 to {}",
                                                                 request.limit, limits::kVersionsListed));
  const auto row = find(tx, request.pipeline, request.account);
  if (!row) return std::unexpected(row.error());
  api::ListVersionsReply reply;
  for (int v = std::min(request.before.value_or((*row)->version + 1) - 1, (*row)->version); v >= 1; --v) {
    if (static_cast<int>(reply.versions.size()) == request.limit) {
      reply.next = v + 1;
      break;
    }
    if (const auto version = tx.read(tables_.versions, {(*row)->id, std::int64_t{v}}))
      reply.versions.push_back(version_info(**row, *version));
  }
  return reply;
}

api::Reply<api::DescribeVersionReply> PipelineService::describe_version(core::Transaction& tx,
                                                                        const api::DescribeVersion& request) {
  const auto row = find(tx, request.pipeline, request.account);
  if (!row) return std::unexpected(row.error());
  const int wanted = request.version == 0 ? (*row)->version : request.version;
  const auto version = tx.read(tables_.versions, {(*row)->id, std::int64_t{wanted}});
  if (!version)
    return api::refuse(api::ErrorCode::NotFound,
                       fmt::format("{} has no version {}; it has 1 to {}", full_name(**row), wanted, (*row)->version));
  api::DescribeVersionReply reply{version_info(**row, *version), version->yaml, version->project_yaml, {}};
  const auto before = tx.read(tables_.versions, {(*row)->id, std::int64_t{wanted - 1}});
  if (!before) return reply;
  const auto old_spec = spec_of(tx, (*row)->id, wanted - 1), new_spec = spec_of(tx, (*row)->id, wanted);
  if (old_spec && new_spec) reply.changes = diff_specs(*old_spec, *new_spec);
  if (before->bundle == version->bundle) return reply;
  const auto files_of = [&](const std::string& bundle) {
    const auto stored = bundle.empty() ? nullptr : tx.read(tables_.bundles, {bundle});
    return stored ? stored->files : std::vector<api::ProjectFile>{};
  };
  diff_files(files_of(before->bundle), files_of(version->bundle), reply.changes);
  return reply;
}

api::Reply<api::DeployReply> PipelineService::rollback(core::Transaction& tx, const api::RollbackPipeline& request) {
  const auto row = find(tx, request.pipeline, request.account);
  if (!row) return std::unexpected(row.error());
  const auto version = tx.read(tables_.versions, {(*row)->id, std::int64_t{request.to}});
  if (!version)
    return api::refuse(api::ErrorCode::NotFound, fmt::format("{} has no version {}; it has 1 to {}", full_name(**row),
                                                             request.to, (*row)->version));
  if ((*row)->version == request.to)
    return api::refuse(api::ErrorCode::Conflict,
                       fmt::format("version {} of {} is in force already; `weir versions {}` lists the others",
                                   request.to, full_name(**row), (*row)->name));
  api::DeployPipeline deploy_again;
  deploy_again.file = version->file;
  deploy_again.yaml = version->yaml;
  deploy_again.project_file = "weir.yaml";
  deploy_again.project_yaml = version->project_yaml;
  deploy_again.environment = version->environment;
  if (!version->bundle.empty())
    if (const auto bundle = tx.read(tables_.bundles, {version->bundle})) deploy_again.files = bundle->files;
  // An upstream that is gone must not stand in the way of going back: its clause waits, and a warning says so.
  deploy_again.allow_missing = true;
  deploy_again.confirm = request.confirm;
  deploy_again.dry_run = request.dry_run;
  return deploy(tx, deploy_again, {request.to, request.reason, {}});
}

}  // namespace weir::pipeline
