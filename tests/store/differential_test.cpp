// The same random commits and reads on two stores must give the same answers.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/store/conformance.hpp"

namespace weir::store::test {
namespace {

class Driver {
 public:
  explicit Driver(std::uint64_t seed) : random_(seed) {}
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }

  std::string text() {
    static const std::vector<std::string> kTexts{"", "a", "A", std::string("a\0", 2), "b", "\xc3\xa9", "''", "1", "zz"};
    return kTexts[static_cast<std::size_t>(below(static_cast<std::int64_t>(kTexts.size())))];
  }
  VisitRow visit() {
    VisitRow row{text(), instant_of_ms(below(3) - 1), below(3), std::nullopt, below(5)};
    if (below(2)) row.kind = text();
    return row;
  }
  BoatRow some_boat() {
    BoatRow row = boat(below(12) - 3, text());
    row.crew = static_cast<std::int8_t>(below(4));
    row.height_m = static_cast<double>(below(5)) / 4;
    row.weather = below(2) ? Weather::CALM : Weather::STORMY;
    if (below(2)) row.berth = below(3);
    if (below(3) == 0) row.ports.push_back({text(), 1.25});
    if (below(3) == 0) row.notes.text = "[1.0]";
    return row;
  }
  Write write() {
    auto write = below(2) ? put(visit()) : put(some_boat());
    return below(4) == 0 ? erase(std::move(write)) : write;
  }
  Query query() {
    Query query{below(2) ? &kBoat : &kVisit};
    const auto fields = query.table->row().fields;
    for (auto n = below(3); n > 0; --n) {
      const auto& field = fields[static_cast<std::size_t>(below(static_cast<std::int64_t>(fields.size())))];
      const auto row = query.table == &kBoat ? put(some_boat()).row : put(visit()).row;
      query.where.push_back(
          {field.name, static_cast<Condition::Op>(below(5)), to_column(*field.type(), field.get(row.get()))});
    }
    query.descending = below(2);
    query.limit = static_cast<int>(1 + below(6));
    if (below(2))
      query.after = key_of(*query.table, query.table == &kBoat ? put(some_boat()).row.get() : put(visit()).row.get());
    return query;
  }

 private:
  std::mt19937_64 random_;
};

std::string shown(const TableInfo& table, const std::vector<Row>& rows) {
  std::string out;
  for (const auto& row : rows) {
    Key columns;
    for (const auto& field : table.row().fields) columns.push_back(to_column(*field.type(), field.get(row.get())));
    out += text_of(columns) + "\n";
  }
  return out;
}

std::string everything(Store& store) {
  std::string out;
  for (const auto* table : kTables) {
    std::vector<Row> rows;
    if (!store.load(*table, [&](Row row) { rows.push_back(std::move(row)); })) return "failed";
    out += shown(*table, rows);
  }
  return out;
}

TEST(Differential, memory_and_sqlite_answer_alike) {
  const char* given = std::getenv("WEIR_SEED");
  const std::uint64_t first = given ? std::stoull(given) : 1;
  const std::uint64_t seeds = given ? 1 : 15;
  for (auto seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE(fmt::format("replay: WEIR_SEED={} test_store --gtest_filter='Differential.*'", seed));
    Driver driver(seed);
    MemoryPlace memory;
    SqlitePlace sqlite;
    ASSERT_TRUE(memory.store().open(kTables));
    ASSERT_TRUE(sqlite.store().open(kTables));
    for (int step = 0; step < 60; ++step) {
      const auto kind = driver.below(10);
      if (kind == 0) {
        memory.restart();
        sqlite.restart();
        ASSERT_TRUE(memory.store().open(kTables));
        ASSERT_TRUE(sqlite.store().open(kTables));
      } else if (kind < 5) {
        std::vector<Write> writes;
        for (auto n = driver.below(8); n > 0; --n) writes.push_back(driver.write());
        ASSERT_EQ(commit(memory.store(), writes).outcome, CommitOutcome::durable);
        ASSERT_EQ(commit(sqlite.store(), writes).outcome, CommitOutcome::durable);
        ASSERT_EQ(memory.store().last_batch(), sqlite.store().last_batch());
      } else {
        const auto query = driver.query();
        const auto expected = memory.store().query(query);
        const auto actual = sqlite.store().query(query);
        ASSERT_EQ(expected.has_value(), actual.has_value());
        if (!expected) continue;
        ASSERT_EQ(shown(*query.table, expected->rows), shown(*query.table, actual->rows));
        ASSERT_EQ(expected->next, actual->next);
      }
    }
    ASSERT_EQ(everything(memory.store()), everything(sqlite.store()));
  }
}

}  // namespace
}  // namespace weir::store::test
