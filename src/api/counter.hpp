// The toy service of CONTRIBUTING: a counter per account, with deliveries between accounts.
#pragma once

#include <span>
#include <string>

#include "api/operation.hpp"

namespace weir::api {

struct CounterReply {
  std::int64_t value = 0;
  std::int64_t received = 0;  // the part that other accounts sent
};
BOOST_DESCRIBE_STRUCT(CounterReply, (), (value, received))

// Adds `by` to the account's counter, and owes `gift` to the counter of each account in `to`. With `in_ms` the
// addition happens that much later.
struct AddToCounter {
  using Reply = CounterReply;
  std::int64_t by = 1;
  std::int64_t gift = 0;
  std::vector<AccountId> to;
  Millis in_ms{0};
};
BOOST_DESCRIBE_STRUCT(AddToCounter, (), (by, gift, to, in_ms))

// Reads the counter; with `at_least` waits up to `wait_s` seconds until it has that value.
struct ReadCounter {
  using Reply = CounterReply;
  std::optional<std::int64_t> at_least;
  int wait_s = 0;
};
BOOST_DESCRIBE_STRUCT(ReadCounter, (), (at_least, wait_s))

std::span<const OperationInfo> counter_operations();

}  // namespace weir::api
