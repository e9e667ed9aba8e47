#include "pipeline/rows.hpp"

#include <algorithm>

#include "core/registry.hpp"

namespace weir::pipeline {

const store::TableInfo kPipelineTable{"pipeline", store::Keeping::live, 1, &type_of<PipelineRow>};
const store::TableInfo kTriggerTable{"pipeline_trigger", store::Keeping::live, 2, &type_of<TriggerRow>};
const store::TableInfo kClauseTable{"pipeline_clause", store::Keeping::live, 3, &type_of<ClauseRow>};
const store::TableInfo kVersionTable{"pipeline_version", store::Keeping::cold, 2, &type_of<VersionRow>};
const store::TableInfo kBundleTable{"pipeline_bundle", store::Keeping::cold, 1, &type_of<BundleRow>};
const store::TableInfo kKeyValuesTable{"pipeline_key_values", store::Keeping::live, 1, &type_of<KeyValuesRow>};
const store::TableInfo kOccurrenceTable{"pipeline_occurrence", store::Keeping::live, 1, &type_of<OccurrenceRow>};
const store::TableInfo kRunFactTable{"pipeline_run_fact", store::Keeping::live, 1, &type_of<RunFactRow>};
const store::TableInfo kActiveRunTable{"pipeline_active_run", store::Keeping::live, 1, &type_of<ActiveRunRow>};
const store::TableInfo kRunTable{
    "pipeline_run", store::Keeping::cold, 1, &type_of<RunRow>, {"pipeline", "account", "label", "status"}};
const store::TableInfo kEvidenceTable{
    "pipeline_evidence", store::Keeping::cold, 1, &type_of<EvidenceRow>, {"pipeline"}};
const store::TableInfo kStepTable{"pipeline_step", store::Keeping::cold, 2, &type_of<StepRow>, {"run"}};
const store::TableInfo kScheduleTable{"pipeline_schedule", store::Keeping::live, 1, &type_of<ScheduleRow>};
const store::TableInfo kLookLaterTable{"pipeline_look_later", store::Keeping::live, 2, &type_of<LookLaterRow>};
const store::TableInfo kArrivalsTable{"pipeline_arrivals", store::Keeping::live, 2, &type_of<ArrivalsRow>};
const store::TableInfo kCatchupTable{"pipeline_catchup", store::Keeping::live, 2, &type_of<CatchupRow>};
const store::TableInfo kReleaseTable{"pipeline_release", store::Keeping::live, 2, &type_of<ReleaseRow>};
const store::TableInfo kMissedTable{"pipeline_missed", store::Keeping::live, 2, &type_of<MissedRow>};
const store::TableInfo kReportedRunTable{"pipeline_reported_run", store::Keeping::cold, 2, &type_of<ReportedRunRow>};
const store::TableInfo kReportSourceTable{"pipeline_report_source", store::Keeping::live, 2, &type_of<ReportSourceRow>};

Tables::Tables() = default;
Tables::~Tables() = default;

void Tables::install(core::Registry& registry) {
  for (core::TableBase* table : std::initializer_list<core::TableBase*>{
           &pipelines,         &triggers,      &clauses,        &versions,         &bundles,
           &key_values,        &occurrences,   &facts,          &active,           &runs,
           &evidence,          &steps,         &schedules,      &catchups,         &look_later,
           &arrivals,          &reported_runs, &report_sources, &approvals,        &pauses,
           &releases,          &missed,        &deadlines,      &alerts,           &documents,
           &waiting_documents, &seen_events,   &seen_files,     &document_sources, &pools})
    registry.table(*table);
  plans.install(registry);
}

const PipelineRow* Tables::find_pipeline(const AccountId& account, const std::string& name) const {
  const auto& index = pipelines.index<by_name>();
  const auto found = index.lower_bound(std::make_tuple(account, name, false));
  if (found == index.end() || (*found)->account != account || (*found)->name != name || (*found)->deleted)
    return nullptr;
  return found->get();
}

const PipelineRow* Tables::find_pipeline(std::int64_t id) const {
  const auto* row = pipelines.find(id);
  return row != nullptr && !row->deleted ? row : nullptr;
}

bool Tables::was_deleted(const AccountId& account, const std::string& name) const {
  const auto& index = pipelines.index<by_name>();
  const auto found = index.lower_bound(std::make_tuple(account, name, true));
  return found != index.end() && (*found)->account == account && (*found)->name == name;
}

const PipelineRow* Tables::find_formerly(const AccountId& account, const std::string& name) const {
  const PipelineRow* out = nullptr;
  for (const auto& row : pipelines.rows())
    if (!row->deleted && row->account == account && std::ranges::find(row->formerly, name) != row->formerly.end() &&
        (out == nullptr || out->deployed < row->deployed))
      out = row.get();
  return out;
}

const OccurrenceRow* Tables::find_occurrence(std::int64_t pipeline, std::int64_t window) const {
  const auto& index = occurrences.index<by_window>();
  const auto found = index.find(std::make_tuple(pipeline, window));
  return found == index.end() ? nullptr : found->get();
}

const PoolRow* Tables::find_pool(const AccountId& account, const std::string& name) const {
  const auto& index = pools.index<by_pool_name>();
  const auto found = index.find(std::make_tuple(account, name));
  return found == index.end() ? nullptr : found->get();
}

int Tables::pool_in_use(std::int64_t pool) const {
  const auto [first, last] = active.index<by_pool>().equal_range(std::make_tuple(pool, RunState::RUNNING));
  return static_cast<int>(std::distance(first, last));
}

const PauseRow* Tables::find_pause(const PipelineRow& pipeline) const {
  const auto* own = pauses.find(std::make_tuple(pipeline.account, pipeline.id));
  return own != nullptr ? own : pauses.find(std::make_tuple(pipeline.account, std::int64_t{0}));
}

const TriggerRow* Tables::find_trigger(std::int64_t pipeline, std::int64_t version) const {
  if (version == 0) {
    const auto* row = pipelines.find(pipeline);
    if (row == nullptr) return nullptr;
    version = row->version;
  }
  return triggers.find(std::make_tuple(pipeline, version));
}

std::vector<std::shared_ptr<const ClauseRow>> Tables::clauses_of(std::int64_t pipeline, std::int64_t version) const {
  const auto [first, last] = clauses.rows().equal_range(std::make_tuple(pipeline, version));
  return {first, last};
}

}  // namespace weir::pipeline
