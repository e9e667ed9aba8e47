#include "counter/counter_service.hpp"

#include "base/limits.hpp"

namespace weir::counter {
namespace {

constexpr std::int64_t kMilestone = 100;

core::WaitKey wait_key(const AccountId& account) { return {"counter", account.value}; }

}  // namespace

void CounterService::install(core::Registry& registry) {
  registry.table(counters_);
  registry.table(later_);
  registry.table(received_);
  registry.table(log_);
  registry.on<api::AddToCounter>([this](core::Transaction& tx, const api::AddToCounter& r) { return add(tx, r); });
  registry.on<api::ReadCounter>([this](core::Transaction& tx, const api::ReadCounter& r) { return read(tx, r); });
  registry.on_delivery<Gift>(
      [this](core::Transaction& tx, const AccountId& to, const Gift& g) { return receive(tx, to, g); });
  // Milestones hang on the status change, not on those who make it.
  registry.observe<CounterChanged>([](core::Transaction& tx, const CounterChanged& c) {
    if (c.value > 0 && c.value % kMilestone == 0)
      tx.effect(c.account, c.account.value + "/" + std::to_string(c.value), CounterMilestone{c.account, c.value});
  });
  registry.timer({"counter",
                  [this]() -> std::optional<Instant> {
                    const auto& due = later_.index<by_due>();
                    return due.empty() ? std::nullopt : std::optional((*due.begin())->due);
                  },
                  [this](core::Transaction& tx) { fire(tx); }});
}

std::int64_t CounterService::value(const AccountId& account) const {
  const auto* row = counters_.find(account);
  return row ? row->value : 0;
}

void CounterService::change(core::Transaction& tx, const AccountId& account, std::int64_t by, std::string why) {
  const CounterRow row{account, value(account) + by};
  tx.put(counters_, row);
  tx.append(log_, CounterLogRow{tx.new_id(), account, by, tx.now(), std::move(why)});
  tx.emit(CounterChanged{account, row.value});
  tx.wake(wait_key(account), 16);
}

api::Reply<api::CounterReply> CounterService::add(core::Transaction& tx, const api::AddToCounter& request) {
  if (request.by < 0 || request.gift < 0)
    return api::refuse(api::ErrorCode::InvalidInput, "a counter only grows: give 'by' and 'gift' of 0 or more");
  if (request.in_ms.count() > 0)
    tx.put(later_, LaterRow{tx.new_id(), tx.account(), request.by, tx.now() + request.in_ms});
  else
    change(tx, tx.account(), request.by, "added");
  for (const auto& to : request.to) tx.deliver(to, Gift{tx.account(), request.gift});
  return api::CounterReply{value(tx.account()), 0};
}

api::Reply<api::CounterReply> CounterService::read(core::Transaction& tx, const api::ReadCounter& request) {
  const auto now = value(tx.account());
  if (request.at_least && now < *request.at_least)
    tx.wait(wait_key(tx.account()), tx.now() + std::chrono::seconds{request.wait_s});
  const auto received = tx.read(received_, {tx.account().value});
  return api::CounterReply{now, received ? received->received : 0};
}

Result<void> CounterService::receive(core::Transaction& tx, const AccountId& to, const Gift& gift) {
  if (to == gift.from) return fail("an account cannot give to itself", "counter " + to.value);
  const auto before = tx.read(received_, {to.value});
  tx.put(received_, ReceivedRow{to, (before ? before->received : 0) + gift.amount});
  change(tx, to, gift.amount, "gift of " + gift.from.value);
  return {};
}

void CounterService::fire(core::Transaction& tx) {
  for (int i = 0; i < limits::kTimersPerCommand; ++i) {
    const auto& due = later_.index<by_due>();
    if (due.empty() || (*due.begin())->due > tx.now()) return;
    const auto row = *due.begin();
    tx.erase(later_, *row);
    change(tx, row->account, row->by, "later");
  }
}

}  // namespace weir::counter
