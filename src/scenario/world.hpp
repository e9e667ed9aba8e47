// The world of one test: a cell with the real account and pipeline services over a store in memory, on a clock that
// only the test moves. What a pipeline's steps do is not played: a run ends as the test says, by default at once and
// well, so that a test needs no machine, no worker and no waiting.
//
// One thread. The same calls give the same runs with the same ids.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "account/account_service.hpp"
#include "core/cell.hpp"
#include "pipeline/pipeline_service.hpp"
#include "scenario/test_file.hpp"
#include "store/memory/memory_store.hpp"

namespace weir::scenario {

// Runs of one pipeline that end at one moment, and are a circle that never comes to rest when there are more: of
// windows that lie ahead of the clock, which circles climb, and of all (the longest backfill has 1,000 windows).
inline constexpr int kEndsAhead = 100;
inline constexpr int kEndsOfAMoment = 1'200;

struct Whole;  // pretend.hpp

class World {
 public:
  // How a run ends that has just started; asked once a run.
  using EndOf = std::function<Ending(const pipeline::RunRow& run)>;

  // `whole`: with the real workflow engine and a worker that only pretends, so that what is in the store at the end is
  // what a server would have left. Slower, and input_of() is empty.
  World(Sharing sharing, Instant begin, EndOf end_of, bool whole = false);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Instant now() const { return now_; }
  const pipeline::Tables& tables() const { return pipelines_.tables(); }
  pipeline::TriggerEngine& engine() { return pipelines_.engine(); }

  // Asks as `account` and decides what follows from it at this moment, but for the ends of runs: settle() brings them.
  template <class Request>
  api::Reply<typename Request::Reply> ask(Request request, const AccountId& account) {
    auto reply = ask_any(api::Message::of(std::move(request)), account);
    if (!reply) return std::unexpected(std::move(reply.error()));
    return *reply->template as<typename Request::Reply>();
  }
  // This run ends otherwise than EndOf says. Before settle().
  void will_end(std::int64_t run, Ending ending) { told_[run] = std::move(ending); }
  void end_now(std::int64_t run, const Ending& ending);

  // All that happens at this moment. False: it never comes to rest.
  [[nodiscard]] bool settle();
  // Time passes, stopping at every moment at which something is due.
  [[nodiscard]] bool pass_until(Instant t);
  // The server is down until then, loses its memory, and is started again.
  [[nodiscard]] bool outage_until(Instant t);

  // The id of an account by id or alias; an alias that is new gets one.
  AccountId account(const std::string& name);

  // The same without making one; empty: there is none.
  AccountId account_named(const std::string& name) const;

  // Stored rows, oldest first.
  std::vector<std::shared_ptr<const pipeline::RunRow>> runs_of(std::int64_t pipeline);
  std::vector<std::shared_ptr<const pipeline::EvidenceRow>> evidence_of(std::int64_t pipeline);
  std::shared_ptr<const pipeline::RunRow> run(std::int64_t id);
  // What a run's steps would see; empty: it has not started.
  std::string input_of(std::int64_t run) const;

  // Writes all tables into an empty store, which is opened for it.
  [[nodiscard]] Result<void> copy_to(store::Store& to);

  // What became of runs, in the order in which it happened.
  struct Change {
    Instant at{};
    std::int64_t run = 0;
    std::string status;
  };
  const std::vector<Change>& changes() const { return changes_; }
  const std::vector<api::NotifyLog>& notifications() const { return notifications_; }
  // Deadlines that were missed, and what became of them: "LATE_START: not started by 07:00", "LATE_START RECOVERED:
  // ...".
  struct Alert {
    Instant at{};
    AccountId account;
    std::string pipeline;
    std::string window;
    std::string text;
  };
  const std::vector<Alert>& alerts() const { return alerts_; }

 private:
  api::Reply<api::Message> ask_any(api::Message request, const AccountId& account);
  void install_mocks();
  void install_watchers();
  // pretend.cpp
  void claim();
  void prolong();
  void give_up_stopped();
  void end_steps(std::int64_t run, const Ending& ending);
  api::Reply<api::Message> ask_as(api::Message request, api::Principal who);
  void load();
  void drive();
  void see_starts();
  void see_alert(Alert alert);
  std::string last_step(const pipeline::RunRow& run);

  EndOf end_of_;
  Instant now_;
  core::Cell cell_;
  store::MemoryStore store_;
  account::AccountService accounts_;
  std::unique_ptr<Whole> whole_;  // null: mocked
  pipeline::PipelineService pipelines_;
  std::map<std::string, AccountId> aliases_;
  std::map<std::int64_t, Ending> told_;
  std::set<std::int64_t> seen_;                             // runs whose end is known
  std::map<std::pair<Instant, std::int64_t>, Ending> due_;  // by time, then by run
  std::map<std::int64_t, std::string> inputs_;
  std::vector<Change> changes_;
  std::set<std::pair<std::int64_t, std::string>> told_changes_;
  std::vector<api::NotifyLog> notifications_;
  std::vector<Alert> alerts_;
  core::CommandId last_command_ = 0;
};

}  // namespace weir::scenario
