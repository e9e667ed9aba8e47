// A host over SQLite with every commit synced, as the server wires it, for benchmarks in the process.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "bench/measure.hpp"
#include "host/host.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace weir::bench {

inline api::Principal of(const std::string& account) { return {AccountId{account}, "bench", false}; }

// `Services` is built from the cell, before it loads.
template <class Services>
struct House {
  explicit House(const std::filesystem::path& folder, host::HostOptions options = {})
      : store(folder, store::SqliteOptions{.reserve_bytes = 0}), services(cell), host(cell, store, std::move(options)) {
    if (auto started = host.start(); !started) give_up(started.error().text());
  }
  ~House() { host.stop(); }

  template <class Request>
  typename Request::Reply ask(Request request, const std::string& account) {
    auto reply = host.ask(std::move(request), of(account));
    if (!reply) give_up(reply.error().message);
    return std::move(*reply);
  }

  store::SqliteStore store;
  core::Cell cell;
  Services services;
  host::Host host;
};

// Clients that ask again as soon as they are answered, on the host's own threads.
class Clients {
 public:
  using Next = std::function<std::pair<api::Message, api::Principal>(int client)>;

  Clients(host::Host& host, Next next) : host_(host), next_(std::move(next)) {}
  ~Clients() { stop(); }
  void start(int count) {
    running_ = count;
    for (int i = 0; i < count; ++i) one(i);
  }
  // Waits until the last answer is there.
  void stop() {
    stop_ = true;
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return running_ == 0; });
  }
  std::int64_t done() const { return done_; }

 private:
  void one(int client) {
    auto [message, principal] = next_(client);
    host_.submit(std::move(message), std::move(principal), [this, client](api::Reply<api::Message> reply) {
      if (reply)
        ++done_;
      else if (reply.error().code != api::ErrorCode::Throttled)
        give_up(reply.error().message);
      if (!stop_) return one(client);
      std::lock_guard lock(mutex_);
      if (--running_ == 0) ended_.notify_all();
    });
  }
  host::Host& host_;
  Next next_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> done_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
};

}  // namespace weir::bench
