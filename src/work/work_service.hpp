// Work items, their leases and heartbeats (api/work.hpp says what each operation means).
//
//   core::Cell cell; work::WorkService work(cell.registry());   // before the cell loads; must outlive it
//
// Emits WorkStarted when an item is claimed and WorkEnded, exactly once, when it is over. Both run the owner's
// observers inside the transaction of the claim or the end: so what a worker is told is what the owner has recorded.
#pragma once

#include "core/registry.hpp"
#include "store/store.hpp"
#include "work/tables.hpp"

namespace weir::work {

class WorkService {
 public:
  explicit WorkService(core::Registry& registry);
  WorkService(const WorkService&) = delete;
  WorkService& operator=(const WorkService&) = delete;

  const WorkTable& items() const { return items_; }

 private:
  using Tx = core::Transaction;

  api::Reply<api::EnqueueWorkReply> enqueue(Tx& tx, const api::EnqueueWork& request);
  api::Reply<api::ClaimWorkReply> claim(Tx& tx, const api::ClaimWork& request);
  api::Reply<api::HeartbeatWorkReply> heartbeat(Tx& tx, const api::HeartbeatWork& request);
  api::Reply<api::EndWorkReply> complete(Tx& tx, const api::CompleteWork& request);
  api::Reply<api::EndWorkReply> fail_item(Tx& tx, const api::FailWork& request);
  api::Reply<api::EndWorkReply> stop(Tx& tx, const api::StopWork& request);

  // The first waiting item that the claimer may have, accounts taking turns; nullptr when there is none.
  const WorkRow* next_for(const Tx& tx, const std::string& queue, const AccountId& last_served) const;
  api::ClaimedWork lease_out(Tx& tx, const WorkRow& row, const api::ClaimWork& request);
  // The item under this lease, or why not.
  api::Reply<const WorkRow*> held(const Tx& tx, std::int64_t id, std::int64_t lease) const;
  // Does nobody wait for it any more, stopped already or not?
  bool given_up(Tx& tx, const WorkRow& row);
  api::EndWorkReply end(Tx& tx, const WorkRow& row, bool stopped, api::WorkEnded event);

  std::optional<Instant> next_lease_end() const;
  void end_lost(Tx& tx);

  WorkTable items_{kWorkTable};
  WorkPayloadTable payloads_{kWorkPayloadTable};
  WorkTurnTable turns_{kWorkTurnTable};
};

// Reads committed rows.
api::Reply<api::ListWorkReply> list_work(store::Store& store, const api::Principal& principal,
                                         const api::ListWork& request);

}  // namespace weir::work
