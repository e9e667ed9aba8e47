// The tables of the toy service, one of each keeping.
#pragma once

#include "core/table.hpp"

namespace weir::counter {

namespace mi = boost::multi_index;
using core::by_key;
using core::field;
using core::fields;

// live: in memory as a whole.
struct CounterRow {
  AccountId account;
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(CounterRow, (), (account, value))
extern const store::TableInfo kCounterTable;
using CounterTable =
    core::LiveTable<CounterRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&CounterRow::account>>>>;

// live, with a due column: additions that happen later.
struct LaterRow {
  std::int64_t id = 0;
  AccountId account;
  std::int64_t by = 0;
  Instant due{};
};
BOOST_DESCRIBE_STRUCT(LaterRow, (), (id, account, by, due))
extern const store::TableInfo kLaterTable;
struct by_due {};
using LaterTable = core::LiveTable<
    LaterRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&LaterRow::id>>,
                             mi::ordered_unique<mi::tag<by_due>, fields<LaterRow, &LaterRow::due, &LaterRow::id>>>>;

// cold: what other accounts sent, read when it is needed.
struct ReceivedRow {
  AccountId account;
  std::int64_t received = 0;
};
BOOST_DESCRIBE_STRUCT(ReceivedRow, (), (account, received))
extern const store::TableInfo kReceivedTable;

// log: every change, for people.
struct CounterLogRow {
  std::int64_t id = 0;
  AccountId account;
  std::int64_t by = 0;
  Instant at{};
  std::string why;
};
BOOST_DESCRIBE_STRUCT(CounterLogRow, (), (id, account, by, at, why))
extern const store::TableInfo kCounterLogTable;

}  // namespace weir::counter
