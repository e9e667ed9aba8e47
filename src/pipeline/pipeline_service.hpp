// Pipelines as a service: deploys, runs, evidence, and who depends on whom. The trigger engine decides what starts;
// this is what is around it: documents in, executions out, answers to people.
//
// Queries (lists) are free functions at the end, for the host's readers.
#pragma once

#include <set>

#include <map>
#include <memory>

#include "api/account.hpp"
#include "api/documents.hpp"
#include "api/lineage.hpp"
#include "api/pipeline.hpp"
#include "api/pool.hpp"
#include "core/registry.hpp"
#include "pipeline/dependency_graph.hpp"
#include "pipeline/remove.hpp"
#include "pipeline/report_events.hpp"
#include "pipeline/rows.hpp"
#include "pipeline/run_steps.hpp"
#include "pipeline/spec.hpp"
#include "pipeline/trigger_engine.hpp"
#include "store/store.hpp"

namespace weir::pipeline {

// Rule 10. open: every account may depend on every pipeline; granted: only with a grant or `share:`.
enum class Sharing { open, granted };
BOOST_DESCRIBE_ENUM(Sharing, open, granted)

// Owed: the rest of a deleted pipeline's rows about documents.
struct ForgetDocuments {
  std::int64_t pipeline = 0;
};
BOOST_DESCRIBE_STRUCT(ForgetDocuments, (), (pipeline))

struct PipelineOptions {
  Sharing sharing = Sharing::open;
  TriggerOptions triggers;
};

class PipelineService {
 public:
  explicit PipelineService(PipelineOptions options = {});
  ~PipelineService();
  PipelineService(const PipelineService&) = delete;
  PipelineService& operator=(const PipelineService&) = delete;
  void install(core::Registry& registry);

  TriggerEngine& engine() { return engine_; }
  const Tables& tables() const { return tables_; }

 private:
  // deploy.cpp
  void check_parts(const api::DeployPipeline& request, const ClauseSpec& clause, const PipelineRow& upstream,
                   std::vector<Problem>& problems) const;
  void check_each(const api::DeployPipeline& request, Grain grain, const ClauseSpec& clause,
                  const PipelineRow& upstream, std::vector<Problem>& problems) const;
  struct DeployOrigin {
    int rolled_back_to = 0;          // the version whose text this is again
    std::string reason;              // for the audit log
    std::set<std::string> together;  // "account/name" of what comes in the same transaction: no missing upstream
  };
  api::Reply<api::DeployReply> deploy(core::Transaction& tx, const api::DeployPipeline& request,
                                      const DeployOrigin& origin);
  api::Reply<api::EmptyReply> remove(core::Transaction& tx, const api::DeletePipeline& request);
  // remove.cpp
  void remove_row(core::Transaction& tx, const PipelineRow& row, const std::string& reason);
  Result<void> tell_of_deletion(core::Transaction& tx, const UpstreamDeleted& news);
  api::Reply<api::ReleaseAccountReply> release_account(core::Transaction& tx, const api::ReleaseAccount& request);
  // report_sources.cpp
  void put_report_sources(core::Transaction& tx, const PipelineRow& row, const PipelineSpec& spec);
  void forget_report_sources(core::Transaction& tx, std::int64_t pipeline);
  api::Reply<api::ReportedEventReply> take_event(core::Transaction& tx, ReportKind kind,
                                                 const Result<ReportedEvent>& event);
  // deploy_all.cpp
  api::Reply<api::DeployAllReply> deploy_all(core::Transaction& tx, const api::DeployAll& request);
  api::Reply<api::DeployAllReply> deploy_together(core::Transaction& tx, const api::DeployAll& request);
  // versions.cpp
  api::VersionInfo version_info(const PipelineRow& pipeline, const VersionRow& row) const;
  api::Reply<api::ListVersionsReply> list_versions(core::Transaction& tx, const api::ListVersions& request);
  api::Reply<api::DescribeVersionReply> describe_version(core::Transaction& tx, const api::DescribeVersion& request);
  api::Reply<api::DeployReply> rollback(core::Transaction& tx, const api::RollbackPipeline& request);
  // sharing.cpp
  bool may_depend(core::Transaction& tx, const PipelineRow& upstream, const AccountId& downstream);
  bool shares_result(core::Transaction& tx, const PipelineRow& upstream, const AccountId& downstream);
  void sharing_changed(core::Transaction& tx, const PipelineRow& upstream);
  // executions.cpp
  Result<std::string> launch(core::Transaction& tx, const RunRow& run);
  // Of a version; nothing: it is gone.
  std::optional<LaunchFacts> launch_facts(core::Transaction& tx, const PipelineRow& row, std::int64_t version);
  void halt(core::Transaction& tx, const ActiveRunRow& run);
  void install_executions(core::Registry& registry);
  JsonText shared_result(core::Transaction& tx, const PipelineRow& upstream, const RunRow& run,
                         const AccountId& reader);
  // run_continue.cpp
  api::Reply<api::StartRunReply> retry(core::Transaction& tx, const api::RetryRun& request);
  // The stored results of the run's steps that succeeded, by step.
  api::Reply<std::map<std::string, JsonText>> results_of(core::Transaction& tx, const RunRow& run);
  Result<std::shared_ptr<const ContinuedRow>> continuation(core::Transaction& tx, const RunRow& run);
  // documents.cpp
  void install_documents(core::Registry& registry);
  void put_document_source(core::Transaction& tx, const PipelineRow& row, const PipelineSpec& spec);
  void forget_documents(core::Transaction& tx, std::int64_t pipeline);
  void remember(core::Transaction& tx, SeenEventRow seen);
  void count_refusal(core::Transaction& tx, std::int64_t pipeline, const std::string& why);
  api::Reply<std::shared_ptr<const PipelineRow>> find_webhook(core::Transaction& tx, const std::string& pipeline,
                                                              const std::optional<std::string>& account);
  api::Reply<api::DocumentReply> put_document(core::Transaction& tx, const api::PutDocument& request);
  api::Reply<api::ReportFilesReply> report_files(core::Transaction& tx, const api::ReportFiles& request);
  std::optional<api::DocumentCounts> document_counts(std::int64_t pipeline) const;
  // describe.cpp
  api::Reply<api::PipelineInfo> describe(core::Transaction& tx, const PipelineRow& row, bool whole);
  api::RunInfo known_of(const PipelineRow& row, const OccurrenceRow& occurrence) const;
  api::Reply<api::ListPipelinesReply> list(core::Transaction& tx, const api::ListPipelines& request);
  api::Reply<api::DescribeRunReply> describe_run(core::Transaction& tx, const api::DescribeRun& request);
  api::Reply<api::GraphReply> graph(core::Transaction& tx, const api::Graph& request);
  // status.cpp
  api::Reply<api::StatusReply> status(core::Transaction& tx, const api::Status& request);
  // lineage.cpp
  api::Reply<api::WhyReply> why(core::Transaction& tx, const api::WhyRun& request);
  api::Reply<api::DependantsReply> dependants(core::Transaction& tx, const api::Dependants& request);
  // next_times.cpp
  api::Reply<api::NextTimesReply> next_times(core::Transaction& tx, const api::NextTimes& request);
  // explain.cpp
  api::Reply<api::ExplainReply> explain(core::Transaction& tx, const api::Explain& request);
  api::Reply<api::ExplainReply> explain_key(core::Transaction& tx, const PipelineRow& row, std::int64_t window,
                                            bool whole);
  // decisions.cpp
  void install_decisions(core::Registry& registry);
  // pools.cpp
  void install_pools(core::Registry& registry);
  api::Reply<std::shared_ptr<const PoolRow>> find_pool(core::Transaction& tx, const std::string& name,
                                                       const std::optional<std::string>& account);
  api::Reply<api::PoolInfo> set_pool(core::Transaction& tx, const api::SetPool& request);
  api::Reply<api::EmptyReply> delete_pool(core::Transaction& tx, const api::DeletePool& request);
  api::PoolInfo pool_info(const PoolRow& row, bool whole) const;
  std::vector<std::string> pipelines_of_pool(std::int64_t pool) const;
  std::string missing_pool_fix(const AccountId& account, const std::string& name) const;
  void forget_pools(core::Transaction& tx, const AccountId& account);
  // plan_requests.cpp
  void install_plans(core::Registry& registry);
  api::Reply<std::set<std::int64_t>> ids_of(core::Transaction& tx, const std::vector<std::string>& names);
  template <class Request>
  api::Reply<PlanWish> wish_of(core::Transaction& tx, const PipelineRow& pipeline, const Request& request);
  // notify.cpp
  void notify(core::Transaction& tx, const api::RunStatusChanged& changed);
  void notify_alert(core::Transaction& tx, const AccountId& account, const std::string& pipeline,
                    const std::string& window, const std::string& word, const std::string& text);
  void install_alerts(core::Registry& registry);

  // A pipeline by name and account (an id or an alias; absent: the principal's); NotFound names the nearest.
  api::Reply<std::shared_ptr<const PipelineRow>> find(core::Transaction& tx, const std::string& name,
                                                      const std::optional<std::string>& account);
  api::Reply<api::AccountInfo> account_of(core::Transaction& tx, const std::string& name);
  std::shared_ptr<const PipelineSpec> spec_of(core::Transaction& tx, std::int64_t pipeline, std::int64_t version);
  std::string full_name(const PipelineRow& row) const { return row.account.value + "/" + row.name; }
  DependencyGraph dependencies() const;
  // The circle that the pipeline would close if these were its upstreams, of the same window; empty: none.
  std::vector<std::int64_t> cycle_of(std::int64_t pipeline, const std::set<std::int64_t>& upstreams) const;

  PipelineOptions options_;
  Tables tables_;
  core::ColdTable<RunStepsRow> run_steps_{kRunStepsTable};
  core::ColdTable<ContinuedRow> continued_{kContinuedTable};
  TriggerEngine engine_;
  std::optional<api::DeployAllReply> rehearsed_;  // of the DeployAll in hand: what was undone
  // Parsed specs by the row that they were parsed from, which an undone deploy cannot fool.
  std::map<std::shared_ptr<const VersionRow>, std::shared_ptr<const PipelineSpec>> specs_;
};

// The defaults of the parameters that have one, an object.
JsonText default_parameters(const PipelineSpec& spec);

// What a start reads of a version, kept beside the pipeline so that it need not read the version.
LaunchFacts launch_facts_of(const PipelineSpec& spec, std::int64_t version, std::string machine, std::string bundle);

// "SUCCEEDED, offset -1, allOf"
std::string edge_words(const ClauseSpec& clause, Block block);

// Resolves an account's id or alias among committed rows; given by whoever wires the house.
using AccountLookup = std::function<api::Reply<AccountId>(store::Store&, const std::string&)>;
api::Reply<api::ListRunsReply> list_runs(store::Store& store, const api::Principal& principal,
                                         const api::ListRuns& request, const AccountLookup& account);

}  // namespace weir::pipeline
