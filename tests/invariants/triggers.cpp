// P5: the runs in the words of the reference model, and its audit of them. Of the grains run and none it knows nothing.
#include <algorithm>
#include <map>
#include <set>

#include "pipeline/trigger_judge.hpp"
#include "tests/invariants/pipelines.hpp"
#include "tests/model/audit.hpp"
#include "tests/model/row_words.hpp"

namespace weir::invariants {
namespace {

constexpr int kNobody = 1'000'000;  // an upstream that does not exist

class Translation : model::RowNumbers {
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
      if (numbers_.contains(fact.pipeline))
        runs_.push_back(model::run_of(fact, clauses_of(fact.pipeline, fact.version), *this));
    std::ranges::sort(runs_, {}, &model::Run::id);
    for (const auto& run : runs_) facts.start(run);
    for (const auto& o : rows.occurrences)
      if (o.skipped && numbers_.contains(o.pipeline))
        facts.note({.kind = model::Event::skip, .occurrence = occurrence(o.pipeline, o.window)});
    for (const auto& pause : rows.pauses)
      for (const auto& [id, n] : numbers_)
        if (id == pause.pipeline || (pause.pipeline == 0 && rows.find(id)->account == pause.account))
          facts.note({.kind = model::Event::pause, .occurrence = {n, {}}});
    for (const auto& row : rows.missed)
      if (numbers_.contains(row.pipeline)) left_out.insert(occurrence(row.pipeline, row.window));
    for (const auto& row : rows.held)
      if (numbers_.contains(row.pipeline)) left_out.insert(occurrence(row.pipeline, row.window));
  }

  model::Facts facts;
  std::set<model::Occurrence> left_out;
  std::vector<std::string> names;

 private:
  int number(std::int64_t pipeline) const override {
    const auto found = numbers_.find(pipeline);
    return found == numbers_.end() ? kNobody : found->second;
  }
  model::Occurrence occurrence(std::int64_t pipeline, std::int64_t window) const override {
    return {number(pipeline), {rows_.find(pipeline)->grain, window}};
  }
  std::vector<const pipeline::ClauseRow*> clauses_of(std::int64_t pipeline, std::int64_t version) const {
    std::vector<const pipeline::ClauseRow*> out;
    for (const auto& c : rows_.clauses)
      if (c.pipeline == pipeline && c.version == version) out.push_back(&c);
    std::ranges::sort(out, {}, &pipeline::ClauseRow::index);
    return out;
  }
  model::PipelineDecl decl_of(const pipeline::VersionRow& version) const {
    const auto& row = *rows_.find(version.pipeline);
    model::PipelineDecl out;
    out.name = row.name + "." + std::to_string(row.id);
    out.grain = row.grain;
    out.zone = pipeline::zone_of(row);
    out.since = {row.grain, row.since};
    out.max_runs = row.max_runs;
    const auto* trigger = rows_.trigger(row.id, version.version);
    if (row.deleted || trigger == nullptr) return out;
    model::set_trigger(out, trigger->spec, clauses_of(row.id, version.version), *this);
    return out;
  }

  const PipelineRows& rows_;
  std::map<std::int64_t, int> numbers_;
  std::vector<model::Run> runs_;
};

}  // namespace

std::vector<std::string> check_triggers(const PipelineRows& rows) {
  const Translation translated(rows);
  auto counts = model::audit(translated.facts, translated.names, translated.left_out);
  for (auto& finding : counts.findings) finding = "P5: " + finding;
  return counts.findings;
}

}  // namespace weir::invariants
