#include "tests/power/scenario.hpp"

#include <fmt/format.h>

#include <random>

#include "store/memory/memory_store.hpp"

namespace weir::power {
namespace {

using namespace weir::store;

struct ItemRow {
  std::int64_t id = 0;
  std::string text;
  std::int64_t batch = 0;
};
BOOST_DESCRIBE_STRUCT(ItemRow, (), (id, text, batch))
struct EventRow {
  std::string owner;
  std::int64_t seq = 0;
  std::string kind;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (owner, seq, kind))

const TableInfo kItem{"item", Keeping::live, 1, &type_of<ItemRow>};
const TableInfo kEvent{"event", Keeping::log, 2, &type_of<EventRow>, {"kind"}};
const std::vector<const TableInfo*> kTables{&kItem, &kEvent};

std::string everything(Store& store) {
  std::string out;
  for (const auto* table : kTables) {
    const auto loaded = store.load(*table, [&](Row row) {
      Key columns;
      for (const auto& field : table->row().fields) columns.push_back(to_column(*field.type(), field.get(row.get())));
      out += text_of(columns) + "\n";
    });
    if (!loaded) return "cannot be loaded: " + loaded.error().text();
  }
  return out;
}

std::string expected(const Scenario& scenario, BatchNumber last) {
  MemoryStore memory;
  if (!memory.open(kTables)) return "";
  for (BatchNumber n = 1; n <= last; ++n) memory.commit(Batch{n, writes_of(scenario, n)});
  return everything(memory);
}

std::string integrity(const Disk& disk) {
  sqlite3* db = nullptr;
  std::string out;
  sqlite3_open_v2("/power/weir.db", &db, SQLITE_OPEN_READWRITE, disk.vfs_name().c_str());
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_exec(
      db, "PRAGMA integrity_check",
      [](void* text, int, char** values, char**) {
        *static_cast<std::string*>(text) += values[0];
        return 0;
      },
      &out, nullptr);
  sqlite3_close(db);
  return out;
}

}  // namespace

std::vector<Scenario> scenarios() {
  return {
      {"small commits", 1, 12, 3, 40},
      {"upkeep after every commit", 2, 10, 6, 200, 0, 1},
      {"restarts", 3, 9, 6, 40, 3},
      {"rows of several pages", 4, 6, 5, 9'000, 4, 32 * 1024},
      {"deletes", 5, 14, 12, 500, 0, 32 * 1024},
  };
}

std::vector<Write> writes_of(const Scenario& scenario, BatchNumber n) {
  std::mt19937_64 random(scenario.seed * 1'000'003 + static_cast<std::uint64_t>(n));
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<std::uint64_t>(bound)); };
  std::vector<Write> out;
  for (int i = 1 + below(scenario.rows); i > 0; --i) {
    ItemRow item{below(20), std::string(static_cast<std::size_t>(below(scenario.payload_bytes) + 1), 'a'), n};
    const auto op = below(4) == 0 ? Write::Op::erase : Write::Op::put;
    out.push_back({&kItem, op, std::make_shared<const ItemRow>(std::move(item))});
    EventRow event{fmt::format("owner-{}", below(3)), n * 100 + i, below(2) ? "begun" : "ended"};
    out.push_back({&kEvent, Write::Op::put, std::make_shared<const EventRow>(std::move(event))});
  }
  return out;
}

std::unique_ptr<SqliteStore> make_store(const Disk& disk, const Scenario& scenario) {
  SqliteOptions options;
  options.vfs = disk.vfs_name();
  options.folder_files = false;
  options.sync_commits = scenario.sync_commits;
  options.checkpoint_bytes = scenario.checkpoint_bytes;
  options.readers = 1;
  return std::make_unique<SqliteStore>("/power", options);
}

Told live(Disk& disk, const Scenario& scenario, std::vector<std::string>& complaints) {
  constexpr int kAttempts = 4;
  Told told;
  std::unique_ptr<SqliteStore> store;
  // Whatever an open or reopen that went well shows is told to the world.
  const auto shown = [&] {
    const auto last = store->last_batch();
    if (last < told.durable) complaints.push_back(fmt::format("batch {} was durable, {} is shown", told.durable, last));
    if (last > told.possible)
      complaints.push_back(fmt::format("batch {} is shown, {} was possible", last, told.possible));
    told.durable = last;
    told.possible = last;
  };
  const auto start = [&] {
    for (int i = 0; i < kAttempts && !disk.ended(); ++i) {
      store.reset();
      store = make_store(disk, scenario);
      if (store->open(kTables)) return shown(), true;
    }
    return false;
  };
  const auto repair = [&] {
    for (int i = 0; i < kAttempts && !disk.ended(); ++i)
      if (store->reopen()) return shown(), true;
    return false;
  };

  if (!start()) return told;
  int refusals = 0;
  while (told.durable < scenario.batches) {
    const auto n = told.durable + 1;
    const auto result = store->commit(Batch{n, writes_of(scenario, n)});
    if (result.outcome == CommitOutcome::durable) {
      told.durable = told.possible = n;
      store->maintain();
      if (scenario.restart_every > 0 && n % scenario.restart_every == 0 && !start()) return told;
    } else if (result.outcome == CommitOutcome::refused) {
      if (++refusals == kAttempts) return told;
    } else {
      told.possible = n;
      if (!repair()) return told;
    }
  }
  return told;
}

std::string check(Disk& disk, const Scenario& scenario, const Told& told) {
  BatchNumber last = 0;
  {
    auto store = make_store(disk, scenario);
    if (auto opened = store->open(kTables); !opened) return "does not open: " + opened.error().text();
    last = store->last_batch();
    if (last < told.durable)
      return fmt::format("batch {} was answered durable, the last one is {}", told.durable, last);
    if (last > told.possible)
      return fmt::format("batch {} is there, though {} was the last possible", last, told.possible);
    if (everything(*store) != expected(scenario, last))
      return fmt::format("the rows are not those after batch {}", last);
    if (auto text = integrity(disk); text != "ok") return "integrity: " + text;
    disk.end_before(1);  // shown, and then the power goes: no good end
    store->commit(Batch{last + 1, {}});
  }
  disk.lose_power(Disk::Loss::drop_all, 0);
  auto store = make_store(disk, scenario);
  if (auto opened = store->open(kTables); !opened) return "does not open again: " + opened.error().text();
  if (store->last_batch() != last)
    return fmt::format("batch {} was shown after the start, {} after the next loss", last, store->last_batch());
  const auto next = store->commit(Batch{last + 1, writes_of(scenario, last + 1)});
  if (next.outcome != CommitOutcome::durable) return "does not go on: " + next.why;
  if (everything(*store) != expected(scenario, last + 1)) return "the rows are wrong after going on";
  return {};
}

}  // namespace weir::power
