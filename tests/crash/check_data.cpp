// check_data DATA: reads the store of a server that has ended at rest and prints what does not hold in it, a line each
// (tests/invariants). Exit status 0: everything holds, and a line says how much there was; 1: something does not; 2:
// the store cannot be read. For ./dev crash.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <map>

#include "cli/house.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tests/invariants/executions.hpp"
#include "tests/invariants/pipelines.hpp"

namespace weir {
namespace {

int unreadable(const Problem& problem) {
  fmt::print(stderr, "check_data: {}\n", problem.text());
  return 2;
}

Result<std::vector<workflow::HistoryRow>> histories(store::Store& store) {
  std::vector<workflow::HistoryRow> out;
  std::optional<store::Key> after;
  do {
    const auto page = store.query({&workflow::kHistoryTable, {}, false, after, 1000});
    if (!page) return fail("cannot be read: " + page.error().text(), std::string(workflow::kHistoryTable.name));
    for (const auto& row : page->rows) out.push_back(*static_cast<const workflow::HistoryRow*>(row.get()));
    after = page->next;
  } while (after);
  return out;
}

int check(const std::string& data) {
  core::Cell cell;
  cli::Services services(cell.registry(), false);
  store::SqliteStore store(std::filesystem::path(data) / "store");
  if (auto opened = store.open(cell.tables()); !opened) return unreadable(opened.error());
  const auto rows = invariants::PipelineRows::read(store);
  if (!rows) return unreadable(rows.error());
  const auto chunks = histories(store);
  if (!chunks) return unreadable(chunks.error());
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());

  auto violations = invariants::check_executions(*chunks, rows->records).violations;
  for (const auto& more : {invariants::check_runs(*rows), invariants::check_schedules(*rows, now),
                           invariants::check_triggers(*rows), invariants::check_grants(*rows, false)})
    violations.insert(violations.end(), more.begin(), more.end());
  for (const auto& line : violations) fmt::print("{}\n", line);

  std::map<std::string, int> decisions;
  for (const auto& evidence : rows->evidence) ++decisions[evidence.decision];
  std::string told;
  for (const auto& [decision, n] : decisions) told += fmt::format("{}{} {}", told.empty() ? "" : ", ", n, decision);
  fmt::print("{} runs, {} occurrences, {} plans with {} keys; started: {}\n", rows->runs.size(),
             rows->occurrences.size(), rows->plans.size(), rows->plan_keys.size(), told);
  return violations.empty() ? 0 : 1;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: check_data DATA, the folder of a server that has ended\n");
    return 2;
  }
  return weir::check(argv[1]);
}
