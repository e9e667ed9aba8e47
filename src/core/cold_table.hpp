// A table whose rows live in the store and visit memory: read by key only (fetch, then decide).
//
// The cache knows for some keys that a row is present or absent; for all others it knows nothing, and a read of such a
// key makes the command wait for a fetch. A row that an unsettled batch wrote, or that a parked command waits for, is
// pinned: it stays until that is over, so that a fetch can never bring back what a newer write replaced.
#pragma once

#include <map>
#include <vector>

#include "core/table.hpp"

namespace weir::core {

class ColdBase : public TableBase {
 public:
  using TableBase::TableBase;

  std::size_t cached() const { return entries_.size(); }

 protected:
  friend class Transaction;
  friend class Cell;
  struct Entry {
    Row row;                         // empty: known to be absent
    bool waiting = false;            // a fetch is under way: nothing is known yet
    store::BatchNumber written = 0;  // the last batch that wrote it; settled when <= the durable one
    int pins = 0;
  };

  // The entry when something is known of the key; else nullptr.
  const Entry* known(const Key& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() || found->second.waiting ? nullptr : &found->second;
  }
  Before replace(Row row) override;
  Before remove(const void* row) override;
  void restore(const Before& before, const Row& now) override;
  void clear() override { entries_.clear(); }

  void pin(const Key& key);               // a command waits for it
  void fetched(const Key& key, Row row);  // the answer of a fetch; a newer write wins
  void unpin(const Key& key);
  void mark_written(const Key& key, store::BatchNumber batch);
  // Forgets up to `count` evictable entries, after skipping `skip` of them; returns how many went.
  std::size_t evict(std::size_t skip, std::size_t count, store::BatchNumber durable);

 private:
  std::map<Key, Entry> entries_;
};

template <class R>
class ColdTable : public ColdBase {
 public:
  using ColdBase::ColdBase;
  using Record = R;
};

}  // namespace weir::core
