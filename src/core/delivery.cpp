// Deliveries: done inside the command that owes them, or standing as a row in its commit; and the work that does the
// rows, in order, exactly once: the change a delivery makes and the end of its row are one commit.
#include <cassert>

#include "core/cell.hpp"
#include "core/planted.hpp"
#include "core/turns.hpp"
#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::core {
namespace {

// A command that has written as much leaves the rest to commands of their own, so that others have their turn between.
constexpr int kInlineRows = 128;

// A failing delivery is tried again after 1, 2, 4, ... seconds.
Millis backoff(int attempts) { return Millis{1000ll << std::min(attempts - 1, 10)}; }

}  // namespace

void Cell::work_off_inline(Transaction& tx) {
  const int budget = config_.deliveries_per_command > 0 ? config_.deliveries_per_command : limits::kCommandDeliveries;
  // Handlers may owe more while we go through the list.
  for (std::size_t i = 0; i < tx.owed_.size(); ++i) {
    const auto owed = tx.owed_[i];
    const auto& index = deliveries_.index<by_account>();
    const auto first = index.lower_bound(std::make_tuple(owed.account, false));
    const bool others_first = first != index.end() && (*first)->account == owed.account && !(*first)->dead;
    const bool room = static_cast<int>(tx.changes_.size()) < kInlineRows;
    if (static_cast<int>(i) >= budget || others_first || !room) {
      owe(tx, owed.account, owed.payload);
      continue;
    }
    const auto before = tx.savepoint();
    if (auto done = perform_delivery(tx, owed.account, std::string(owed.payload.type->name), owed.payload.object.get());
        !done) {
      tx.rollback(before);
      owe(tx, owed.account, owed.payload);  // it is tried again from its row
    } else {
      ++tx.delivered_;
    }
  }
  tx.owed_.clear();
}

void Cell::owe(Transaction& tx, const AccountId& account, const api::Message& payload) {
  DeliveryRow row;
  row.id = tx.new_id();
  row.account = account;
  row.kind = std::string(payload.type->name);
  row.payload.text = json::print_described(*payload.type, payload.object.get());
  row.not_before = tx.now();
  tx.put(deliveries_, std::move(row));
  ++stats_.deliveries_owed;
}

const DeliveryRow* Cell::next_delivery() const {
  if (delivery_parked_) return nullptr;
  const auto& index = deliveries_.index<by_due>();
  const auto first = index.begin();
  return first == index.end() || (*first)->dead ? nullptr : first->get();
}

void Cell::work_off_one(Transaction& tx) {
  const auto* first = next_delivery();
  if (first == nullptr) return;
  auto shared = next_in_turn(tx, "delivery", deliveries_.index<by_account>(), [](const DeliveryRow& row) {
    return row.dead ? std::nullopt : std::optional(row.not_before);
  });
  if (!shared) shared = deliveries_.share(first->id);  // the row goes while we use it
  const DeliveryRow& row = *shared;
  const auto before = tx.savepoint();
  if (!planted(Bug::delivery_twice) || tx.random() % 4 != 0) tx.erase(deliveries_, row);

  Result<void> done;
  const auto known = registry_.deliveries_.find(row.kind);
  if (known == registry_.deliveries_.end()) {
    done = fail("nobody receives '" + row.kind + "'");
  } else if (auto value = json::parse(row.payload.text); !value) {
    done = fail("unreadable payload: " + value.error().text());
  } else {
    auto object = known->second.type->make();
    done = json::read_described(*known->second.type, object.get(), *value);
    if (done) done = perform_delivery(tx, row.account, row.kind, object.get());
  }
  if (done) {
    ++stats_.deliveries_worked_off;
    return;
  }
  tx.rollback(before);
  auto again = row;
  ++again.attempts;
  again.last_error = done.error().text();
  again.dead = again.attempts >= limits::kDeliveryAttempts;
  again.not_before = tx.now() + backoff(again.attempts);
  if (again.dead) ++stats_.deliveries_dead;
  tx.put(deliveries_, std::move(again));
}

Result<void> Cell::perform_delivery(Transaction& tx, const AccountId& account, const std::string& kind,
                                    const void* payload) {
  const auto found = registry_.deliveries_.find(kind);
  if (found == registry_.deliveries_.end()) return fail("nobody receives '" + kind + "'");
  const auto caller = std::exchange(tx.principal_, api::Principal{account, "weir", true});
  const bool could_wait = std::exchange(tx.may_wait_, false);
  auto done = found->second.handle(tx, account, payload);
  tx.principal_ = caller;
  tx.may_wait_ = could_wait;
  return done;
}

}  // namespace weir::core
