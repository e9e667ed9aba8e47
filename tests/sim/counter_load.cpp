// The load of the toy service: additions now and later, gifts, reads that wait. Counters only grow, so that every value
// that anybody is told must be durable at that moment; every operation has a number of its own, found again in the log.
#include "core/planted.hpp"
#include "counter/counter_service.hpp"
#include "tests/sim/driver.hpp"

namespace weir::sim {
namespace {

using counter::CounterService;
using invariants::Told;

class CounterLoad : public Driver {
 public:
  using Driver::Driver;

 private:
  void install(core::Cell& cell) override {
    counter_ = std::make_unique<CounterService>();
    counter_->install(cell.registry());
  }
  void check_answer(const std::string& who, const api::Message& reply) override {
    const auto* counter = reply.as<api::CounterReply>();
    if (counter && counter->value > durable_value(who)) violated("I1: an answer showed a value that is not durable");
  }

  void issue() override {
    const auto who = any_account();
    if (random_.chance(mix_.waits)) return read(who, true);
    if (random_.chance(mix_.reads)) return read(who, false);
    api::AddToCounter add;
    add.by = ++numbers_;
    std::vector<std::size_t> promises;
    if (random_.chance(mix_.late)) {
      add.in_ms = Millis{random_.between(1, 600'000)};
      promises.push_back(ledger_.promised({"later", who, add.by, Told::nothing_yet, now_ + add.in_ms}));
    } else {
      promises.push_back(ledger_.promised({"add", who, add.by, Told::nothing_yet, now_}));
    }
    if (random_.chance(mix_.gifts) && mix_.accounts > 1) {
      add.gift = ++numbers_;
      std::set<std::string> to;
      for (auto n = random_.between(1, 6); n > 0; --n)
        if (auto other = any_account(); other != who) to.insert(other);
      for (const auto& other : to) {
        add.to.push_back(AccountId{other});
        promises.push_back(ledger_.promised({"gift", other, add.gift, Told::nothing_yet, now_}));
      }
    }
    ask(who, api::Message::of(add), [this, promises](const api::Reply<api::Message>& reply) {
      const auto told = reply                                                  ? Told::done
                        : reply.error().code == api::ErrorCode::OutcomeUnknown ? Told::unknown
                                                                               : Told::refused;
      for (const auto p : promises) ledger_.told(p, told);
    });
  }

  void read(const std::string& who, bool wait) {
    api::ReadCounter read;
    if (wait) {
      read.at_least = counter_->value(AccountId{who}) + random_.between(0, 200);
      read.wait_s = static_cast<int>(random_.between(1, 20));
    }
    const auto until = now_ + std::chrono::seconds{read.wait_s};
    ask(who, api::Message::of(read), [this, who, read, until](const api::Reply<api::Message>& reply) {
      if (!reply) return;
      const auto value = reply->as<api::CounterReply>()->value;
      if (read.at_least && value < *read.at_least && now_ < until) violated("I7: a waiting read ended early");
    });
  }

  std::int64_t durable_value(const std::string& who) {
    auto row = store_.fetch(counter::kCounterTable, {who});
    return row && *row ? static_cast<const counter::CounterRow*>(row->get())->value : 0;
  }

  void check_end() override {
    std::vector<invariants::Trace> traces;
    for (const auto& entry : all_rows<counter::CounterLogRow>(counter::kCounterLogTable))
      traces.push_back({entry.account.value, entry.by, entry.at});
    for (auto& violation : ledger_.check(traces)) violated(std::move(violation));
    for (int i = 0; i < mix_.accounts; ++i) {
      std::int64_t sum = 0;
      for (const auto& t : traces)
        if (t.account == account(i)) sum += t.number;
      if (sum != durable_value(account(i))) violated("I2: counter " + account(i) + " is not the sum of its log");
      if (counter_->value(AccountId{account(i)}) != durable_value(account(i)))
        violated("memory and store differ for counter " + account(i));
    }
  }

  std::unique_ptr<CounterService> counter_;
  std::int64_t numbers_ = 0;
};

}  // namespace

Outcome simulate(std::uint64_t seed) { return CounterLoad(seed).run(); }

}  // namespace weir::sim
