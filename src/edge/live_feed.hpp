// What just happened, for whoever watches: a bounded memory of events and those who listen.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/strong.hpp"

namespace weir::edge {

struct LiveEvent {
  std::uint64_t id = 0;  // rising
  std::string kind;      // "run"
  std::string json;      // on one line
  AccountId account;
};

// Any thread. Listeners are called by the publishing thread, in the order of the ids, and must not block nor call the
// feed.
class LiveFeed {
 public:
  static constexpr std::size_t kRemembered = 10'000;
  using Listener = std::function<void(const LiveEvent&)>;

  // Ids follow `first_id`; one taken from the clock (milliseconds since 1970 times 1000) keeps them rising over
  // restarts, so that a client that resumes is told what it missed, or that it missed something.
  explicit LiveFeed(std::uint64_t first_id = 1, std::size_t remembered = kRemembered);

  void publish(std::string json, AccountId account, std::string kind = "run");

  struct Joined {
    std::uint64_t listener = 0;  // for leave()
    bool missed = false;         // events after `after` are forgotten, or `after` is not of this feed
  };
  // First the remembered events after `after` (0: none, only what comes), then all that come.
  Joined join(std::uint64_t after, Listener listener);
  void leave(std::uint64_t listener);
  std::size_t listeners() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_id_;
  std::size_t remembered_;
  std::deque<LiveEvent> ring_;
  std::uint64_t next_listener_ = 1;
  std::map<std::uint64_t, Listener> listeners_;
};

}  // namespace weir::edge
