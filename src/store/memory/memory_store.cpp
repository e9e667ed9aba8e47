#include "store/memory/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/query.hpp"

namespace weir::store {

Result<void> MemoryStore::open(const std::vector<const TableInfo*>& tables) {
  const std::scoped_lock lock(mutex_);
  if (open_) return fail("the store is in use", name(), "stop the server that uses it first");
  tables_ = tables;
  for (const auto* table : tables) rows_[std::string(table->name)];
  open_ = true;
  return {};
}

CommitResult MemoryStore::commit(const Batch& batch) {
  const std::scoped_lock lock(mutex_);
  if (!open_) return {CommitOutcome::refused, "the store is not open"};
  if (auto ok = check_batch(batch, last_, tables_); !ok) return {CommitOutcome::refused, ok.error().text()};
  for (const auto& write : batch.writes) {
    auto& rows = rows_.find(write.table->name)->second;
    if (write.op == Write::Op::put) {
      rows.insert_or_assign(key_of(*write.table, write.row.get()), write.row);
    } else {
      rows.erase(key_of(*write.table, write.row.get()));
    }
  }
  last_ = batch.number;
  return {};
}

Result<void> MemoryStore::reopen() {
  const std::scoped_lock lock(mutex_);
  if (!open_) return fail("the store is not open", name());
  return {};
}

BatchNumber MemoryStore::last_batch() {
  const std::scoped_lock lock(mutex_);
  return last_;
}

Result<MemoryStore::Rows*> MemoryStore::rows_of(const TableInfo& table) {
  if (!open_) return fail("the store is not open", name());
  const auto found = rows_.find(table.name);
  if (found == rows_.end()) return fail(fmt::format("there is no table '{}'", table.name), name());
  return &found->second;
}

Result<void> MemoryStore::load(const TableInfo& table, const std::function<void(Row)>& visit) {
  std::vector<Row> seen;
  {
    const std::scoped_lock lock(mutex_);
    auto rows = rows_of(table);
    if (!rows) return std::unexpected(rows.error());
    seen.reserve((*rows)->size());
    for (const auto& [key, row] : **rows) seen.push_back(row);
  }
  for (auto& row : seen) visit(std::move(row));
  return {};
}

Result<Row> MemoryStore::fetch(const TableInfo& table, const Key& key) {
  auto checked = check_key(table, key);
  if (!checked) return std::unexpected(checked.error());
  const std::scoped_lock lock(mutex_);
  auto rows = rows_of(table);
  if (!rows) return std::unexpected(rows.error());
  const auto found = (*rows)->find(*checked);
  return found == (*rows)->end() ? Row{} : found->second;
}

Result<Page> MemoryStore::query(const Query& query) {
  auto conditions = check(query);
  if (!conditions) return std::unexpected(conditions.error());
  const std::scoped_lock lock(mutex_);
  auto rows = rows_of(*query.table);
  if (!rows) return std::unexpected(rows.error());
  std::optional<Key> after;
  if (query.after) after = *check_key(*query.table, *query.after);

  Page page;
  std::optional<Key> last;
  const auto take = [&](const auto& entry) {  // false: the page is full
    if (!meets(*query.table, entry.second.get(), *conditions)) return true;
    if (page.rows.size() == static_cast<std::size_t>(query.limit)) {
      page.next = last;
      return false;
    }
    page.rows.push_back(entry.second);
    last = entry.first;
    return true;
  };
  if (query.descending) {
    auto it = std::make_reverse_iterator(after ? (*rows)->lower_bound(*after) : (*rows)->end());
    while (it != (*rows)->rend() && take(*it)) ++it;
  } else {
    auto it = after ? (*rows)->upper_bound(*after) : (*rows)->begin();
    while (it != (*rows)->end() && take(*it)) ++it;
  }
  return page;
}

Space MemoryStore::space() {
  const std::scoped_lock lock(mutex_);
  return {free_bytes_, 0};
}

void MemoryStore::crash() {
  const std::scoped_lock lock(mutex_);
  open_ = false;
}

std::size_t MemoryStore::rows(const TableInfo& table) {
  const std::scoped_lock lock(mutex_);
  const auto found = rows_.find(table.name);
  return found == rows_.end() ? 0 : found->second.size();
}

void MemoryStore::set_free_bytes(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  free_bytes_ = bytes;
}

}  // namespace weir::store
