#include "core/transaction.hpp"

#include <cassert>

#include "core/cell.hpp"
#include "json/described.hpp"

namespace weir::core {

Transaction::Transaction(Cell& cell, const api::Principal& principal, Instant now)
    : cell_(cell), principal_(principal), now_(now) {}

void Transaction::write(TableBase& table, store::Write::Op op, Row row) {
  // A service that writes more must have continued by a delivery: principle 5.
  assert(changes_.size() < static_cast<std::size_t>(limits::kCommandRowWrites) && "a command writes too many rows");
  auto before = op == store::Write::Op::put ? table.replace(row) : table.remove(row.get());
  if (table.info().keeping == store::Keeping::cold) {
    // The open batch will carry it; until that is settled the row must not be evicted.
    static_cast<ColdBase&>(table).mark_written(store::key_of(table.info(), row.get()), cell_.open_number());
  }
  changes_.push_back({&table, std::move(before), std::move(row), op});
}

Row Transaction::read_any(ColdBase& table, const Key& key) {
  if (const auto* entry = table.known(key)) return entry->row;
  throw Miss{&table, key};
}

void Transaction::rollback(const Savepoint& to) {
  while (changes_.size() > to.changes) {
    auto& change = changes_.back();
    change.table->restore(change.before, change.row);
    changes_.pop_back();
  }
  owed_.resize(to.owed);
  wakes_.resize(to.wakes);
}

AccountId Transaction::served(const std::string& what) const {
  if (const auto own = turns_.find(what); own != turns_.end()) return own->second;
  const auto found = cell_.turns_.find(what);
  return found == cell_.turns_.end() ? AccountId{} : found->second;
}

std::int64_t Transaction::new_id() {
  // Ids are reserved in blocks: one row write for many ids, and a crash leaves a gap, never a repetition.
  constexpr std::int64_t kBlock = 4096;
  const auto* row = cell_.cell_row_.find(std::int64_t{1});
  const auto id = ++cell_.next_id_;
  if (!row || id >= row->ids_reserved) put(cell_.cell_row_, CellRow{1, id + kBlock});
  return (cell_.config_.cell_id << 53) | id;
}

std::uint64_t Transaction::random() {
  // splitmix64: a state that only the order of decisions advances.
  auto z = (cell_.random_state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

api::Reply<api::Message> Transaction::call_any(api::Message request, const api::Principal* as) {
  const auto before = savepoint();
  const bool could_wait = std::exchange(may_wait_, false);
  const auto caller = principal_;
  if (as) principal_ = *as;
  auto reply = cell_.handle(*this, request, principal_);
  principal_ = caller;
  may_wait_ = could_wait;
  if (!reply) rollback(before);
  return reply;
}

void Transaction::deliver_any(const AccountId& account, api::Message payload) {
  owed_.push_back({account, std::move(payload)});
}

void Transaction::emit_any(const Type& type, const void* event) {
  const auto found = cell_.registry_.observers_.find(&type);
  if (found == cell_.registry_.observers_.end()) return;
  for (const auto& observer : found->second) observer(*this, event);
}

void Transaction::effect_any(const AccountId& account, std::string idempotency_key, api::Message payload) {
  EffectRow row;
  row.id = new_id();
  row.account = account;
  row.kind = std::string(payload.type->name);
  row.idempotency_key = std::move(idempotency_key);
  row.payload.text = json::print_described(*payload.type, payload.object.get());
  row.not_before = now_;
  put(cell_.effects_, std::move(row));
  ++cell_.stats_.effects;
}

bool Transaction::wait(WaitKey key, Instant until) {
  assert(changes_.empty() && owed_.empty() && "a command that changed something cannot wait");
  if (!may_wait_ || until <= now_) return false;
  wait_ = {std::move(key), until};
  return true;
}

void Transaction::wake(const WaitKey& key, int count) { wakes_.emplace_back(key, count); }

}  // namespace weir::core
