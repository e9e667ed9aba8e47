// A cell: the tables of a set of accounts, and the one place where decisions about them are made, one after another.
//
// Passive: no thread, no clock, no I/O. A driver (host/ with threads, tests/sim from a seed) gives it commands and the
// time, carries its batches to the store, its fetches to a reader, its answers to the askers and its effects to run/.
//
//   decide(command, now) ... tick(now) ... seal() -> batch  => store.commit() => settled(n, outcome)
//
// While batch n is being committed, n+1 is decided. An answer, also of a read or of an error, is released when the last
// batch that its decision could see is durable. `refused` undoes that batch and all that was decided after it, and
// answers them with a retryable error; `unknown` answers nothing: the driver drops memory (reset), reopens the store
// and loads again.
//
// The same calls with the same arguments give the same outputs.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "core/registry.hpp"
#include "store/store.hpp"

namespace weir::core {

using CommandId = std::int64_t;
using AnswerFn = std::function<void(api::Reply<api::Message>)>;

struct Command {
  api::Message request;
  api::Principal principal;
  AnswerFn answer;   // called by the driver at most once; may be empty
  CommandId id = 0;  // the driver's; for cancel()
};

struct Answer {
  AnswerFn to;
  api::Reply<api::Message> reply;
  void send() && {
    if (to) to(std::move(reply));
  }
};

// A row that a parked command needs.
struct Fetch {
  std::int64_t ticket = 0;
  const TableInfo* table = nullptr;
  Key key;
};

// The outcome of performing an effect; a command like any other. With `ok` the row goes; else it is tried again after
// `retry_after` or the backoff, and at last kept as dead.
struct EffectDone {
  struct Reply {
    bool known = true;
  };
  std::int64_t id = 0;
  bool ok = true;
  std::string error;
  std::optional<Millis> retry_after;
};
BOOST_DESCRIBE_STRUCT(EffectDone::Reply, (), (known))
BOOST_DESCRIBE_STRUCT(EffectDone, (), (id, ok, error, retry_after))

struct CellConfig {
  std::int64_t cell_id = 0;        // 0 to 1023; the upper bits of every id
  std::uint64_t seed = 1;          // of Transaction::random
  int deliveries_per_command = 0;  // 0: the limits'; tests use 1 to 3
  int timers_per_command = 0;      // the same, for what services ask of timer_budget()
};

struct CellStats {
  std::int64_t commands = 0, failed = 0, misses = 0, ticks = 0, batches = 0, refused = 0;
  std::int64_t deliveries_inline = 0, deliveries_owed = 0, deliveries_worked_off = 0, deliveries_dead = 0;
  std::int64_t effects = 0, waits = 0, wakes = 0, evicted = 0;
};

class Cell {
 public:
  explicit Cell(CellConfig config = {});
  ~Cell();
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;

  Registry& registry() { return registry_; }
  std::vector<const TableInfo*> tables() const;

  // Loading: reset drops everything in memory (also commands that are parked or wait: they get no answer), then every
  // row of the live tables comes through load_row, then loaded. Rows of different tables may come from different
  // threads at the same time.
  void reset(store::BatchNumber last_durable);
  void load_row(const TableInfo& table, Row row);
  void loaded(Instant now);

  void decide(Command command, Instant now);
  // Does one bounded piece of what is due (timers, owed deliveries, woken waiters); false when nothing was.
  bool tick(Instant now);
  // When tick has something to do next; nothing: not before another command comes.
  std::optional<Instant> next_due() const;

  // The open batch, when it has writes and none is being committed.
  std::optional<store::Batch> seal();
  void settled(store::BatchNumber number, store::CommitOutcome outcome, const std::string& why = {});
  bool committing() const { return in_flight_ != nullptr; }
  bool has_writes() const;
  std::size_t open_commands() const;  // that wait for the open batch
  std::size_t open_rows() const { return open_->changes.size(); }

  std::vector<Answer> take_answers();
  std::vector<Fetch> take_fetches();
  // The answer to a fetch: the row, an empty one, or a problem (the command is refused with a retryable error).
  void fetched(std::int64_t ticket, Result<Row> row, Instant now);
  // Effects whose row is durable and whose time has come; each is handed out once until it is done or reset.
  std::vector<std::shared_ptr<const EffectRow>> take_effects(Instant now);

  // Whoever asked is gone: a waiting command is dropped.
  void cancel(CommandId id);
  // Under the low-water mark operations that grow are refused.
  void set_low_space(bool low) { low_space_ = low; }

  // Forgets up to `count` durable cold rows, after skipping `skip` of them.
  std::size_t evict(std::size_t skip, std::size_t count);
  std::size_t cold_rows() const;

  const CellStats& stats() const { return stats_; }
  // Commands that are neither answered nor undone: parked for a fetch, or waiting.
  std::size_t parked() const { return parked_.size(); }
  std::size_t waiting() const { return waiters_.size(); }
  std::size_t owed() const { return deliveries_.size(); }
  const DeliveryTable& deliveries() const { return deliveries_; }
  const EffectTable& effects() const { return effects_; }
  int timer_budget() const;

 private:
  friend class Transaction;

  struct Pending {  // an answer that waits for a batch
    Answer answer;
  };
  struct Work {  // a batch being filled or committed
    store::BatchNumber number = 0;
    std::vector<Transaction::Change> changes;
    std::vector<Pending> answers;
  };
  struct Job {  // something to decide: a client's command, or the house's own
    enum class Kind { command, timer, delivery };
    Kind kind = Kind::command;
    Command command;
    std::size_t timer = 0;              // Kind::timer
    std::int64_t order = 0;             // first come, first served among waiters
    std::optional<Instant> wait_until;  // of its first wait: a wake-up in vain prolongs nothing
    bool wait_over = false;
    bool wrote = false;
    std::vector<std::pair<ColdBase*, Key>> pins;
    int misses = 0;
  };

  store::BatchNumber open_number() const { return open_->number; }
  void run(Job job, Instant now);
  api::Reply<api::Message> handle(Transaction& tx, const api::Message& request, const api::Principal& principal);
  void work_off_inline(Transaction& tx);
  void owe(Transaction& tx, const AccountId& account, const api::Message& payload);
  void work_off_one(Transaction& tx);
  Result<void> perform_delivery(Transaction& tx, const AccountId& account, const std::string& kind,
                                const void* payload);
  void fire_timer(Transaction& tx, std::size_t timer);
  bool tick_timer();
  void accept(Transaction& tx);
  void answer(Job& job, api::Reply<api::Message> reply);
  void park(Job job, const Miss& miss);
  void unpin(Job& job);
  void undo(Work& work);
  void answer_all(Work& work, const api::ApiError& error);
  const DeliveryRow* next_delivery() const;
  std::optional<Instant> next_effect() const;
  api::Reply<EffectDone::Reply> effect_done(Transaction& tx, const EffectDone& done);

  CellConfig config_;
  Registry registry_;
  CellTable cell_row_{kCellTable};
  DeliveryTable deliveries_{kDeliveryTable};
  EffectTable effects_{kEffectTable};

  std::map<std::string_view, TableBase*> by_name_;
  Instant now_{};
  std::int64_t next_id_ = 0;
  std::uint64_t random_state_ = 0;
  store::BatchNumber durable_ = 0;
  std::unique_ptr<Work> open_;
  std::unique_ptr<Work> in_flight_;
  bool low_space_ = false;

  std::int64_t next_order_ = 1;
  std::map<std::pair<WaitKey, std::int64_t>, Job> waiters_;  // by key, in the order they came
  std::set<std::tuple<Instant, WaitKey, std::int64_t>> waiter_deadlines_;
  std::deque<Job> woken_;

  std::int64_t next_ticket_ = 1;
  std::map<std::int64_t, Job> parked_;
  std::map<std::int64_t, std::pair<ColdBase*, Key>> fetching_;
  std::set<std::size_t> parked_timers_;  // timers whose command is parked
  bool delivery_parked_ = false;
  std::map<std::string, AccountId> turns_;  // who was served last (turns.hpp)
  bool timers_turn_ = false;                // a delivery went before
  std::size_t next_timer_ = 0;              // where the search for a due timer begins

  std::set<std::int64_t> handed_out_;  // effects that someone performs now
  std::map<std::int64_t, store::BatchNumber> unsettled_effects_;

  std::vector<Answer> answers_;
  std::vector<Fetch> fetches_;
  CellStats stats_;
};

}  // namespace weir::core
