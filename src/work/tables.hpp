// The tables of work items. The narrow row changes with every claim and heartbeat; the payload is written once and
// erased once, together with the item.
#pragma once

#include "api/work.hpp"
#include "core/table.hpp"

namespace weir::work {

namespace mi = boost::multi_index;
using core::by_key;
using core::field;
using core::fields;

struct WorkRow {
  std::int64_t id = 0;  // rising: the order of the queue
  std::string queue;
  AccountId account;
  api::WorkStatus status = api::WorkStatus::QUEUED;
  std::int64_t lease = 0;  // 0: never claimed
  Instant lease_until{};
  std::string worker;
  bool stopping = false;
  int attempt = 1;
  int heartbeat_s = 0;
  Instant queued_at{};
  std::string owner_kind;
  std::int64_t owner_id = 0;
  std::int64_t owner_part = 0;

  api::WorkOwner owner() const { return {owner_kind, owner_id, owner_part}; }
};
BOOST_DESCRIBE_STRUCT(WorkRow, (),
                      (id, queue, account, status, lease, lease_until, worker, stopping, attempt, heartbeat_s,
                       queued_at, owner_kind, owner_id, owner_part))
extern const core::TableInfo kWorkTable;

struct by_queue {};
struct by_lease {};
using WorkTable = core::LiveTable<
    WorkRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>, field<&WorkRow::id>>,
        mi::ordered_unique<mi::tag<by_queue>,
                           fields<WorkRow, &WorkRow::status, &WorkRow::queue, &WorkRow::account, &WorkRow::id>>,
        mi::ordered_unique<mi::tag<by_lease>, fields<WorkRow, &WorkRow::status, &WorkRow::lease_until, &WorkRow::id>>>>;

struct WorkPayloadRow {
  std::int64_t id = 0;  // the item's
  std::string kind;
  std::string name;
  Millis timeout_ms{0};
  JsonText payload;
};
BOOST_DESCRIBE_STRUCT(WorkPayloadRow, (), (id, kind, name, timeout_ms, payload))
extern const core::TableInfo kWorkPayloadTable;
using WorkPayloadTable =
    core::LiveTable<WorkPayloadRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&WorkPayloadRow::id>>>>;

// Whose turn it was last in a queue that several accounts use.
struct WorkTurnRow {
  std::string queue;
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(WorkTurnRow, (), (queue, account))
extern const core::TableInfo kWorkTurnTable;
using WorkTurnTable =
    core::LiveTable<WorkTurnRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&WorkTurnRow::queue>>>>;

}  // namespace weir::work
