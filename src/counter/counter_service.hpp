// The toy service: a counter per account, with deliveries between accounts. It is the teaching example of
// CONTRIBUTING and what the house is proved with: it uses every means that a service has.
#pragma once

#include "api/counter.hpp"
#include "core/registry.hpp"
#include "counter/counter_rows.hpp"

namespace weir::counter {

// What one account owes another: delivered exactly once.
struct Gift {
  AccountId from;
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Gift, (), (from, amount))

// Announced inside the house whenever a counter has a new value.
struct CounterChanged {
  AccountId account;
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(CounterChanged, (), (account, value))

// Told outside, at least once, when a counter passes a hundred.
struct CounterMilestone {
  AccountId account;
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(CounterMilestone, (), (account, value))

class CounterService {
 public:
  void install(core::Registry& registry);
  std::int64_t value(const AccountId& account) const;

 private:
  api::Reply<api::CounterReply> add(core::Transaction& tx, const api::AddToCounter& request);
  api::Reply<api::CounterReply> read(core::Transaction& tx, const api::ReadCounter& request);
  Result<void> receive(core::Transaction& tx, const AccountId& to, const Gift& gift);
  void fire(core::Transaction& tx);
  void change(core::Transaction& tx, const AccountId& account, std::int64_t by, std::string why);

  CounterTable counters_{kCounterTable};
  LaterTable later_{kLaterTable};
  core::ColdTable<ReceivedRow> received_{kReceivedTable};
  core::LogTable<CounterLogRow> log_{kCounterLogTable};
};

}  // namespace weir::counter
