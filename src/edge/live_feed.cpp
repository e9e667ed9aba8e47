#include "edge/live_feed.hpp"

namespace weir::edge {

LiveFeed::LiveFeed(std::uint64_t first_id, std::size_t remembered) : next_id_(first_id), remembered_(remembered) {}

void LiveFeed::publish(std::string json, AccountId account, std::string kind) {
  std::lock_guard lock(mutex_);
  ring_.push_back({next_id_++, std::move(kind), std::move(json), std::move(account)});
  for (const auto& [id, listener] : listeners_) listener(ring_.back());
  if (ring_.size() > remembered_) ring_.pop_front();
}

LiveFeed::Joined LiveFeed::join(std::uint64_t after, Listener listener) {
  std::lock_guard lock(mutex_);
  Joined out{next_listener_++, false};
  if (after != 0) {
    const auto oldest = ring_.empty() ? next_id_ : ring_.front().id;
    out.missed = after + 1 < oldest || after >= next_id_;
    for (const auto& event : ring_)
      if (event.id > after) listener(event);
  }
  listeners_.emplace(out.listener, std::move(listener));
  return out;
}

void LiveFeed::leave(std::uint64_t listener) {
  Listener dropped;  // destroyed without the lock: it may hold the last reference of a stream
  std::lock_guard lock(mutex_);
  if (const auto found = listeners_.find(listener); found != listeners_.end()) {
    dropped = std::move(found->second);
    listeners_.erase(found);
  }
}

std::size_t LiveFeed::listeners() const {
  std::lock_guard lock(mutex_);
  return listeners_.size();
}

}  // namespace weir::edge
