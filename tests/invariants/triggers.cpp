// P5: the runs in the words of the reference model, and its audit of them. Of the grains run and none it knows nothing.
#include <algorithm>
#include <map>

#include "pipeline/trigger_judge.hpp"
#include "tests/invariants/pipelines.hpp"
#include "tests/model/audit.hpp"

namespace weir::invariants {
namespace {

constexpr int kNobody = 1'000'000;  // an upstream that does not exist

class Translation {
 public:
  explicit Translation(const PipelineRows& rows) : rows_(rows) {
    std::vector<const pipeline::VersionRow*> deploys;
    for (const auto& v : rows.versions)
      if (const auto* row = rows.find(v.pipeline); row != nullptr && is_calendar(row->grain)) deploys.push_back(&v);
    std::ranges::sort(deploys, {}, [](const auto* v) { return std::tuple(v->pipeline, v->version); });
    for (const auto* v : deploys)
      if (v->version == 1) numbers_.emplace(v->pipeline, static_cast<int>(numbers_.size()));
    for (const auto* v : deploys) {
      model::Event deploy{.kind = model::Event::deploy, .at = v->deployed, .decl = decl_of(*v)};
      if (v->version == 1) names.push_back(deploy.decl->name);
      facts.note(deploy);
    }
    for (const auto& clause : rows.clauses)
      if (clause.blocked && clause.version == rows.find(clause.pipeline)->version)
        facts.note({.kind = model::Event::grant_withdrawn,
                    .occurrence = {number(clause.pipeline), {}},
                    .upstream = number(clause.upstream)});
    for (const auto& o : rows.occurrences)
      if (o.scheduled && numbers_.contains(o.pipeline)) facts.note_scheduled(occurrence(o.pipeline, o.window));
    for (const auto& fact : rows.facts)
      if (numbers_.contains(fact.pipeline)) runs_.push_back(run_of(fact));
    std::ranges::sort(runs_, {}, &model::Run::id);
    for (const auto& run : runs_) facts.start(run);
  }

  model::Facts facts;
  std::vector<std::string> names;

 private:
  int number(std::int64_t pipeline) const {
    const auto found = numbers_.find(pipeline);
    return found == numbers_.end() ? kNobody : found->second;
  }
  model::Occurrence occurrence(std::int64_t pipeline, std::int64_t window) const {
    return {number(pipeline), {rows_.find(pipeline)->grain, window}};
  }
  std::vector<const pipeline::ClauseRow*> clauses_of(std::int64_t pipeline, std::int64_t version) const {
    std::vector<const pipeline::ClauseRow*> out;
    for (const auto& c : rows_.clauses)
      if (c.pipeline == pipeline && c.version == version) out.push_back(&c);
    std::ranges::sort(out, {}, &pipeline::ClauseRow::index);
    return out;
  }
  model::Clause clause_of(const pipeline::ClauseRow& row) const {
    model::Clause out;
    out.upstream = number(row.upstream);
    out.statuses = {};
    for (const auto s : row.spec.status) out.statuses.bits |= 1U << static_cast<unsigned>(s);
    out.offset = row.spec.offset;
    if (row.spec.each) out.each = static_cast<model::Each>(*row.spec.each);
    out.newest = row.spec.match == pipeline::Match::newest;
    out.max_age = row.spec.max_age;
    out.follow = row.spec.follow;
    return out;
  }
  model::PipelineDecl decl_of(const pipeline::VersionRow& version) const {
    using namespace pipeline;
    const auto& row = *rows_.find(version.pipeline);
    model::PipelineDecl out;
    out.name = row.name + "." + std::to_string(row.id);
    out.grain = row.grain;
    out.zone = zone_of(row);
    out.since = {row.grain, row.since};
    out.max_runs = row.max_runs;
    const auto* trigger = rows_.trigger(row.id, version.version);
    if (row.deleted || trigger == nullptr) return out;
    const auto& spec = trigger->spec;
    if (spec.schedule) out.schedule = schedule_of(*spec.schedule);
    out.covers_previous = spec.schedule && spec.schedule->covers == Covers::previous;
    if (spec.executions) {
      out.condition.emplace();
      out.condition->blocks_or = spec.executions->op == Operator::OR;
      for (const auto* c : clauses_of(row.id, version.version))
        (c->block == Block::allOf ? out.condition->all_of : out.condition->any_of).push_back(clause_of(*c));
    }
    if (spec.op) out.trigger_operator = static_cast<model::Operator>(*spec.op);
    out.on_rerun = spec.on_upstream_rerun == OnUpstreamRerun::run         ? model::OnRerun::run
                   : spec.on_upstream_rerun == OnUpstreamRerun::supersede ? model::OnRerun::supersede
                                                                          : model::OnRerun::ignore;
    out.on_late = static_cast<model::OnLate>(spec.on_late);
    return out;
  }
  model::Run run_of(const pipeline::RunFactRow& fact) const {
    using pipeline::RunCause;
    model::Run out;
    out.id = {occurrence(fact.pipeline, fact.window), fact.number};
    out.cause = fact.cause == RunCause::schedule    ? model::Cause::schedule
                : fact.cause == RunCause::condition ? model::Cause::condition
                : fact.cause == RunCause::mark      ? model::Cause::mark
                                                    : model::Cause::person;
    out.status = static_cast<model::Status>(fact.status);
    out.superseded = fact.superseded;
    out.complete = fact.complete;
    out.version = static_cast<int>(fact.version) - 1;
    const auto clauses = clauses_of(fact.pipeline, fact.version);
    const auto all = std::ranges::count_if(clauses, [](const auto* c) { return c->block == pipeline::Block::allOf; });
    for (const auto index : fact.met) {
      const auto& clause = *clauses[static_cast<std::size_t>(index)];
      model::Met met;
      met.in_any_of = clause.block == pipeline::Block::anyOf;
      met.index = static_cast<int>(met.in_any_of ? index - all : index);
      met.clause = clause_of(clause);
      for (const auto& used : fact.used)
        if (used.clause == index) met.runs.push_back({occurrence(used.upstream, used.window), used.number});
      out.evidence.push_back(std::move(met));
    }
    return out;
  }

  const PipelineRows& rows_;
  std::map<std::int64_t, int> numbers_;
  std::vector<model::Run> runs_;
};

}  // namespace

std::vector<std::string> check_triggers(const PipelineRows& rows) {
  const Translation translated(rows);
  auto counts = model::audit(translated.facts, translated.names);
  for (auto& finding : counts.findings) finding = "P5: " + finding;
  return counts.findings;
}

}  // namespace weir::invariants
