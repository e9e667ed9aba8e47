#include "work/work_service.hpp"

#include <algorithm>

namespace weir::work {

WorkService::WorkService(core::Registry& registry) {
  registry.table(items_);
  registry.table(payloads_);
  registry.table(turns_);
  registry.on<api::EnqueueWork>([this](Tx& tx, const api::EnqueueWork& r) { return enqueue(tx, r); });
  registry.on<api::ClaimWork>([this](Tx& tx, const api::ClaimWork& r) { return claim(tx, r); });
  registry.on<api::HeartbeatWork>([this](Tx& tx, const api::HeartbeatWork& r) { return heartbeat(tx, r); });
  registry.on<api::CompleteWork>([this](Tx& tx, const api::CompleteWork& r) { return complete(tx, r); });
  registry.on<api::FailWork>([this](Tx& tx, const api::FailWork& r) { return fail_item(tx, r); });
  registry.on<api::StopWork>([this](Tx& tx, const api::StopWork& r) { return stop(tx, r); });
  registry.on_delivery<api::StopWork>([this](Tx& tx, const AccountId&, const api::StopWork& r) -> Result<void> {
    if (auto done = stop(tx, r); !done) return fail(done.error().message);
    return {};
  });
  registry.timer({"work leases", [this] { return next_lease_end(); }, [this](Tx& tx) { end_lost(tx); }});
}

api::Reply<api::EnqueueWorkReply> WorkService::enqueue(Tx& tx, const api::EnqueueWork& request) {
  if (request.queue.empty() || request.queue.size() > 80)
    return api::refuse(api::ErrorCode::InvalidInput,
                       "queue: a name has 1 to 80 characters, this one has " + std::to_string(request.queue.size()));
  if (request.payload.text.size() > limits::kPayloadBytes)
    return api::refuse(api::ErrorCode::LimitExceeded, "payload: " + std::to_string(request.payload.text.size()) +
                                                          " bytes; a work item carries at most " +
                                                          std::to_string(limits::kPayloadBytes));
  WorkRow row;
  row.id = tx.new_id();
  row.queue = request.queue;
  row.account = tx.account();
  row.attempt = request.attempt;
  row.heartbeat_s = request.heartbeat_s;
  row.queued_at = tx.now();
  row.owner_kind = request.owner.kind;
  row.owner_id = request.owner.id;
  row.owner_part = request.owner.part;
  const auto id = row.id;
  tx.put(payloads_, WorkPayloadRow{id, request.kind, request.name, request.timeout_ms, request.payload});
  tx.put(items_, std::move(row));
  // Whoever is woken second finds nothing and waits on in its old place.
  tx.wake({"work", tx.account().str() + "/" + request.queue});
  tx.wake({"work", "*/" + request.queue});
  return api::EnqueueWorkReply{id};
}

}  // namespace weir::work
