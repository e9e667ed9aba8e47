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
inline const store::TableInfo kCounterTable{"counter", store::Keeping::live, 1, &type_of<CounterRow>};
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
inline const store::TableInfo kLaterTable{"counter_later", store::Keeping::live, 1, &type_of<LaterRow>};
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
inline const store::TableInfo kReceivedTable{"counter_received", store::Keeping::cold, 1, &type_of<ReceivedRow>};

// log: every change, for people.
struct CounterLogRow {
  std::int64_t id = 0;
  AccountId account;
  std::int64_t by = 0;
  Instant at{};
  std::string why;
};
BOOST_DESCRIBE_STRUCT(CounterLogRow, (), (id, account, by, at, why))
inline const store::TableInfo kCounterLogTable{
    "counter_log", store::Keeping::log, 1, &type_of<CounterLogRow>, {"account"}};

}  // namespace weir::counter
