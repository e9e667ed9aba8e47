#include "cli/ports.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::cli {
namespace {

api::Principal worker_of(AccountId account) { return {std::move(account), "worker", true}; }
const AccountId kHouse{"000000000000"};

}  // namespace

api::Reply<api::ClaimWorkReply> HousePort::claim(const api::ClaimWork& request) {
  const auto poll = poll_;
  std::unique_lock lock(poll->mutex);
  if (poll->interrupted) return api::ClaimWorkReply{};
  poll->answer.reset();
  lock.unlock();
  const auto id = host_.submit(api::Message::of(request), worker_of(kHouse), [poll](api::Reply<api::Message> answer) {
    const std::lock_guard inner(poll->mutex);
    poll->answer = std::move(answer);
    poll->woken.notify_all();
  });
  lock.lock();
  poll->woken.wait(lock, [&] { return poll->answer || poll->interrupted; });
  if (!poll->answer) {
    // Cancelled; what was handed out in this moment runs out of its lease and is done again.
    lock.unlock();
    host_.cancel(id);
    return api::ClaimWorkReply{};
  }
  auto answer = std::move(*poll->answer);
  if (!answer) return std::unexpected(std::move(answer.error()));
  return *answer->as<api::ClaimWorkReply>();
}

void HousePort::interrupt() {
  const std::lock_guard lock(poll_->mutex);
  poll_->interrupted = true;
  poll_->woken.notify_all();
}

api::Reply<api::HeartbeatWorkReply> HousePort::heartbeat(const api::HeartbeatWork& request) {
  return host_.ask(request, worker_of(kHouse));
}
api::Reply<api::EndWorkReply> HousePort::complete(const api::CompleteWork& request) {
  return host_.ask(request, worker_of(kHouse));
}
api::Reply<api::EndWorkReply> HousePort::fail(const api::FailWork& request) {
  return host_.ask(request, worker_of(kHouse));
}
api::Reply<api::BundleReply> HousePort::bundle(const AccountId& account, const std::string& digest) {
  return host_.ask(api::GetBundle{digest}, worker_of(account));
}

api::Reply<api::ClaimWorkReply> HttpPort::claim(const api::ClaimWork& request) { return claims_.call(request); }
api::Reply<api::BundleReply> HttpPort::bundle(const AccountId&, const std::string& digest) {
  return claims_.call(api::GetBundle{digest});
}
api::Reply<api::HeartbeatWorkReply> HttpPort::heartbeat(const api::HeartbeatWork& request) {
  return others_.call(request);
}
api::Reply<api::EndWorkReply> HttpPort::complete(const api::CompleteWork& request) { return others_.call(request); }
api::Reply<api::EndWorkReply> HttpPort::fail(const api::FailWork& request) { return others_.call(request); }

bool HttpPort::log(std::int64_t item, std::uint64_t offset, std::string_view bytes) {
  const auto put = others_.fetch("PUT", fmt::format("/v1/logs/{}?offset={}", item, offset), bytes);
  // Conflict: these bytes came through before, but their answer did not.
  return put.has_value() || put.error().code == api::ErrorCode::Conflict;
}

}  // namespace weir::cli
