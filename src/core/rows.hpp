// The tables of the core itself: ids, owed deliveries, the outbox.
#pragma once

#include <string>

#include "core/table.hpp"

namespace weir::core {

namespace mi = boost::multi_index;

// One row (id 1): how far ids are given out. Ids are reserved in blocks, so that not every commit writes it.
struct CellRow {
  std::int64_t id = 1;
  std::int64_t ids_reserved = 0;  // every id below may be in use
};
BOOST_DESCRIBE_STRUCT(CellRow, (), (id, ids_reserved))
extern const TableInfo kCellTable;
using CellTable = LiveTable<CellRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&CellRow::id>>>>;

// A delivery that is owed: committed with the change that owes it, erased by the commit that did it.
struct DeliveryRow {
  std::int64_t id = 0;  // rising: the order of deliveries to one account
  AccountId account;    // to whom
  std::string kind;     // the payload's struct name
  JsonText payload;
  int attempts = 0;
  Instant not_before{};
  bool dead = false;  // given up: a dead letter, kept for people
  std::string last_error;
};
BOOST_DESCRIBE_STRUCT(DeliveryRow, (), (id, account, kind, payload, attempts, not_before, dead, last_error))
extern const TableInfo kDeliveryTable;
struct by_due {};
struct by_account {};
using DeliveryTable =
    LiveTable<DeliveryRow,
              mi::indexed_by<
                  mi::ordered_unique<mi::tag<by_key>, field<&DeliveryRow::id>>,
                  mi::ordered_unique<mi::tag<by_due>, fields<DeliveryRow, &DeliveryRow::dead, &DeliveryRow::not_before,
                                                             &DeliveryRow::id>>,
                  mi::ordered_unique<mi::tag<by_account>, fields<DeliveryRow, &DeliveryRow::account, &DeliveryRow::dead,
                                                                 &DeliveryRow::not_before, &DeliveryRow::id>>>>;

// Something that must happen outside the house, at least once: the outbox. Erased when it is done.
struct EffectRow {
  std::int64_t id = 0;
  AccountId account;
  std::string kind;             // the payload's struct name: who performs it
  std::string idempotency_key;  // the same at every attempt, for receivers that can deduplicate
  JsonText payload;
  int attempts = 0;
  Instant not_before{};
  bool dead = false;
  std::string last_error;
};
BOOST_DESCRIBE_STRUCT(EffectRow, (),
                      (id, account, kind, idempotency_key, payload, attempts, not_before, dead, last_error))
extern const TableInfo kEffectTable;
using EffectTable =
    LiveTable<EffectRow,
              mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&EffectRow::id>>,
                             mi::ordered_unique<mi::tag<by_due>, fields<EffectRow, &EffectRow::dead,
                                                                        &EffectRow::not_before, &EffectRow::id>>>>;

}  // namespace weir::core
