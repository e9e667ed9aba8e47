// Events of other systems find the external pipelines that they tell of.
#include <fmt/format.h>

#include "pipeline/pipeline_service.hpp"
#include "pipeline/report_events.hpp"

namespace weir::pipeline {

void PipelineService::put_report_sources(core::Transaction& tx, const PipelineRow& row, const PipelineSpec& spec) {
  forget_report_sources(tx, row.id);
  const auto& [step_functions, open_lineage] = spec.reports;
  if (step_functions)
    tx.put(tables_.report_sources, ReportSourceRow{row.id, ReportKind::step_functions,
                                                   step_functions->state_machine_arn, step_functions->date});
  if (open_lineage)
    tx.put(tables_.report_sources, ReportSourceRow{row.id, ReportKind::open_lineage,
                                                   open_lineage->job_namespace + "\n" + open_lineage->job, "$.date"});
}

void PipelineService::forget_report_sources(core::Transaction& tx, std::int64_t pipeline) {
  const auto [first, last] = tables_.report_sources.rows().equal_range(std::make_tuple(pipeline));
  const std::vector<std::shared_ptr<const ReportSourceRow>> rows(first, last);
  for (const auto& row : rows) tx.erase(tables_.report_sources, *row);
}

api::Reply<api::ReportedEventReply> PipelineService::take_event(core::Transaction& tx, ReportKind kind,
                                                                const Result<ReportedEvent>& event) {
  if (!event) return api::refuse({event.error()});
  api::ReportedEventReply reply;
  reply.ignored = event->ignored;
  if (event->source.empty()) return reply;
  const auto [first, last] =
      tables_.report_sources.index<by_source>().equal_range(std::make_tuple(kind, event->source));
  const std::vector<std::shared_ptr<const ReportSourceRow>> sources(first, last);
  for (const auto& source : sources) {
    const auto row = tables_.pipelines.share(source->pipeline);
    // Others' pipelines are theirs to report on; without credentials (development mode) all are.
    if (!row || row->deleted || (row->account != tx.account() && tx.account() != AccountId{"000000000000"})) continue;
    auto report = event->run;
    report.pipeline = row->name;
    if (!source->date.empty()) {
      auto date = date_in(event->document, source->date);
      if (!date) return api::refuse({date.error()});
      report.date = std::move(*date);
    }
    auto done = engine_.report(tx, *row, report);
    if (!done) return std::unexpected(done.error());
    reply.reports.push_back(std::move(*done));
  }
  if (reply.reports.empty())
    reply.ignored = fmt::format("no external pipeline of account {} has this in its `reports:`", tx.account().value);
  return reply;
}

}  // namespace weir::pipeline
