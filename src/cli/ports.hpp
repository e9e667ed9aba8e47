// The two ways a worker talks to Weir (run/worker.hpp).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "edge/client.hpp"
#include "host/host.hpp"
#include "run/worker.hpp"

namespace weir::cli {

// In the server's own process: serves the queue's items of all accounts; its logs are written where the server reads
// them.
class HousePort : public run::WorkPort {
 public:
  explicit HousePort(host::Host& host) : host_(host) {}
  api::Reply<api::ClaimWorkReply> claim(const api::ClaimWork& request) override;
  void interrupt() override;
  api::Reply<api::HeartbeatWorkReply> heartbeat(const api::HeartbeatWork& request) override;
  api::Reply<api::EndWorkReply> complete(const api::CompleteWork& request) override;
  api::Reply<api::EndWorkReply> fail(const api::FailWork& request) override;
  api::Reply<api::BundleReply> bundle(const AccountId& account, const std::string& digest) override;
  bool log(std::int64_t, std::uint64_t, std::string_view) override { return true; }

 private:
  // Outlives a port whose poll is answered late.
  struct Poll {
    std::mutex mutex;
    std::condition_variable woken;
    bool interrupted = false;
    std::optional<api::Reply<api::Message>> answer;
  };
  host::Host& host_;
  std::shared_ptr<Poll> poll_ = std::make_shared<Poll>();
};

// Over HTTP, for one account.
class HttpPort : public run::WorkPort {
 public:
  explicit HttpPort(const edge::ClientOptions& options) : claims_(options), others_(options) {}
  api::Reply<api::ClaimWorkReply> claim(const api::ClaimWork& request) override;
  void interrupt() override {}  // its polls are short instead
  api::Reply<api::HeartbeatWorkReply> heartbeat(const api::HeartbeatWork& request) override;
  api::Reply<api::EndWorkReply> complete(const api::CompleteWork& request) override;
  api::Reply<api::EndWorkReply> fail(const api::FailWork& request) override;
  api::Reply<api::BundleReply> bundle(const AccountId& account, const std::string& digest) override;
  bool log(std::int64_t item, std::uint64_t offset, std::string_view bytes) override;

 private:
  edge::Client claims_;  // the claiming thread's: claim and bundle
  edge::Client others_;  // the sending thread's
};

}  // namespace weir::cli
