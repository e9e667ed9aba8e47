// The store port: what the house needs of a place that remembers.
//
// One process owns a store at a time (a second is refused at open). Inside it, one thread calls commit(); fetch(),
// query() and load() may be called by other threads at the same time and see committed rows only, each call one
// consistent state that is at least as new as every commit that had returned durable when the call began.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/table.hpp"

namespace weir::store {

using BatchNumber = std::int64_t;  // 1, 2, 3, ... ; each commit writes its number

struct Write {
  enum class Op { put, erase };
  const TableInfo* table = nullptr;
  Op op = Op::put;
  Row row;  // put: the row; erase: any row with its key
};

// All that was decided together. Writes of one key appear in the order they were made; the last one counts.
struct Batch {
  BatchNumber number = 0;
  std::vector<Write> writes;
};

enum class CommitOutcome {
  durable,  // survives a crash of the process and a power loss
  refused,  // surely not written (no space, busy, too big); the store is usable as before
  unknown,  // may or may not be written (I/O error, failed sync, lost connection); unusable until reopen()
};
struct CommitResult {
  CommitOutcome outcome = CommitOutcome::durable;
  std::string why;  // set unless durable
};

// A read of committed rows: those of `table` that meet all conditions, in the order of the primary key.
struct Condition {
  enum class Op { equal, less, less_or_equal, greater, greater_or_equal };
  std::string_view field;
  Op op = Op::equal;
  Column value;
};
struct Query {
  const TableInfo* table = nullptr;
  std::vector<Condition> where;
  bool descending = false;
  std::optional<Key> after;  // continue behind this primary key (in the direction of the order)
  int limit = 100;           // at most limits::kQueryPageRows
};
struct Page {
  std::vector<Row> rows;
  std::optional<Key> next;  // pass as `after` for the next page; nothing at the end
};

struct Space {
  std::uint64_t free_bytes = 0;  // for growth, where the store lives
  std::uint64_t used_bytes = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Opens or creates. Creates missing tables of `tables`, runs migrations, refuses a newer schema or a store in use by
  // another process (Problem; nothing was changed). Call once, before anything else.
  virtual Result<void> open(const std::vector<const TableInfo*>& tables) = 0;

  // Writes the batch and its number, all or nothing. Blocks until the outcome is known. batch.number must be
  // last_batch() + 1. After unknown every call but reopen() fails.
  virtual CommitResult commit(const Batch& batch) = 0;

  // After unknown: opens anew, proves durability again, so that last_batch() and load() tell what is durably there.
  virtual Result<void> reopen() = 0;

  // The number of the last durable commit; 0 for a new store.
  virtual BatchNumber last_batch() = 0;

  // Every row of a table, in the order of its primary key.
  virtual Result<void> load(const TableInfo& table, const std::function<void(Row)>& visit) = 0;

  // One row by its primary key; an empty Row when it is absent.
  virtual Result<Row> fetch(const TableInfo& table, const Key& key) = 0;

  virtual Result<Page> query(const Query& query) = 0;

  virtual Space space() = 0;
  // Gives up the preallocated reserve so that finishing and deleting have room (true when there was one), and takes it
  // again when there is room. Adapters without a reserve return false.
  virtual bool give_up_reserve() = 0;
  virtual bool take_reserve() = 0;

  // Upkeep between commits, on the committing thread, while no client waits for it (checkpoints, retention in small
  // pieces). Returns soon.
  virtual void maintain() {}

  // A name for messages: "sqlite at DIR", "memory".
  virtual std::string name() const = 0;
};

}  // namespace weir::store
