#include "store/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::store {

using sqlite::Connection;
using sqlite::Use;

namespace {

// Errors after which nothing was written, provided that the transaction could be rolled back. Everything else
// (I/O errors, a damaged file, no memory) leaves open what a fresh open would see.
bool refusable(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return true;
    default:
      return false;
  }
}

}  // namespace

SqliteStore::SqliteStore(std::filesystem::path dir, Options options)
    : dir_(std::move(dir)), options_(std::move(options)), folder_(dir_) {}

SqliteStore::~SqliteStore() {
  readers_.close();
  if (writer_ && usable_) checkpoint(SQLITE_CHECKPOINT_TRUNCATE);  // a good end: nothing to recover at the next start
}

std::string SqliteStore::name() const { return "sqlite at " + dir_.string(); }

Result<void> SqliteStore::open(const std::vector<const TableInfo*>& tables) {
  if (writer_) return fail("the store is in use", name());
  tables_ = tables;
  sql_.clear();
  for (const auto* table : tables_) sql_.emplace_back(*table);
  if (options_.folder_files) {
    if (auto ok = folder_.take(); !ok) return ok;
  }
  auto opened = open_database();
  if (!opened && give_up_reserve()) opened = open_database();  // perhaps the disk is full
  if (!opened) {
    close_connections();
    folder_.leave();
    return std::unexpected(std::move(opened.error()).in(name()));
  }
  take_reserve();
  return {};
}

Result<void> SqliteStore::reopen() {
  usable_ = false;
  close_connections();
  auto opened = open_database();
  if (!opened) {
    close_connections();
    return std::unexpected(std::move(opened.error()).in(name()));
  }
  return {};
}

void SqliteStore::close_connections() {
  readers_.close();
  write_statements_.clear();
  writer_.reset();
}

Result<void> SqliteStore::open_database() {
  close_connections();
  if (auto ok = open_writer(); !ok) return ok;
  if (auto ok = prove_durability(); !ok) return ok;
  if (auto ok = readers_.open(dir_ / "weir.db", options_.vfs, options_.readers); !ok) return ok;
  write_statements_.assign(tables_.size(), {nullptr, nullptr});
  usable_ = true;
  return {};
}

// Reads only: a store that is refused must stay as it was, to the byte.
Result<void> SqliteStore::check_version(bool& fresh) {
  auto objects = writer_->number("SELECT count(*) FROM sqlite_schema");
  if (!objects) return std::unexpected(objects.error());
  fresh = *objects == 0;
  if (fresh) {
    if (options_.folder_files && folder_.made())
      return fail("weir.db is missing or empty, though a store was made here", {},
                  "restore it from a backup; to start empty on purpose, name a new folder");
    return {};
  }
  auto meta = writer_->number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'");
  if (!meta) return std::unexpected(meta.error());
  if (*meta == 0) return fail("weir.db is a database of another program", {}, "name another folder");
  auto version = writer_->number("SELECT value FROM meta WHERE key = 'schema'", -1);
  if (!version) return std::unexpected(version.error());
  const int newest = options_.migrations.back().version;
  if (*version < 1) return fail("weir.db does not say its schema version", {}, "restore it from a backup");
  if (*version > newest)
    return fail(fmt::format("the store has schema {}, this program knows up to {}", *version, newest), {},
                "use the newer program that wrote it; nothing was changed");
  return {};
}

Result<void> SqliteStore::open_writer() {
  auto connection = Connection::open(dir_ / "weir.db", options_.vfs, true);
  if (!connection) return std::unexpected(connection.error());
  writer_ = std::move(*connection);
  bool fresh = false;
  if (auto ok = check_version(fresh); !ok) return ok;

  // No memory map: there an I/O error is a signal. No automatic checkpoints: they would be a client's commit's burden.
  const auto pragmas = fmt::format(
      "{}PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0;"
      "PRAGMA journal_size_limit = {}; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"
      "PRAGMA cell_size_check = 1; PRAGMA trusted_schema = 0;",
      fresh ? "PRAGMA auto_vacuum = INCREMENTAL;" : "", options_.sync_commits ? "FULL" : "NORMAL",
      options_.checkpoint_bytes * 2);
  if (writer_->run(pragmas) != SQLITE_OK) return std::unexpected(writer_->problem("the database cannot be set up"));
  auto page_bytes = writer_->number("PRAGMA page_size");
  if (!page_bytes) return std::unexpected(page_bytes.error());
  page_bytes_ = static_cast<std::uint64_t>(*page_bytes);
  if (options_.max_bytes > 0 &&
      writer_->run(fmt::format("PRAGMA max_page_count = {}", options_.max_bytes / page_bytes_)) != SQLITE_OK)
    return std::unexpected(writer_->problem("the database's size cannot be bounded"));
  sqlite3_wal_hook(
      writer_->handle(),
      [](void* self, sqlite3*, const char*, int frames) {
        auto& store = *static_cast<SqliteStore*>(self);
        store.wal_bytes_ = static_cast<std::uint64_t>(frames) * (store.page_bytes_ + 24);
        return SQLITE_OK;
      },
      this);

  if (fresh) return sqlite::create_schema(*writer_, tables_, options_.migrations.back().version, options_.cell);
  return {};
}

// What can be read now may be in the system's cache alone: after a failed sync, or after a process that died before its
// sync. Copying it into the database file dirties and syncs other pages, and the new epoch is a full commit on top.
Result<void> SqliteStore::prove_durability() {
  if (checkpoint(SQLITE_CHECKPOINT_TRUNCATE) != SQLITE_OK)
    return std::unexpected(writer_->problem("what was written before cannot be made durable"));
  auto version = writer_->number("SELECT value FROM meta WHERE key = 'schema'");
  if (!version) return std::unexpected(version.error());
  if (auto ok = sqlite::upgrade_schema(*writer_, tables_, options_.migrations, static_cast<int>(*version)); !ok)
    return ok;
  if (writer_->run("BEGIN IMMEDIATE; UPDATE meta SET value = value + 1 WHERE key = 'epoch'; COMMIT;") != SQLITE_OK) {
    auto problem = writer_->problem("a new epoch cannot be written");
    writer_->rolled_back();
    return std::unexpected(std::move(problem));
  }
  if (options_.folder_files) {
    if (auto ok = folder_.set_made(); !ok) return ok;
  }
  for (const auto& [key, value] : {std::pair<std::string_view, std::int64_t*>{"epoch", &epoch_}, {"cell", &cell_}}) {
    auto number = writer_->number(fmt::format("SELECT value FROM meta WHERE key = '{}'", key));
    if (!number) return std::unexpected(number.error());
    *value = *number;
  }
  auto last = writer_->number("SELECT value FROM meta WHERE key = 'batch'", -1);
  if (!last) return std::unexpected(last.error());
  if (*last < 0) return fail("the batch number is missing", {}, "restore a backup");
  last_ = *last;
  return {};
}

CommitResult SqliteStore::lost(std::string why) {
  usable_ = false;
  why_lost_ = std::move(why);
  return {CommitOutcome::unknown, why_lost_};
}

CommitResult SqliteStore::commit(const Batch& batch) {
  if (!usable_) return {CommitOutcome::unknown, "the store must be reopened: " + why_lost_};
  if (auto ok = check_batch(batch, last_, tables_); !ok) return {CommitOutcome::refused, ok.error().text()};
  if (wal_bytes_ >= options_.wal_bytes) {  // the only checkpoint that a commit ever waits for
    maintain();
    if (!usable_) return {CommitOutcome::unknown, why_lost_};
    if (wal_bytes_ >= options_.wal_bytes)
      return {CommitOutcome::refused, "the write-ahead log is full: a reader holds it, or the disk is too slow"};
  }
  if (write_batch(batch) == SQLITE_OK) {
    last_ = batch.number;
    return {};
  }
  const int code = writer_->code();
  auto why = writer_->text();
  if (!writer_->rolled_back()) return lost(why + "; the rollback failed: " + writer_->text());
  if (!refusable(code)) return lost(std::move(why));
  return {CommitOutcome::refused, std::move(why)};
}

int SqliteStore::write_batch(const Batch& batch) {
  if (const int code = writer_->run("BEGIN IMMEDIATE"); code != SQLITE_OK) return code;
  for (const auto& item : batch.writes)
    if (const int code = write(item); code != SQLITE_OK) return code;
  auto* number = writer_->prepare("UPDATE meta SET value = ?1 WHERE key = 'batch'");
  if (!number) return writer_->code();
  {
    const Use use(number);
    sqlite3_bind_int64(number, 1, batch.number);
    if (const int code = sqlite3_step(number); code != SQLITE_DONE) return code;
  }
  auto* commit = writer_->prepare("COMMIT");
  if (!commit) return writer_->code();
  const int code = sqlite3_step(commit);
  sqlite3_reset(commit);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

int SqliteStore::write(const Write& write) {
  const auto table = static_cast<std::size_t>(std::ranges::find(tables_, write.table) - tables_.begin());
  const bool put = write.op == Write::Op::put;
  auto*& statement = write_statements_[table][put ? 0 : 1];
  if (!statement) statement = writer_->prepare(put ? sql_[table].put : sql_[table].erase);
  if (!statement) return writer_->code();
  const Use use(statement);
  const int fields = put ? static_cast<int>(write.table->row().fields.size()) : write.table->key_fields;
  if (const int code = sqlite::bind_fields(statement, *write.table, write.row.get(), fields); code != SQLITE_OK)
    return code;
  const int code = sqlite3_step(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

int SqliteStore::checkpoint(int mode) {
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, mode, &frames, &copied);
  if (code == SQLITE_OK && frames == copied) wal_bytes_ = 0;  // the next commit starts the log anew
  return code;
}

void SqliteStore::maintain() {
  if (!usable_ || (wal_bytes_ < options_.checkpoint_bytes && wal_bytes_ < options_.wal_bytes)) return;
  const int code = checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  if (code == SQLITE_OK) {
    reclaim();
  } else if (!refusable(code)) {
    lost("checkpoint: " + writer_->text());  // the next commit tells it
  }
}

// Gives back free pages when they are many, a few at a time.
void SqliteStore::reclaim() {
  auto unused = writer_->number("PRAGMA freelist_count");
  auto pages = writer_->number("PRAGMA page_count");
  if (!unused || !pages || *unused < 4'096 || *unused < *pages / 4) return;
  if (writer_->run("PRAGMA incremental_vacuum(256)") == SQLITE_OK) return;
  const int code = writer_->code();
  const auto why = writer_->text();
  if (!writer_->rolled_back() || !refusable(code)) lost("freeing pages: " + why);
}

const sqlite::TableSql& SqliteStore::sql_of(const TableInfo& table) const {
  return sql_[static_cast<std::size_t>(std::ranges::find(tables_, &table) - tables_.begin())];
}

Result<sqlite::Readers::Loan> SqliteStore::reader(const TableInfo& table) {
  if (!usable_) return fail("the store must be reopened", name());
  if (std::ranges::find(tables_, &table) == tables_.end())
    return fail(fmt::format("table '{}' was not given to open()", table.name), name());
  return readers_.borrow();
}

Result<void> SqliteStore::load(const TableInfo& table, const std::function<void(Row)>& visit) {
  auto reading = reader(table);
  if (!reading) return std::unexpected(reading.error());
  auto& db = **reading;
  auto* statement = db.prepare(sql_of(table).load);
  if (!statement) return std::unexpected(db.problem("the table cannot be read").in(table.name));
  const Use use(statement);
  int stepped = SQLITE_ROW;
  while ((stepped = sqlite3_step(statement)) == SQLITE_ROW) {
    auto row = sqlite::read_row(statement, table);
    if (!row) return std::unexpected(row.error());
    visit(std::move(*row));
  }
  if (stepped != SQLITE_DONE) return std::unexpected(db.problem("the table cannot be read").in(table.name));
  return {};
}

Result<Row> SqliteStore::fetch(const TableInfo& table, const Key& key) {
  auto checked = check_key(table, key);
  if (!checked) return std::unexpected(checked.error());
  auto reading = reader(table);
  if (!reading) return std::unexpected(reading.error());
  auto& db = **reading;
  auto* statement = db.prepare(sql_of(table).fetch);
  if (!statement) return std::unexpected(db.problem("the row cannot be read").in(table.name));
  const Use use(statement);
  int parameter = 0;
  for (const auto& column : *checked) sqlite::bind_column(statement, ++parameter, column);
  const int stepped = sqlite3_step(statement);
  if (stepped == SQLITE_DONE) return Row{};
  if (stepped != SQLITE_ROW) return std::unexpected(db.problem("the row cannot be read").in(table.name));
  return sqlite::read_row(statement, table);
}

Result<Page> SqliteStore::query(const Query& query) {
  auto conditions = check(query);
  if (!conditions) return std::unexpected(conditions.error());
  auto reading = reader(*query.table);
  if (!reading) return std::unexpected(reading.error());
  auto& db = **reading;
  auto* statement = db.prepare(sqlite::query_sql(query, *conditions));
  if (!statement) return std::unexpected(db.problem("the query cannot be made").in(query.table->name));
  const Use use(statement);
  int parameter = 0;
  for (const auto& condition : *conditions) sqlite::bind_column(statement, ++parameter, condition.value);
  if (query.after) {
    auto after = check_key(*query.table, *query.after);
    for (const auto& column : *after) sqlite::bind_column(statement, ++parameter, column);
  }
  sqlite3_bind_int64(statement, ++parameter, query.limit + 1);  // one more tells whether there is a next page
  Page page;
  int stepped = SQLITE_ROW;
  while ((stepped = sqlite3_step(statement)) == SQLITE_ROW) {
    if (page.rows.size() == static_cast<std::size_t>(query.limit)) {
      page.next = key_of(*query.table, page.rows.back().get());
      return page;
    }
    auto row = sqlite::read_row(statement, *query.table);
    if (!row) return std::unexpected(row.error());
    page.rows.push_back(std::move(*row));
  }
  if (stepped != SQLITE_DONE) return std::unexpected(db.problem("the query failed").in(query.table->name));
  return page;
}

Space SqliteStore::space() {
  auto space = folder_.space();
  if (options_.max_bytes > 0)
    space.free_bytes =
        std::min(space.free_bytes, options_.max_bytes > space.used_bytes ? options_.max_bytes - space.used_bytes : 0);
  return space;
}

bool SqliteStore::give_up_reserve() { return options_.folder_files && folder_.give_up_reserve(); }

bool SqliteStore::take_reserve() { return options_.folder_files && folder_.take_reserve(options_.reserve_bytes); }

}  // namespace weir::store
