#include "core/cold_table.hpp"

namespace weir::core {

TableBase::Before ColdBase::replace(Row row) {
  const auto [at, fresh] = entries_.try_emplace(store::key_of(info(), row.get()));
  auto& entry = at->second;
  Before before{entry.row, !fresh && !entry.waiting};
  entry.row = std::move(row);
  entry.waiting = false;
  return before;
}

TableBase::Before ColdBase::remove(const void* row) {
  const auto [at, fresh] = entries_.try_emplace(store::key_of(info(), row));
  auto& entry = at->second;
  Before before{entry.row, !fresh && !entry.waiting};
  entry.row = nullptr;
  entry.waiting = false;
  return before;
}

void ColdBase::restore(const Before& before, const Row& now) {
  const auto found = entries_.find(store::key_of(info(), now.get()));
  if (found == entries_.end()) return;
  auto& entry = found->second;
  if (before.known) {
    entry.row = before.row;
  } else if (entry.pins > 0) {
    // Someone waits for this key; what the fetch will bring is the truth again.
    entry.row = nullptr;
    entry.waiting = true;
  } else {
    entries_.erase(found);
  }
}

void ColdBase::pin(const Key& key) {
  const auto [at, fresh] = entries_.try_emplace(key);
  if (fresh) at->second.waiting = true;
  ++at->second.pins;
}

void ColdBase::fetched(const Key& key, Row row) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.waiting) return;
  found->second.row = std::move(row);
  found->second.waiting = false;
}

void ColdBase::unpin(const Key& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  if (--found->second.pins == 0 && found->second.waiting) entries_.erase(found);
}

void ColdBase::mark_written(const Key& key, store::BatchNumber batch) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) found->second.written = batch;
}

std::size_t ColdBase::evict(std::size_t skip, std::size_t count, store::BatchNumber durable) {
  std::size_t gone = 0;
  for (auto it = entries_.begin(); it != entries_.end() && gone < count;) {
    const auto& e = it->second;
    const bool evictable = e.pins == 0 && !e.waiting && e.written <= durable;
    if (!evictable) {
      ++it;
    } else if (skip > 0) {
      --skip;
      ++it;
    } else {
      it = entries_.erase(it);
      ++gone;
    }
  }
  return gone;
}

}  // namespace weir::core
