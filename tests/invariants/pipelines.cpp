#include "tests/invariants/pipelines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace weir::invariants {
namespace {

template <class Row>
Result<void> read_all(store::Store& store, const store::TableInfo& table, std::vector<Row>& out) {
  std::optional<store::Key> after;
  do {
    auto page = store.query({&table, {}, false, after, 1000});
    if (!page) return fail("cannot be read: " + page.error().text(), std::string(table.name));
    for (const auto& row : page->rows) out.push_back(*static_cast<const Row*>(row.get()));
    after = page->next;
  } while (after);
  return {};
}

std::string words(const pipeline::RunRow& run) { return fmt::format("run {} of {} {}", run.run, run.name, run.label); }

}  // namespace

Result<PipelineRows> PipelineRows::read(store::Store& store) {
  namespace p = pipeline;
  PipelineRows out;
  const std::vector<Result<void>> done{read_all(store, p::kPipelineTable, out.pipelines),
                                       read_all(store, p::kVersionTable, out.versions),
                                       read_all(store, p::kTriggerTable, out.triggers),
                                       read_all(store, p::kClauseTable, out.clauses),
                                       read_all(store, p::kOccurrenceTable, out.occurrences),
                                       read_all(store, p::kRunFactTable, out.facts),
                                       read_all(store, p::kActiveRunTable, out.active),
                                       read_all(store, p::kRunTable, out.runs),
                                       read_all(store, p::kEvidenceTable, out.evidence),
                                       read_all(store, p::kStepTable, out.steps),
                                       read_all(store, p::kScheduleTable, out.schedules),
                                       read_all(store, p::kCatchupTable, out.catchups),
                                       read_all(store, p::kPlanTable, out.plans),
                                       read_all(store, p::kPlanKeyTable, out.plan_keys),
                                       read_all(store, p::kPlanHeldTable, out.held),
                                       read_all(store, p::kMissedTable, out.missed),
                                       read_all(store, p::kPauseTable, out.pauses),
                                       read_all(store, account::kGrantTable, out.grants),
                                       read_all(store, workflow::kRecordTable, out.records)};
  for (const auto& d : done)
    if (!d) return std::unexpected(d.error());
  return out;
}

const pipeline::PipelineRow* PipelineRows::find(std::int64_t id) const {
  const auto found = std::ranges::find(pipelines, id, &pipeline::PipelineRow::id);
  return found == pipelines.end() ? nullptr : &*found;
}

const pipeline::TriggerRow* PipelineRows::trigger(std::int64_t id, std::int64_t version) const {
  const auto found =
      std::ranges::find_if(triggers, [&](const auto& t) { return t.pipeline == id && t.version == version; });
  return found == triggers.end() ? nullptr : &*found;
}

std::vector<std::string> check_runs(const PipelineRows& rows) {
  using pipeline::RunState;
  std::vector<std::string> out;
  const auto wrong = [&](std::string text) { out.push_back("P1: " + std::move(text)); };
  for (const auto& row : rows.active) wrong(fmt::format("run {} is active at rest", row.run));
  for (const auto& row : rows.catchups) wrong(fmt::format("a missed time of pipeline {} still waits", row.pipeline));
  for (const auto& row : rows.plans)
    if (row.status == pipeline::PlanStatus::ACCEPTED) wrong(fmt::format("plan {} is not worked off", row.id));

  std::map<std::string, std::vector<const workflow::RecordRow*>> executions;
  for (const auto& record : rows.records)
    if (record.owner.starts_with("run/")) executions[record.owner].push_back(&record);
  std::map<std::int64_t, const pipeline::RunRow*> runs;
  for (const auto& run : rows.runs) {
    runs[run.run] = &run;
    if (run.status == RunState::QUEUED || run.status == RunState::RUNNING)
      wrong(fmt::format("{} is {} at rest", words(run), name_of(run.status)));
    if (!run.ended) wrong(words(run) + " has no end");
    const auto mine = executions.find("run/" + std::to_string(run.run));
    const auto count = mine == executions.end() ? 0 : mine->second.size();
    const bool works = run.started && run.cause != pipeline::RunCause::mark && run.error != "Weir.NotStarted";
    if (count != (works ? 1 : 0)) {
      wrong(fmt::format("{} has {} executions", words(run), count));
    } else if (works) {
      const auto& execution = *mine->second.front();
      if (run.execution != std::to_string(execution.id))
        wrong(fmt::format("{} names execution '{}', not {}", words(run), run.execution, execution.id));
      if (name_of(run.status) != name_of(execution.status))
        wrong(fmt::format("{} is {}, its execution {}", words(run), name_of(run.status), name_of(execution.status)));
    }
    if (mine != executions.end()) executions.erase(mine);
  }
  for (const auto& [owner, of] : executions) wrong(fmt::format("execution {} of {} has no run", of.front()->id, owner));
  for (const auto& step : rows.steps)
    if (step.info.status == "QUEUED" || step.info.status == "RUNNING")
      wrong(fmt::format("step {} of run {} is {} at rest", step.info.step, step.run, step.info.status));

  std::map<std::pair<std::int64_t, std::int64_t>, std::map<int, const pipeline::RunFactRow*>> numbers;
  for (const auto& fact : rows.facts) {
    numbers[{fact.pipeline, fact.window}][fact.number] = &fact;
    const auto run = runs.find(fact.run);
    if (run == runs.end())
      out.push_back(fmt::format("P2: run {} is judged and does not exist", fact.run));
    else if (name_of(run->second->status) != name_of(fact.status))
      out.push_back(fmt::format("P2: {} is {} and judged as {}", words(*run->second), name_of(run->second->status),
                                name_of(fact.status)));
  }
  for (const auto& occurrence : rows.occurrences) {
    const auto& mine = numbers[{occurrence.pipeline, occurrence.window}];
    const bool gapless =
        static_cast<int>(mine.size()) == occurrence.runs && (mine.empty() || mine.rbegin()->first == occurrence.runs);
    if (!gapless || (!mine.empty() && mine.rbegin()->second->run != occurrence.current))
      out.push_back(fmt::format("P2: window {} of pipeline {} has {} runs and counts {}", occurrence.window,
                                occurrence.pipeline, mine.size(), occurrence.runs));
  }
  return out;
}

std::vector<std::string> check_grants(const PipelineRows& rows, bool only_granted) {
  std::vector<std::string> out;
  for (const auto& clause : rows.clauses) {
    const auto* down = rows.find(clause.pipeline);
    const auto* up = rows.find(clause.upstream);
    if (down == nullptr || up == nullptr || down->deleted || up->deleted || clause.version != down->version) continue;
    const bool granted =
        !only_granted || up->account == down->account ||
        std::ranges::any_of(rows.grants, [&](const account::GrantRow& g) {
          return g.account == up->account && g.to == down->account && (g.pipeline == "*" || g.pipeline == up->name);
        });
    if (clause.blocked == granted)
      out.push_back(
          fmt::format("P6: the clause of {} on {} is {}blocked", down->name, up->name, clause.blocked ? "" : "not "));
  }
  return out;
}

}  // namespace weir::invariants
