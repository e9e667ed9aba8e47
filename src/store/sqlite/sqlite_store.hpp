// The store of a server that stands alone: one SQLite file, WAL, a sync for every commit.
//
// Durable means: the commit's frames were synced to the WAL before commit() returned, so it survives a power loss as
// far as the disk keeps its word. The one writer is the thread that calls commit(), maintain() and reopen(); reads may
// come from any thread and see one committed state each.
//
// A failed sync leaves the system's cache and the disk disagreeing, so it is never tried again on the same files:
// commit() answers unknown, and open() and reopen() copy every frame that can be read into the database file, sync
// that, and commit a new epoch, before anybody is told what is there.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "base/limits.hpp"
#include "store/sqlite/folder.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/schema.hpp"
#include "store/store.hpp"

namespace weir::store {

struct SqliteOptions {
  int readers = 2;
  std::int64_t cell = 1;                                 // of a new store
  std::uint64_t reserve_bytes = limits::kReserveBytes;   // 0: none
  std::uint64_t checkpoint_bytes = 16ull * 1024 * 1024;  // maintain() checkpoints a WAL from this size on
  std::uint64_t wal_bytes = limits::kWalBytes;           // commits are refused from this size on
  std::uint64_t max_bytes = 0;                           // the database file grows no further; 0: as the disk allows
  std::span<const sqlite::Migration> migrations = sqlite::migrations();
  // For tests that replace the disk:
  std::string vfs;           // SQLite's file layer; empty: the system's
  bool folder_files = true;  // the folder, its lock and the reserve
  bool sync_commits = true;  // false acknowledges before the sync: a planted bug that the power sweep must find
};

class SqliteStore : public Store {
 public:
  using Options = SqliteOptions;

  explicit SqliteStore(std::filesystem::path dir, Options options = {});
  ~SqliteStore() override;

  Result<void> open(const std::vector<const TableInfo*>& tables) override;
  CommitResult commit(const Batch& batch) override;
  Result<void> reopen() override;
  BatchNumber last_batch() override { return last_; }
  Result<void> load(const TableInfo& table, const std::function<void(Row)>& visit) override;
  Result<Row> fetch(const TableInfo& table, const Key& key) override;
  Result<Page> query(const Query& query) override;
  Space space() override;
  bool give_up_reserve() override;
  bool take_reserve() override;
  void maintain() override;
  std::string name() const override;

  // Rises by one at every open and reopen.
  std::int64_t epoch() const { return epoch_; }
  std::int64_t cell() const { return cell_; }

 private:
  Result<void> open_database();
  Result<void> open_writer();
  Result<void> prove_durability();
  Result<void> check_version(bool& fresh);
  void close_connections();
  int write(const Write& write);
  int write_batch(const Batch& batch);
  int checkpoint(int mode);
  void reclaim();
  const sqlite::TableSql& sql_of(const TableInfo& table) const;
  Result<sqlite::Readers::Loan> reader(const TableInfo& table);
  CommitResult lost(std::string why);

  std::filesystem::path dir_;
  Options options_;
  sqlite::Folder folder_;
  std::vector<const TableInfo*> tables_;
  std::vector<sqlite::TableSql> sql_;  // as tables_
  std::unique_ptr<sqlite::Connection> writer_;
  std::vector<std::array<sqlite3_stmt*, 2>> write_statements_;  // as tables_: put, erase
  sqlite::Readers readers_;
  std::atomic<bool> usable_ = false;
  std::string why_lost_;
  std::atomic<BatchNumber> last_ = 0;
  std::int64_t epoch_ = 0;
  std::int64_t cell_ = 0;
  std::uint64_t page_bytes_ = 4096;
  std::atomic<std::uint64_t> wal_bytes_ = 0;
};

}  // namespace weir::store
