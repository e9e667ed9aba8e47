// Drives a cell with threads: admits commands, decides them, commits batches while the next is decided, reads what
// commands miss, answers, and hands out effects.
//
// Threads: one decides (the only one that touches the cell), one commits, `readers` read. submit(), query() and
// cancel() may be called from any thread. Answers are called on the host's threads and must not block.
// Idle, the host sleeps until the next due time: it has no tick.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/cell.hpp"
#include "host/admission.hpp"
#include "store/store.hpp"

namespace weir::host {

using QueryHandler = std::function<api::Reply<api::Message>(store::Store&, const api::Principal&, const void* request)>;

struct HostOptions {
  std::function<Instant()> clock;  // default: the system's
  std::function<void(std::shared_ptr<const core::EffectRow>)>
      perform;  // answer with an EffectDone command; default: none
  // The store failed twice in a row: the process must end (main uses exit code 70) and be started again. Should it
  // return, the host answers whoever waits with Unavailable and decides nothing any more.
  std::function<void(const std::string& why)> fatal;
  int readers = 2;
  std::size_t account_queue = limits::kAccountQueue;
  std::uint64_t low_water_bytes = limits::kLowWaterBytes;
  std::size_t cold_rows = 200'000;  // more are evicted
};

struct HostStats {
  std::uint64_t commits = 0, refused = 0, reloads = 0, throttled = 0, queries = 0;
  std::size_t waiting_commands = 0, waiting_polls = 0, owed_deliveries = 0, effects = 0, cold_rows = 0;
  bool low_space = false;
  core::CellStats cell;
};

class Host {
 public:
  Host(core::Cell& cell, store::Store& store, HostOptions options = {});
  ~Host();  // stop()
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Registers a query (Access::query): runs on a reader thread against committed rows. Before start().
  template <class Request>
  void on_query(std::function<api::Reply<typename Request::Reply>(store::Store&, const api::Principal&, const Request&)>
                    handler) {
    queries_[&type_of<Request>()] = [handler = std::move(handler)](store::Store& store, const api::Principal& principal,
                                                                   const void* request) -> api::Reply<api::Message> {
      auto reply = handler(store, principal, *static_cast<const Request*>(request));
      if (!reply) return std::unexpected(std::move(reply.error()));
      return api::Message::of(std::move(*reply));
    };
  }

  // Opens the store, loads the live tables, starts the threads.
  Result<void> start();
  // Drains: nothing new is admitted, what was admitted is decided and committed, waiting polls end. Effects are no
  // longer handed out, owed deliveries stay rows. Idempotent; not from a host thread, one caller at a time.
  void stop();

  // `answer` is called exactly once: with the reply, or with a retryable error, or with OutcomeUnknown (then nothing is
  // known and the client must get no answer). Returns the command's id, for cancel(); queries are dispatched as well.
  core::CommandId submit(api::Message request, api::Principal principal, core::AnswerFn answer);
  // The client is gone: its command is not decided any more if it was not yet, and a long poll ends. Its answer is then
  // not called; calling it may be under way.
  void cancel(core::CommandId id);

  // Blocks for the answer; for the CLI in the same process, tests and start-up. Not from a host thread.
  api::Reply<api::Message> ask(api::Message request, api::Principal principal);
  template <class Request>
  api::Reply<typename Request::Reply> ask(Request request, api::Principal principal) {
    auto reply = ask(api::Message::of(std::move(request)), std::move(principal));
    if (!reply) return std::unexpected(std::move(reply.error()));
    return *reply->template as<typename Request::Reply>();
  }

  HostStats stats() const;
  bool ready() const { return ready_; }

 private:
  struct Pending {
    core::Command command;
  };
  struct Released {  // an answer that may be sent
    core::AnswerFn answer;
    api::Reply<api::Message> reply;
  };
  void decide_loop();
  bool decide_next(Instant at);
  std::size_t batch_rows(Instant at) const;
  std::size_t tick_rows(Instant at) const;  // the same for what is owed or due by itself
  void commit_loop();
  void read_loop();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  bool room() const;
  void route_outputs(bool draining);
  void finish(core::CommandId id, const AccountId& account, api::Reply<api::Message> reply);
  void send_released(int at_most);
  void reload(const std::string& why);
  void give_up(const std::string& why);
  void end_failed();
  Result<void> load();
  void check_space();
  void enqueue_read(std::function<void()> run);
  void publish_stats();
  Instant now() const { return options_.clock(); }

  core::Cell& cell_;
  store::Store& store_;
  HostOptions options_;
  std::unordered_map<const Type*, QueryHandler> queries_;

  // Guarded by mutex_:
  mutable std::mutex mutex_;
  std::condition_variable wake_decider_, wake_committer_, wake_reader_;
  Admission<Pending> admission_;
  std::deque<std::function<void()>> inbox_;  // results for the deciding thread: settled, fetched, cancel
  std::deque<std::function<void()>> reads_;
  std::optional<store::Batch> to_commit_;
  bool draining_ = false, stop_ = false;
  std::uint64_t throttled_ = 0, query_count_ = 0;
  HostStats stats_;

  // The deciding thread's own:
  std::unordered_map<core::CommandId, core::AnswerFn> outstanding_;
  Admission<Released> released_;  // by account, in turns
  std::uint64_t commits_ = 0, refused_ = 0, reloads_ = 0;
  AccountId last_account_;   // whose command was decided last
  Instant other_account_{};  // when it was not that of the command before
  bool low_space_ = false;
  Instant space_checked_{};
  bool failed_before_ = false;  // the last commit was unknown
  bool failed_ = false;         // fatal was called

  std::atomic<core::CommandId> next_command_{1};
  std::atomic<bool> ready_{false};
  bool started_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace weir::host
