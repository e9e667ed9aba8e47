// What keeps a lease and what ends an item: heartbeats, results, failures, stops, and silence.
#include <algorithm>

#include "core/planted.hpp"
#include "json/text.hpp"
#include "work/work_service.hpp"

namespace weir::work {
namespace {

// Cut at a border of UTF-8 characters.
std::string cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  text.resize(bytes);
  return text;
}

}  // namespace

api::Reply<const WorkRow*> WorkService::held(const Tx& tx, std::int64_t id, std::int64_t lease) const {
  const auto* row = items_.find(id);
  if (!row)
    return api::refuse(api::ErrorCode::Conflict, "work item " + std::to_string(id) +
                                                     " has ended already (or never was); drop what you have of it");
  if (!tx.principal().internal && row->account != tx.account())
    return api::refuse(api::ErrorCode::NotFound, "no work item " + std::to_string(id) + " in this account");
  if (row->status != api::WorkStatus::LEASED || row->lease != lease)
    return api::refuse(api::ErrorCode::Conflict, "lease " + std::to_string(lease) + " of work item " +
                                                     std::to_string(id) +
                                                     " is not the present one; another worker has the item now");
  return row;
}

api::Reply<api::HeartbeatWorkReply> WorkService::heartbeat(Tx& tx, const api::HeartbeatWork& request) {
  if (request.items.size() > static_cast<std::size_t>(limits::kClaimItems))
    return api::refuse(api::ErrorCode::InvalidInput, "items: " + std::to_string(request.items.size()) +
                                                         " are more than " + std::to_string(limits::kClaimItems) +
                                                         "; send several heartbeats");
  if (request.lease_s < 0 || request.lease_s > 12 * 3600)
    return api::refuse(api::ErrorCode::InvalidInput, "lease_s: not within 0 to 43200");
  api::HeartbeatWorkReply reply;
  for (const auto& item : request.items) {
    const auto row = held(tx, item.id, item.lease);
    if (!row) {
      reply.lost.push_back(item.id);
      continue;
    }
    auto longer = **row;
    if (longer.stopping) reply.stop.push_back(item.id);
    int lease_s = request.lease_s > 0 ? request.lease_s : limits::kWorkLeaseS;
    if (longer.heartbeat_s > 0) lease_s = std::min(lease_s, longer.heartbeat_s);
    longer.lease_until = tx.now() + std::chrono::seconds(lease_s);
    if (longer.lease_until != (*row)->lease_until) tx.put(items_, std::move(longer));
  }
  return reply;
}

// The stop of an item that was given up may still be owed when its worker ends it.
bool WorkService::given_up(Tx& tx, const WorkRow& row) {
  if (row.stopping || core::planted(core::Bug::result_unheard)) return row.stopping;
  bool wanted = true;
  tx.call(api::WorkWanted{row.owner(), row.id},
          [&](Tx&, const api::Reply<api::WorkWantedReply>& reply) { wanted = !reply || reply->wanted; });
  return !wanted;
}

api::EndWorkReply WorkService::end(Tx& tx, const WorkRow& row, bool stopped, api::WorkEnded event) {
  event.item = row.id;
  event.account = row.account;
  event.owner = row.owner();
  event.worker = row.worker;
  if (stopped) {
    event.outcome = api::WorkOutcome::STOPPED;
    event.result = {};
  }
  if (const auto payload = payloads_.share(row.id)) tx.erase(payloads_, *payload);
  const auto keep = items_.share(row.id);  // `row` lives in the table
  tx.erase(items_, *keep);
  tx.emit(event);
  return {stopped};
}

api::Reply<api::EndWorkReply> WorkService::complete(Tx& tx, const api::CompleteWork& request) {
  const auto row = held(tx, request.id, request.lease);
  if (!row) return std::unexpected(row.error());
  api::WorkEnded event;
  event.result = request.result;
  event.skipped = cut(request.skipped, limits::kErrorBytes);
  if (event.result.text.empty()) event.result.text = "null";
  if (event.result.text.size() > limits::kPayloadBytes) {
    event.outcome = api::WorkOutcome::FAILED;
    event.error = "States.DataLimitExceeded";
    event.cause = "the result has " + std::to_string(event.result.text.size()) + " bytes, at most " +
                  std::to_string(limits::kPayloadBytes) + " are carried; leave a reference instead";
    event.result = {};
  } else if (auto valid = json::validate(event.result.text); !valid) {
    return api::refuse(api::ErrorCode::InvalidInput, "result: not JSON: " + valid.error().text());
  }
  return end(tx, **row, given_up(tx, **row), std::move(event));
}

api::Reply<api::EndWorkReply> WorkService::fail_item(Tx& tx, const api::FailWork& request) {
  const auto row = held(tx, request.id, request.lease);
  if (!row) return std::unexpected(row.error());
  api::WorkEnded event;
  event.outcome = api::WorkOutcome::FAILED;
  event.error = request.error.empty() ? "States.TaskFailed" : cut(request.error, limits::kErrorBytes);
  event.cause = cut(request.cause, limits::kCauseBytes);
  return end(tx, **row, given_up(tx, **row), std::move(event));
}

api::Reply<api::EndWorkReply> WorkService::stop(Tx& tx, const api::StopWork& request) {
  const auto* row = items_.find(request.id);
  if (!row) return api::EndWorkReply{};
  if (row->stopping) return api::EndWorkReply{true};
  auto stopping = *row;
  stopping.stopping = true;
  if (row->status == api::WorkStatus::QUEUED) return end(tx, stopping, true, {});
  tx.put(items_, std::move(stopping));
  return api::EndWorkReply{true};
}

std::optional<Instant> WorkService::next_lease_end() const {
  const auto& index = items_.index<by_lease>();
  const auto first = index.lower_bound(std::make_tuple(api::WorkStatus::LEASED));
  if (first == index.end()) return std::nullopt;
  return (*first)->lease_until;
}

void WorkService::end_lost(Tx& tx) {
  for (int i = 0; i < limits::kTimersPerCommand; ++i) {
    const auto& index = items_.index<by_lease>();
    const auto first = index.lower_bound(std::make_tuple(api::WorkStatus::LEASED));
    if (first == index.end() || (*first)->lease_until > tx.now()) return;
    const auto row = items_.share((*first)->id);  // it outlives its place in the table
    api::WorkEnded event;
    event.outcome = api::WorkOutcome::LOST;
    event.error = "Weir.WorkerLost";
    event.cause =
        "worker '" + row->worker + "' sent no heartbeat before its lease ended at " + to_text(row->lease_until);
    end(tx, *row, row->stopping, std::move(event));
  }
}

}  // namespace weir::work
