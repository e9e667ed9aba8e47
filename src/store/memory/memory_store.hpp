// A store in memory, for the simulator and for tests: as the port says, but gone with the object.
//
// A crash of the process that uses it is crash(): what was committed stays, and open() is asked for again. Commits are
// always durable or, for a wrong batch, refused; other outcomes are made by FaultyStore.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "store/store.hpp"

namespace weir::store {

class MemoryStore : public Store {
 public:
  Result<void> open(const std::vector<const TableInfo*>& tables) override;
  CommitResult commit(const Batch& batch) override;
  Result<void> reopen() override;
  BatchNumber last_batch() override;
  Result<void> load(const TableInfo& table, const std::function<void(Row)>& visit) override;
  Result<Row> fetch(const TableInfo& table, const Key& key) override;
  Result<Page> query(const Query& query) override;
  Space space() override;
  bool give_up_reserve() override { return false; }
  bool take_reserve() override { return false; }
  std::string name() const override { return "memory"; }

  // The process that had opened it is gone: every call fails until open().
  void crash();
  std::size_t rows(const TableInfo& table);
  // What space() answers as free; a test of the low-water mark lowers it.
  void set_free_bytes(std::uint64_t bytes);

 private:
  using Rows = std::map<Key, Row>;
  Result<Rows*> rows_of(const TableInfo& table);

  std::mutex mutex_;
  bool open_ = false;
  std::vector<const TableInfo*> tables_;
  std::map<std::string, Rows, std::less<>> rows_;  // by table name: a restarted process may describe its tables anew
  BatchNumber last_ = 0;
  std::uint64_t free_bytes_ = 1ull << 40;
};

}  // namespace weir::store
