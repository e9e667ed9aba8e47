// Claims: who gets which item, and the long poll for it.
#include <algorithm>
#include <limits>

#include "work/work_service.hpp"

namespace weir::work {
namespace {

constexpr int kLongestLeaseS = 12 * 3600;

std::optional<std::string> wrong_in(const api::ClaimWork& request) {
  if (request.queue.empty() || request.queue.size() > 80) return "queue: a name has 1 to 80 characters";
  if (request.worker.empty() || request.worker.size() > 80) return "worker: a name has 1 to 80 characters";
  if (request.slots < 1 || request.slots > limits::kClaimItems)
    return "slots: " + std::to_string(request.slots) + " is not within 1 to " + std::to_string(limits::kClaimItems);
  if (request.wait_s < 0 || request.wait_s > limits::kClaimWaitS)
    return "wait_s: " + std::to_string(request.wait_s) + " is not within 0 to " + std::to_string(limits::kClaimWaitS);
  if (request.lease_s < 0 || request.lease_s > kLongestLeaseS)
    return "lease_s: " + std::to_string(request.lease_s) + " is not within 0 to " + std::to_string(kLongestLeaseS);
  return std::nullopt;
}

}  // namespace

const WorkRow* WorkService::next_for(const Tx& tx, const std::string& queue, const AccountId& last_served) const {
  const auto& index = items_.index<by_queue>();
  const auto first_of = [&](auto at) -> const WorkRow* {
    if (at == index.end()) return nullptr;
    const auto& row = **at;
    return row.status == api::WorkStatus::QUEUED && row.queue == queue ? &row : nullptr;
  };
  constexpr auto kQueued = api::WorkStatus::QUEUED;
  if (!tx.principal().internal) {
    const auto* row = first_of(index.lower_bound(std::make_tuple(kQueued, queue, tx.account())));
    return row && row->account == tx.account() ? row : nullptr;
  }
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  if (const auto* row = first_of(index.upper_bound(std::make_tuple(kQueued, queue, last_served, kLast)))) return row;
  return first_of(index.lower_bound(std::make_tuple(kQueued, queue)));
}

api::ClaimedWork WorkService::lease_out(Tx& tx, const WorkRow& row, const api::ClaimWork& request) {
  const auto* payload = payloads_.find(row.id);
  int lease_s = request.lease_s > 0 ? request.lease_s : limits::kWorkLeaseS;
  if (row.heartbeat_s > 0) lease_s = std::min(lease_s, row.heartbeat_s);

  auto leased = row;
  leased.status = api::WorkStatus::LEASED;
  leased.lease = tx.new_id();
  leased.lease_until = tx.now() + std::chrono::seconds(lease_s);
  leased.worker = request.worker;

  api::ClaimedWork item;
  item.id = leased.id;
  item.lease = leased.lease;
  item.lease_s = lease_s;
  item.attempt = leased.attempt;
  item.queue = leased.queue;
  item.account = leased.account;
  item.owner = leased.owner();
  if (payload) {
    item.kind = payload->kind;
    item.name = payload->name;
    item.payload = payload->payload;
    item.timeout_ms = payload->timeout_ms;
  }
  tx.put(items_, leased);
  tx.emit(api::WorkStarted{leased.id, leased.account, leased.owner(), leased.worker});
  return item;
}

api::Reply<api::ClaimWorkReply> WorkService::claim(Tx& tx, const api::ClaimWork& request) {
  if (auto wrong = wrong_in(request)) return api::refuse(api::ErrorCode::InvalidInput, std::move(*wrong));
  const auto* turn = turns_.find(request.queue);
  const AccountId before = turn ? turn->account : AccountId{};
  AccountId last = before;
  api::ClaimWorkReply reply;
  while (static_cast<int>(reply.items.size()) < request.slots) {
    const auto* row = next_for(tx, request.queue, last);
    if (!row) break;
    last = row->account;
    reply.items.push_back(lease_out(tx, *row, request));
  }
  if (reply.items.empty()) {
    const std::string whose = tx.principal().internal ? "*" : tx.account().str();
    tx.wait({"work", whose + "/" + request.queue}, tx.now() + std::chrono::seconds(request.wait_s));
    return reply;
  }
  if (tx.principal().internal && last != before) tx.put(turns_, WorkTurnRow{request.queue, last});
  return reply;
}

}  // namespace weir::work
