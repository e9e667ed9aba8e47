#include "pipeline/pipeline_service.hpp"

#include <set>

#include "base/folded.hpp"
#include "json/described.hpp"
#include "json/nearest.hpp"
#include "json/text.hpp"
#include "pipeline/deploy_all.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kSpecsKept = 4096;

std::unexpected<api::ApiError> runs_elsewhere(const PipelineRow& row) {
  return api::refuse(api::ErrorCode::Conflict, row.name +
                                                   " is external: Weir cannot start it. Start it where it runs; `weir "
                                                   "report` and `weir mark` say what came of it");
}

}  // namespace

PipelineService::PipelineService(PipelineOptions options)
    : options_(options),
      engine_(
          tables_, [this](core::Transaction& tx, const RunRow& run) { return launch(tx, run); },
          [this](core::Transaction& tx, const ActiveRunRow& run) { halt(tx, run); }, options.triggers) {}

PipelineService::~PipelineService() = default;

void PipelineService::install(core::Registry& registry) {
  tables_.install(registry);
  registry.table(run_steps_);
  registry.table(continued_);
  engine_.install(registry);
  install_executions(registry);
  install_plans(registry);
  install_pools(registry);
  install_documents(registry);

  using core::Transaction;
  registry.on<api::DeployPipeline>([this](Transaction& tx, const api::DeployPipeline& r) { return deploy(tx, r, {}); });
  registry.on<api::DeployAll>([this](Transaction& tx, const api::DeployAll& r) { return deploy_all(tx, r); });
  registry.on<DeployTogether>(
      [this](Transaction& tx, const DeployTogether& r) { return deploy_together(tx, r.request); });
  registry.on<api::ListVersions>([this](Transaction& tx, const api::ListVersions& r) { return list_versions(tx, r); });
  registry.on<api::DescribeVersion>(
      [this](Transaction& tx, const api::DescribeVersion& r) { return describe_version(tx, r); });
  registry.on<api::RollbackPipeline>(
      [this](Transaction& tx, const api::RollbackPipeline& r) { return rollback(tx, r); });
  registry.on<api::DeletePipeline>([this](Transaction& tx, const api::DeletePipeline& r) { return remove(tx, r); });
  registry.on<api::ReleaseAccount>(
      [this](Transaction& tx, const api::ReleaseAccount& r) { return release_account(tx, r); });
  registry.on_delivery<UpstreamDeleted>(
      [this](Transaction& tx, const AccountId&, const UpstreamDeleted& news) { return tell_of_deletion(tx, news); });
  registry.on<api::ReportRun>([this](Transaction& tx, const api::ReportRun& r) -> api::Reply<api::ReportReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    return engine_.report(tx, **row, r);
  });
  registry.on<api::StepFunctionsEvent>([this](Transaction& tx, const api::StepFunctionsEvent& r) {
    return take_event(tx, ReportKind::step_functions, read_step_functions_event(r.event.text));
  });
  registry.on<api::LineageEvent>([this](Transaction& tx, const api::LineageEvent& r) {
    return take_event(tx, ReportKind::open_lineage, read_lineage_event(r.event.text));
  });
  registry.on<api::ListPipelines>([this](Transaction& tx, const api::ListPipelines& r) { return list(tx, r); });
  registry.on<api::DescribePipeline>(
      [this](Transaction& tx, const api::DescribePipeline& r) -> api::Reply<api::PipelineInfo> {
        auto row = find(tx, r.pipeline, r.account);
        if (!row) return std::unexpected(row.error());
        return describe(tx, **row, true);
      });
  registry.on<api::NextTimes>([this](Transaction& tx, const api::NextTimes& r) { return next_times(tx, r); });
  registry.on<api::DescribeRun>([this](Transaction& tx, const api::DescribeRun& r) { return describe_run(tx, r); });
  registry.on<api::Graph>([this](Transaction& tx, const api::Graph& r) { return graph(tx, r); });
  registry.on<api::Status>([this](Transaction& tx, const api::Status& r) { return status(tx, r); });
  registry.on<api::WhyRun>([this](Transaction& tx, const api::WhyRun& r) { return why(tx, r); });
  registry.on<api::Dependants>([this](Transaction& tx, const api::Dependants& r) { return dependants(tx, r); });
  registry.on<api::Explain>([this](Transaction& tx, const api::Explain& r) { return explain(tx, r); });
  registry.on<api::StartRun>([this](Transaction& tx, const api::StartRun& r) -> api::Reply<api::StartRunReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    if ((*row)->external) return runs_elsewhere(**row);
    return engine_.start_run(tx, **row, r);
  });
  registry.on<api::StopRun>([this](Transaction& tx, const api::StopRun& r) { return engine_.stop_run(tx, r); });
  registry.on<api::RetryRun>([this](Transaction& tx, const api::RetryRun& r) { return retry(tx, r); });
  registry.on<api::MarkWindow>([this](Transaction& tx, const api::MarkWindow& r) -> api::Reply<api::RunInfo> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    return engine_.mark(tx, **row, r);
  });
  install_decisions(registry);
  install_alerts(registry);
  registry.on<api::GetBundle>([this](Transaction& tx, const api::GetBundle& r) -> api::Reply<api::BundleReply> {
    const auto row = tx.read(tables_.bundles, {r.digest});
    if (!row) return api::refuse(api::ErrorCode::NotFound, "no project files with digest '" + r.digest + "'");
    return api::BundleReply{row->digest, row->files};
  });
  registry.on<api::OutOfDateRuns>(
      [this](Transaction&, const api::OutOfDateRuns& r) -> api::Reply<api::OutOfDateRunsReply> {
        api::OutOfDateRunsReply reply;
        for (const auto run : r.runs)
          if (engine_.out_of_date(run)) reply.runs.push_back(run);
        return reply;
      });
  registry.observe<api::RunStatusChanged>([this](Transaction& tx, const api::RunStatusChanged& c) { notify(tx, c); });
  registry.observe<api::GrantChanged>([this](Transaction& tx, const api::GrantChanged& c) {
    for (const auto& row : tables_.pipelines.rows())
      if (!row->deleted && row->account == c.grant.account &&
          (c.grant.pipeline == "*" || c.grant.pipeline == row->name ||
           std::ranges::find(row->formerly, c.grant.pipeline) != row->formerly.end()))
        sharing_changed(tx, PipelineRow(*row));
  });
}

api::Reply<api::AccountInfo> PipelineService::account_of(core::Transaction& tx, const std::string& name) {
  api::Reply<api::AccountInfo> out = api::AccountInfo{tx.account(), "", "", "", {}};
  tx.call(api::ResolveAccount{name.empty() ? tx.account().value : name},
          [&](core::Transaction&, api::Reply<api::AccountInfo> reply) { out = std::move(reply); });
  return out;
}

api::Reply<std::shared_ptr<const PipelineRow>> PipelineService::find(core::Transaction& tx, const std::string& name,
                                                                     const std::optional<std::string>& account) {
  auto owner = account_of(tx, account.value_or(""));
  if (!owner) return std::unexpected(owner.error());
  if (const auto* row = tables_.find_pipeline(owner->id, folded(name))) return tables_.pipelines.share(row->id);
  // A rename breaks no crontab.
  if (const auto* row = tables_.find_formerly(owner->id, folded(name))) return tables_.pipelines.share(row->id);
  std::vector<std::string_view> names;
  std::string elsewhere;
  for (const auto& row : tables_.pipelines.rows()) {
    if (row->deleted) continue;
    if (row->account == owner->id) names.push_back(row->name);
    if (row->name == folded(name)) elsewhere = row->account.value;
  }
  const auto near = json::nearest(folded(name), names);
  std::string fix = "`weir pipelines` lists what there is";
  if (!near.empty()) fix = "did you mean '" + std::string(near) + "'?";
  if (!elsewhere.empty()) fix = "account " + elsewhere + " has one: name it as " + elsewhere + "/" + folded(name);
  return api::refuse(api::ErrorCode::NotFound,
                     "account " + owner->id.value + " has no pipeline '" + name + "'; " + fix);
}

std::shared_ptr<const PipelineSpec> PipelineService::spec_of(core::Transaction& tx, std::int64_t pipeline,
                                                             std::int64_t version) {
  const auto row = tx.read(tables_.versions, {pipeline, version});
  if (!row) return nullptr;
  const auto known = specs_.find(row);
  if (known != specs_.end()) return known->second;
  if (specs_.size() >= kSpecsKept) specs_.clear();
  auto value = json::parse(row->spec.text);
  if (!value) return nullptr;
  // A spec of an older release may have members that are gone, and lack new ones: their defaults hold.
  auto spec = json::read_described<PipelineSpec>(*value, {.refuse_unknown = false});
  if (!spec) return nullptr;
  return specs_.emplace(row, std::make_shared<const PipelineSpec>(std::move(*spec))).first->second;
}

DependencyGraph PipelineService::dependencies() const {
  DependencyGraph graph;
  for (const auto& row : tables_.pipelines.rows()) {
    if (row->deleted) continue;
    graph.add_node(row->id);
    for (const auto& clause : tables_.clauses_of(row->id, row->version))
      if (clause->upstream != 0 && clause->spec.offset == 0 && clause->spec.match == Match::window)
        graph.add_edge(clause->upstream, row->id);
  }
  return graph;
}

std::vector<std::int64_t> PipelineService::cycle_of(std::int64_t pipeline,
                                                    const std::set<std::int64_t>& upstreams) const {
  if (upstreams.empty()) return {};
  return cycle_through(pipeline, [&](std::int64_t node) {
    std::vector<std::int64_t> out;
    if (upstreams.contains(node)) out.push_back(pipeline);
    const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(node));
    for (auto at = first; at != last; ++at) {
      const ClauseRow& clause = **at;
      if (clause.pipeline == pipeline || clause.spec.offset != 0 || clause.spec.match != Match::window) continue;
      const auto* down = tables_.find_pipeline(clause.pipeline);
      if (down != nullptr && down->version == clause.version) out.push_back(down->id);
    }
    return out;
  });
}

}  // namespace weir::pipeline
