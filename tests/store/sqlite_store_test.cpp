#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/store/rows.hpp"

namespace weir::store::test {
namespace {

class Sqlite : public testing::Test {
 protected:
  static SqliteOptions small() {
    SqliteOptions options;
    options.reserve_bytes = 64 * 1024;
    return options;
  }
  std::unique_ptr<SqliteStore> opened(SqliteOptions options = small()) {
    auto store = std::make_unique<SqliteStore>(dir_, options);
    const auto ok = store->open(kTables);
    EXPECT_TRUE(ok) << ok.error().text();
    return store;
  }
  std::string refusal(SqliteOptions options = small(), const std::vector<const TableInfo*>& tables = kTables) {
    SqliteStore store(dir_, options);
    const auto ok = store.open(tables);
    return ok ? "" : ok.error().text();
  }
  std::string bytes(std::string_view file) {
    std::ifstream in(dir_ / file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void change(const std::string& sql) {
    auto db = sqlite::Connection::open(dir_ / "weir.db", "", true);
    ASSERT_TRUE(db);
    ASSERT_EQ((*db)->run(sql), SQLITE_OK) << (*db)->text();
  }

  TemporaryFolder folder_;
  std::filesystem::path dir_ = folder_ / "deep" / "data";
};

TEST_F(Sqlite, keeps_its_folder_to_its_user) {
  const auto store = opened();
  struct stat info{};
  ASSERT_EQ(::stat(dir_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(Sqlite, refuses_a_second_server_on_the_same_data) {
  auto first = opened();
  EXPECT_NE(refusal().find("another server is using this data folder"), std::string::npos) << refusal();
  ASSERT_EQ(commit(*first, {put(boat(1))}).outcome, CommitOutcome::durable);
  first.reset();
  EXPECT_EQ(refusal(), "");
}

TEST_F(Sqlite, counts_an_epoch_for_every_open_and_reopen) {
  SqliteOptions options = small();
  options.cell = 7;
  auto store = opened(options);
  const auto first = store->epoch();
  EXPECT_EQ(store->cell(), 7);
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(store->epoch(), first + 1);
  store.reset();
  store = opened();
  EXPECT_EQ(store->epoch(), first + 2);
  EXPECT_EQ(store->cell(), 7);
}

TEST_F(Sqlite, leaves_a_newer_store_untouched) {
  opened();
  change("UPDATE meta SET value = 1000 WHERE key = 'schema'; PRAGMA wal_checkpoint(TRUNCATE);");
  const auto before = bytes("weir.db");
  EXPECT_NE(refusal().find("the store has schema 1000"), std::string::npos) << refusal();
  EXPECT_EQ(bytes("weir.db"), before);
  EXPECT_EQ(bytes("weir.db-wal"), "");
}

TEST_F(Sqlite, refuses_a_file_that_is_no_store) {
  std::filesystem::create_directories(dir_);
  std::ofstream(dir_ / "weir.db") << std::string(8192, 'x');
  EXPECT_NE(refusal().find("not a database"), std::string::npos) << refusal();
  std::filesystem::remove(dir_ / "weir.db");
  change("CREATE TABLE cats (name TEXT)");
  EXPECT_NE(refusal().find("another program"), std::string::npos) << refusal();
}

TEST_F(Sqlite, never_starts_empty_where_a_store_was) {
  opened();
  for (const char* file : {"weir.db", "weir.db-wal", "weir.db-shm"}) std::filesystem::remove(dir_ / file);
  EXPECT_NE(refusal().find("missing or empty"), std::string::npos) << refusal();
}

TEST_F(Sqlite, refuses_when_full_and_goes_on_when_there_is_room) {
  SqliteOptions options = small();
  options.max_bytes = 400 * 1024;
  auto store = opened(options);
  const std::string large(20'000, 'x');
  int kept = 0;
  CommitResult result;
  while ((result = commit(*store, {put(OrderRow{"k" + std::to_string(kept), large})})).outcome ==
         CommitOutcome::durable)
    ++kept;
  EXPECT_EQ(result.outcome, CommitOutcome::refused);
  EXPECT_NE(result.why.find("full"), std::string::npos) << result.why;
  EXPECT_GT(kept, 5);
  EXPECT_EQ(store->last_batch(), kept);
  EXPECT_EQ(all<OrderRow>(*store, kOrder).size(), static_cast<std::size_t>(kept));

  EXPECT_EQ(commit(*store, {erase(put(OrderRow{"k0", ""}))}).outcome, CommitOutcome::durable);
  EXPECT_EQ(commit(*store, {put(OrderRow{"again", large})}).outcome, CommitOutcome::durable);
  store.reset();
  EXPECT_EQ(all<OrderRow>(*opened(options), kOrder).size(), static_cast<std::size_t>(kept));
}

TEST_F(Sqlite, gives_up_its_reserve_once_and_takes_it_again) {
  auto store = opened();
  EXPECT_EQ(std::filesystem::file_size(dir_ / "reserve"), 64u * 1024);
  EXPECT_TRUE(store->give_up_reserve());
  EXPECT_FALSE(std::filesystem::exists(dir_ / "reserve"));
  EXPECT_FALSE(store->give_up_reserve());
  EXPECT_TRUE(store->take_reserve());
  EXPECT_EQ(std::filesystem::file_size(dir_ / "reserve"), 64u * 1024);
}

TEST_F(Sqlite, bounds_the_log_and_refuses_while_a_reader_holds_it) {
  SqliteOptions options = small();
  options.checkpoint_bytes = 64 * 1024;
  options.wal_bytes = 256 * 1024;
  auto store = opened(options);
  ASSERT_EQ(commit(*store, {put(boat(1))}).outcome, CommitOutcome::durable);
  const std::string large(30'000, 'x');
  int durable = 0;
  CommitResult refused;
  const auto loaded = store->load(kBoat, [&](Row) {  // the reader's snapshot is held while this runs
    for (int i = 0; i < 100 && refused.outcome == CommitOutcome::durable; ++i) {
      refused = commit(*store, {put(OrderRow{std::to_string(i % 3), large})});
      if (refused.outcome == CommitOutcome::durable) ++durable;
      store->maintain();
    }
  });
  ASSERT_TRUE(loaded);
  EXPECT_EQ(refused.outcome, CommitOutcome::refused);
  EXPECT_NE(refused.why.find("write-ahead log"), std::string::npos) << refused.why;
  EXPECT_GE(durable, 6);
  EXPECT_EQ(commit(*store, {put(boat(2))}).outcome, CommitOutcome::durable);
}

TEST_F(Sqlite, checkpoints_between_commits_keep_the_log_short) {
  SqliteOptions options = small();
  options.checkpoint_bytes = 64 * 1024;
  auto store = opened(options);
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(commit(*store, {put(OrderRow{std::to_string(i % 5), std::string(20'000, 'x')})}).outcome,
              CommitOutcome::durable);
    store->maintain();
  }
  EXPECT_LT(std::filesystem::file_size(dir_ / "weir.db-wal"), 200u * 1024);
  EXPECT_GT(store->space().used_bytes, 0u);
  EXPECT_GT(store->space().free_bytes, 0u);
}

TEST_F(Sqlite, migrates_an_older_store_and_keeps_its_rows) {
  ASSERT_EQ(commit(*opened(), {put(boat(1))}).outcome, CommitOutcome::durable);
  const sqlite::Migration next[] = {{1, ""}, {2, "CREATE TABLE moved (id INTEGER PRIMARY KEY) STRICT"}};
  auto options = small();
  options.migrations = next;
  auto store = opened(options);
  EXPECT_EQ(all<BoatRow>(*store, kBoat), (std::vector<BoatRow>{boat(1)}));
  store.reset();
  EXPECT_NE(refusal().find("the store has schema 2"), std::string::npos);  // the older program
}

struct GrownRow {
  std::string group;
  std::string select;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(GrownRow, (), (group, select, note))
const TableInfo kGrown{"order", Keeping::log, 1, &type_of<GrownRow>};

TEST_F(Sqlite, a_field_that_no_migration_added_is_refused) {
  {
    auto store = opened();
    ASSERT_EQ(commit(*store, {put(OrderRow{"a", "b"})}).outcome, CommitOutcome::durable);
  }
  EXPECT_NE(refusal(small(), {&kGrown}).find("column 'note' is missing"), std::string::npos);

  const sqlite::Migration next[] = {{1, ""}, {2, "ALTER TABLE \"order\" ADD COLUMN note TEXT"}};
  auto options = small();
  options.migrations = next;
  SqliteStore store(dir_, options);
  ASSERT_TRUE(store.open({&kGrown}));
  EXPECT_EQ(store.last_batch(), 1);
  const auto row = store.fetch(kGrown, {std::string("a")});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(as<GrownRow>(*row).select, "b");
  EXPECT_EQ(as<GrownRow>(*row).note, std::nullopt);
}

TEST_F(Sqlite, a_failed_migration_changes_nothing) {
  opened();
  const sqlite::Migration wrong[] = {{1, ""}, {2, "CREATE TABLE half (x TEXT) STRICT; DROP TABLE nothing_like_it"}};
  auto options = small();
  options.migrations = wrong;
  EXPECT_NE(refusal(options).find("migration 2 failed"), std::string::npos) << refusal(options);
  EXPECT_EQ(refusal(), "");  // still a store of version 1
}

TEST_F(Sqlite, creates_tables_that_came_later) {
  {
    SqliteStore store(dir_, small());
    ASSERT_TRUE(store.open({&kBoat}));
    ASSERT_EQ(commit(store, {put(boat(1))}).outcome, CommitOutcome::durable);
  }
  auto store = opened();
  EXPECT_EQ(all<BoatRow>(*store, kBoat).size(), 1u);
  EXPECT_EQ(commit(*store, {put(OrderRow{"a", "b"})}).outcome, CommitOutcome::durable);
}

TEST_F(Sqlite, says_which_row_holds_a_value_that_does_not_fit) {
  {
    auto store = opened();
    ASSERT_EQ(commit(*store, {put(boat(5))}).outcome, CommitOutcome::durable);
  }
  change("UPDATE boat SET crew = 1000");
  auto store = opened();
  const auto row = store->fetch(kBoat, {std::int64_t{5}});
  ASSERT_FALSE(row);
  EXPECT_NE(row.error().text().find("table 'boat', row (5)"), std::string::npos) << row.error().text();
  EXPECT_NE(row.error().text().find("'crew'"), std::string::npos) << row.error().text();
}

TEST_F(Sqlite, stores_readable_columns) {
  {
    auto store = opened();
    auto row = boat(5);
    row.weather = Weather::STORMY;
    row.tags = {"x"};
    ASSERT_EQ(commit(*store, {put(row)}).outcome, CommitOutcome::durable);
  }
  auto db = sqlite::Connection::open(dir_ / "weir.db", "", false);
  ASSERT_TRUE(db);
  const auto found = (*db)->number(
      "SELECT count(*) FROM boat WHERE weather = 'STORMY' AND tags = '1[\"x\"]' AND owner IS NULL AND notes IS NULL");
  EXPECT_EQ(found.value_or(-1), 1);
}

}  // namespace
}  // namespace weir::store::test
