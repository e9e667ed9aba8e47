// What there is: pipelines, a run with its steps, the graph.
#include <algorithm>
#include <set>

#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {
namespace {

constexpr int kRelatedRuns = 32;  // upstream and downstream runs shown with a run

}  // namespace

std::string edge_words(const ClauseSpec& clause, Block block) {
  std::string out;
  for (const auto status : clause.status) out += (out.empty() ? "" : " or ") + std::string(name_of(status));
  if (clause.offset != 0) out += ", offset " + std::to_string(clause.offset);
  if (clause.match == Match::newest) out += ", newest";
  for (const auto& [name, value] : clause.where) out += ", " + name + "=" + value;
  for (const auto& name : clause.join_on) out += ", same " + name;
  return out + ", " + std::string(name_of(block));
}

// What is known of a run without reading it: thousands of them are listed, and a command reads few stored rows.
api::RunInfo PipelineService::known_of(const PipelineRow& row, const OccurrenceRow& occurrence) const {
  api::RunInfo out;
  out.run = occurrence.current;
  out.pipeline = row.name;
  out.account = row.account;
  out.owner = row.owner;
  out.window = engine_.label_of(row, occurrence.window);
  out.logical_date = occurrence.logical_date;
  out.status = name_of(occurrence.status);
  out.started = occurrence.started;
  if (occurrence.status != RunStatus::RUNNING) out.ended = occurrence.ended;
  if (const auto* fact = tables_.facts.find(occurrence.current)) {
    out.cause = name_of(fact->cause);
    out.version = static_cast<int>(fact->version);
    for (const auto& used : fact->used)
      if (std::ranges::find(out.used, used.run) == out.used.end()) out.used.push_back(used.run);
    out.out_of_date = engine_.out_of_date(fact->run);
  }
  return out;
}

api::Reply<api::PipelineInfo> PipelineService::describe(core::Transaction& tx, const PipelineRow& row, bool whole) {
  api::PipelineInfo out;
  out.pipeline = row.name;
  out.display_name = row.display_name;
  out.account = row.account;
  if (auto account = account_of(tx, row.account.value)) out.account_alias = account->alias;
  out.owner = row.owner;
  out.description = row.description;
  out.grain = name_of(row.grain);
  out.timezone = row.timezone;
  out.documents = document_counts(row.id);
  out.sentence = row.sentence;
  out.version = row.version;
  out.deployed = row.deployed;
  out.next = engine_.next_scheduled(row.id);
  const auto& active = tables_.active.index<by_pipeline>();
  for (auto it = active.lower_bound(std::make_tuple(row.id)); it != active.end() && (*it)->pipeline == row.id; ++it)
    ++out.active_runs;
  std::set<std::string> upstreams;
  for (const auto& clause : tables_.clauses_of(row.id, row.version))
    upstreams.insert(clause->upstream_account.value + "/" + clause->upstream_name);
  out.upstreams.assign(upstreams.begin(), upstreams.end());
  out.dependants = engine_.dependants(row.id);
  // The last run is that of the newest window that has one.
  const auto& occurrences = tables_.occurrences.index<by_window>();
  for (auto it = occurrences.lower_bound(std::make_tuple(row.id + 1)); it != occurrences.begin();) {
    --it;
    if ((*it)->pipeline != row.id) break;
    if ((*it)->current == 0) continue;
    if (!whole)
      out.last_run = known_of(row, **it);
    else if (const auto run = tx.read(tables_.runs, {(*it)->current}))
      out.last_run = engine_.info(*run);
    break;
  }
  return out;
}

api::Reply<api::ListPipelinesReply> PipelineService::list(core::Transaction& tx, const api::ListPipelines& request) {
  api::ListPipelinesReply reply;
  for (const auto& row : tables_.pipelines.rows()) {
    if (row->deleted || (!request.all && row->account != tx.account())) continue;
    auto info = describe(tx, *row, false);
    if (!info) return std::unexpected(info.error());
    reply.pipelines.push_back(std::move(*info));
  }
  return reply;
}

api::Reply<api::DescribeRunReply> PipelineService::describe_run(core::Transaction& tx,
                                                                const api::DescribeRun& request) {
  const auto run = tx.read(tables_.runs, {request.run});
  if (!run)
    return api::refuse(api::ErrorCode::NotFound,
                       "no run " + std::to_string(request.run) + "; `weir runs --all` lists them");
  api::DescribeRunReply reply;
  reply.run = engine_.info(*run);
  if (const auto steps = tx.read(run_steps_, {request.run}))
    for (std::size_t i = 1; i <= steps->items.size(); ++i)
      if (const auto step = tx.read(tables_.steps, {request.run, static_cast<std::int64_t>(i)}))
        reply.steps.push_back(step->info);
  // A step whose `when` did not hold was never work.
  if (run->status == RunState::SUCCEEDED)
    if (const auto spec = spec_of(tx, run->pipeline, run->version))
      for (const auto& step : spec->steps)
        if (!step.when.empty() &&
            std::ranges::none_of(reply.steps, [&](const auto& s) { return s.step == step.name; })) {
          api::StepInfo skipped;
          skipped.step = step.name;
          skipped.status = "SKIPPED";
          skipped.scheduled = run->ended.value_or(run->created);
          skipped.cause_text = "when: " + step.when;
          reply.steps.push_back(std::move(skipped));
        }
  const auto add = [&](std::vector<api::RunInfo>& to, const std::vector<std::int64_t>& runs) {
    for (std::size_t i = 0; i < runs.size() && to.size() < kRelatedRuns; ++i)
      if (const auto other = tx.read(tables_.runs, {runs[i]})) to.push_back(engine_.info(*other));
  };
  std::vector<std::int64_t> used;
  for (const auto& u : run->used)
    if (std::ranges::find(used, u.run) == used.end()) used.push_back(u.run);
  add(reply.upstream_runs, used);
  add(reply.downstream_runs, engine_.used_by(request.run));
  return reply;
}

api::Reply<api::GraphReply> PipelineService::graph(core::Transaction& tx, const api::Graph& request) {
  // Also clauses of other windows are shown; they are no part of the order.
  DependencyGraph whole = dependencies();
  std::set<std::int64_t> wanted;
  if (request.pipeline) {
    auto row = find(tx, *request.pipeline, request.account);
    if (!row) return std::unexpected(row.error());
    wanted = whole.connected((*row)->id);
  }
  api::GraphReply reply;
  for (const auto id : whole.topological()) {
    if (!wanted.empty() && !wanted.contains(id)) continue;
    const auto* row = tables_.find_pipeline(id);
    if (!row) continue;
    auto info = describe(tx, *row, false);
    if (!info) return std::unexpected(info.error());
    reply.pipelines.push_back(std::move(*info));
    for (const auto& clause : tables_.clauses_of(id, row->version))
      reply.edges.push_back({clause->upstream_account.value + "/" + clause->upstream_name, full_name(*row),
                             edge_words(clause->spec, clause->block)});
  }
  return reply;
}

}  // namespace weir::pipeline
