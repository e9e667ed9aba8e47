// A worker: claims steps of a queue, performs them as processes, keeps their leases alive and reports their ends.
//
//   Worker worker(port, {.name = "w1", .slots = 4, .folder = "..."});
//   worker.start();
//   ... worker.drain(10s);
//
// What holds, whatever breaks:
//   - a step whose lease may have run out (told by a heartbeat, or no heartbeat came through for as long as the lease
//     lasts) is killed, and nothing is reported: another attempt may run elsewhere;
//   - an end is reported again and again until the server answered or the lease ran out;
//   - a worker that dies takes its steps with it (process.hpp); a worker that is drained fails what it cuts off with
//     Weir.WorkerLost, so that it is tried again at once elsewhere.
//
// Threads: one claims (it sleeps in the long poll or until a slot is free), one sends heartbeats, logs and ends (it
// sleeps while there is nothing to send). An idle worker has no tick of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/pipeline.hpp"
#include "api/work.hpp"
#include "run/mask.hpp"
#include "run/process.hpp"
#include "run/worker_folder.hpp"

namespace weir::run {

// How a worker talks to Weir: in the server's own process, or over HTTP. Calls block; claim is made by one thread, all
// others by two.
class WorkPort {
 public:
  virtual ~WorkPort() = default;
  virtual api::Reply<api::ClaimWorkReply> claim(const api::ClaimWork& request) = 0;
  // Ends a claim that waits, now and from now on; it answers with no items. Any thread.
  virtual void interrupt() = 0;
  virtual api::Reply<api::HeartbeatWorkReply> heartbeat(const api::HeartbeatWork& request) = 0;
  virtual api::Reply<api::EndWorkReply> complete(const api::CompleteWork& request) = 0;
  virtual api::Reply<api::EndWorkReply> fail(const api::FailWork& request) = 0;
  virtual api::Reply<api::BundleReply> bundle(const AccountId& account, const std::string& digest) = 0;
  // Appends to the item's log at `offset`; where it answers false the bytes are sent again later.
  virtual bool log(std::int64_t item, std::uint64_t offset, std::string_view bytes) = 0;
};

struct WorkerOptions {
  std::string queue = "default";
  std::string name;
  int slots = 1;
  std::filesystem::path folder;      // its own
  std::filesystem::path log_folder;  // empty: the logs stay in its own folder, and are sent through the port
  std::filesystem::path secrets;     // the folder of secrets (secrets.hpp); empty: only the environment
  int lease_s = 0;                   // 0: the server's default
  int wait_s = limits::kClaimWaitS;
  Millis grace = std::chrono::seconds{10};  // between SIGTERM and SIGKILL of a step that is stopped
};

class Worker {
 public:
  Worker(WorkPort& port, WorkerOptions options);
  ~Worker();  // drain(0)
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Result<void> start();
  // Claims no more, lets running steps go on for up to `patience`, ends the rest, reports all ends. Idempotent.
  void drain(Millis patience);
  // Items that run or are still to be reported.
  std::size_t held() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Held {
    api::ClaimedWork work;
    StepPlan plan;
    std::string folder_name;
    std::filesystem::path log;
    ProcessRunner::Id process = 0;  // 0: being prepared
    Clock::time_point lease_until;
    bool stopping = false;  // the owner asked
    bool lost = false;      // report nothing
    bool cut_off = false;   // by drain
    std::uint64_t log_sent = 0;
    std::string cache_digest;    // of a step with `cache:`
    Mask mask;                   // of its secrets
    std::optional<StepEnd> end;  // to be reported
    Clock::time_point report_at;
    int failed_reports = 0;
  };
  using Lock = std::unique_lock<std::mutex>;

  void claim_loop();
  void send_loop();
  void begin(const api::ClaimedWork& work);
  void finished(std::int64_t item, const ProcessOutcome& outcome);
  Result<std::vector<std::string>> give_secrets(const api::ClaimedWork& work, const StepPlan& plan,
                                                ProcessSpec& spec) const;
  void kill(Held& held, Millis grace);
  void send_heartbeat(Lock& lock);
  void send_logs(Lock& lock);
  bool send_log(Lock& lock, std::int64_t item);
  void report(Lock& lock, std::int64_t item);
  void forget(std::int64_t item);
  Millis beat() const;
  bool ships_logs() const { return options_.log_folder.empty(); }

  WorkPort& port_;
  WorkerOptions options_;
  std::optional<WorkerFolder> folder_;

  mutable std::mutex mutex_;
  std::condition_variable claimer_, sender_, emptied_;
  std::map<std::int64_t, Held> held_;  // by item
  bool draining_ = false, stop_ = false;
  Clock::time_point next_beat_{}, next_log_{};

  std::unique_ptr<ProcessRunner> runner_;
  std::thread claim_thread_, send_thread_;
};

}  // namespace weir::run
