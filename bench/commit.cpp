// How long one client waits for a durable answer, with few and with many live rows, beside what the disk and SQLite
// need for one row.
#include <random>

#include "bench/counter_house.hpp"

namespace weir::bench {
namespace {

// Counters 1 .. rows, written straight to the store.
void fill(const std::filesystem::path& folder, std::int64_t rows) {
  core::Cell cell;
  CounterServices services(cell);
  store::SqliteStore store(folder, store::SqliteOptions{.reserve_bytes = 0});
  if (auto opened = store.open(cell.tables()); !opened) give_up(opened.error().text());
  for (std::int64_t first = 1; first <= rows; first += 20'000) {
    store::Batch batch;
    batch.number = store.last_batch() + 1;
    for (auto i = first; i < std::min(first + 20'000, rows + 1); ++i)
      batch.writes.push_back({&counter::kCounterTable, store::Write::Op::put,
                              std::make_shared<counter::CounterRow>(AccountId{account(i)}, 1)});
    if (store.commit(batch).outcome != store::CommitOutcome::durable) give_up("the rows cannot be written");
    store.maintain();
  }
}

void measure(Report& report, const std::filesystem::path& folder, std::int64_t rows, double seconds, Samples& bare) {
  fill(folder, rows);
  const auto name = fmt::format("{} live rows", rows);
  const auto opening = Clock::now();
  CounterHouse house(folder);
  report.figure(name + ": open and load", ms_since(opening), "ms");
  std::minstd_rand random(1);
  std::uniform_int_distribution<std::int64_t> any(1, rows);
  Samples samples;
  for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000;) {
    const auto one = Clock::now();
    house.ask(api::AddToCounter{1}, account(any(random)));
    samples.add(ms_since(one));
  }
  report.quantiles(name + ": one client", samples);
  report.at_most(name + ": one client p50", samples.p50(), "ms", 3 * bare.p50(), "3 x a bare commit");
  report.at_most(name + ": one client p99", samples.p99(), "ms", 5 * bare.p99(), "5 x a bare commit's p99");

  const auto commits = house.host.stats().commits;
  const auto begin = Clock::now();
  Clients clients(house.host,
                  [&](int) { return std::pair{api::Message::of(api::AddToCounter{1}), of(account(any(random)))}; });
  clients.start(64);
  Clock::duration span = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::this_thread::sleep_for(span);
  clients.stop();
  report.figure(name + ": 64 clients", static_cast<double>(clients.done()) / ms_since(begin) * 1000, "op/s");
  report.figure(name + ": 64 clients, operations a commit",
                static_cast<double>(clients.done()) / static_cast<double>(house.host.stats().commits - commits), "");
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("commit", given);
  const Scratch scratch(given);
  auto appends = bare_appends(scratch.path(), given.seconds / 2);
  auto bare = bare_commits(scratch.path(), given.seconds);
  report.quantiles("bare append and fdatasync", appends);
  report.quantiles("bare SQLite commit of a row", bare);
  for (const std::int64_t rows : {1'000, 1'000'000})
    measure(report, scratch.path() / std::to_string(rows), rows, given.seconds, bare);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
