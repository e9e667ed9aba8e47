#include "tests/sim/simulation.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <set>

#include "core/planted.hpp"
#include "json/described.hpp"

namespace weir::sim {
namespace {

using counter::CounterService;
using invariants::Told;

// Everything that dies with a process.
struct Process {
  explicit Process(core::CellConfig config) : cell(config) { counter.install(cell.registry()); }
  core::Cell cell;
  CounterService counter;
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed), mix_(Mix::draw(random_)), seed_(seed) {}

  Outcome run() {
    start();
    for (int i = 0; i < mix_.commands && out_.violations.empty(); ++i) {
      issue();
      const auto steps = random_.between(1, 6);
      for (int s = 0; s < steps; ++s) step();
      pass(Millis{random_.between(1, mix_.think_ms.count())});
    }
    if (now_ - kBegin < std::chrono::hours{1} && out_.violations.empty()) pass(kBegin + std::chrono::hours{1} - now_);
    heal();
    check_end();
    out_.simulated = now_ - kBegin;
    out_.coverage["commands"] += out_.commands;
    return std::move(out_);
  }

 private:
  static constexpr Instant kBegin = Instant{Millis{1'800'000'000'000}};

  void count(const std::string& what, std::int64_t n = 1) { out_.coverage[what] += n; }
  void trace(std::string_view text) {
    for (const char c : text) out_.trace_hash = (out_.trace_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  void violated(std::string text) { out_.violations.push_back(to_text(now_) + " " + std::move(text)); }

  void start() {
    process_ = std::make_unique<Process>(core::CellConfig{0, seed_, mix_.deliveries_per_command, 0});
    auto& cell = process_->cell;
    if (!opened_) {
      if (!store_.open(cell.tables())) violated("the store does not open");
      opened_ = true;
    }
    load();
  }
  void load() {
    auto& cell = process_->cell;
    cell.reset(store_.last_batch());
    for (const auto* table : cell.tables())
      if (table->keeping == store::Keeping::live)
        (void)store_.load(*table, [&](store::Row row) { cell.load_row(*table, std::move(row)); });
    cell.loaded(now_);
    committing_.reset();
    fetching_.clear();
    performing_.clear();
  }
  void crash() {
    count("crash");
    absorb_stats();
    ledger_.cut_unanswered();
    waiting_.clear();
    start();
  }

  // --- clients ---
  std::string account(std::int64_t i) const { return fmt::format("{:012}", i + 1); }
  std::string any_account() { return account(random_.below(mix_.accounts)); }

  void issue() {
    ++out_.commands;
    const auto who = any_account();
    if (random_.chance(mix_.waits)) return read(who, true);
    if (random_.chance(mix_.reads)) return read(who, false);
    api::AddToCounter add;
    add.by = ++numbers_;
    std::vector<std::size_t> promises;
    if (random_.chance(mix_.late)) {
      add.in_ms = Millis{random_.between(1, 600'000)};
      promises.push_back(ledger_.promised({"later", who, add.by, Told::nothing_yet, now_ + add.in_ms}));
    } else {
      promises.push_back(ledger_.promised({"add", who, add.by, Told::nothing_yet, now_}));
    }
    if (random_.chance(mix_.gifts) && mix_.accounts > 1) {
      add.gift = ++numbers_;
      std::set<std::string> to;
      for (auto n = random_.between(1, 6); n > 0; --n)
        if (auto other = any_account(); other != who) to.insert(other);
      for (const auto& other : to) {
        add.to.push_back(AccountId{other});
        promises.push_back(ledger_.promised({"gift", other, add.gift, Told::nothing_yet, now_}));
      }
    }
    ask(who, api::Message::of(add), [this, promises](const api::Reply<api::Message>& reply) {
      const auto told = reply                                                  ? Told::done
                        : reply.error().code == api::ErrorCode::OutcomeUnknown ? Told::unknown
                                                                               : Told::refused;
      for (const auto p : promises) ledger_.told(p, told);
    });
  }

  void read(const std::string& who, bool wait) {
    api::ReadCounter read;
    if (wait) {
      read.at_least = process_->counter.value(AccountId{who}) + random_.between(0, 200);
      read.wait_s = static_cast<int>(random_.between(1, 20));
    }
    const auto until = now_ + std::chrono::seconds{read.wait_s};
    ask(who, api::Message::of(read), [this, who, read, until](const api::Reply<api::Message>& reply) {
      if (!reply) return;
      const auto value = reply->as<api::CounterReply>()->value;
      if (read.at_least && value < *read.at_least && now_ < until) violated("I7: a waiting read ended early");
    });
  }

  // Every value that anybody is told must be durable at that moment: counters only grow, so the store tells.
  void ask(const std::string& who, api::Message request, std::function<void(const api::Reply<api::Message>&)> then) {
    const auto id = ++command_;
    waiting_[id] = then;
    process_->cell.decide(
        {request,
         {AccountId{who}, "client", false},
         [this, id, who, then](api::Reply<api::Message> reply) {
           if (waiting_.erase(id) == 0) return;
           trace(reply ? json::print_described(*reply->type, reply->object.get()) : reply.error().message);
           if (reply && reply->as<api::CounterReply>()->value > durable_value(who))
             violated("I1: an answer showed a value that is not durable");
           then(reply);
         },
         id},
        now_);
  }
  std::int64_t durable_value(const std::string& who) {
    auto row = store_.fetch(counter::kCounterTable, {who});
    return row && *row ? static_cast<const counter::CounterRow*>(row->get())->value : 0;
  }

  // --- the driver ---
  void step() {
    auto& cell = process_->cell;
    switch (random_.below(6)) {
      case 0:
        (void)cell.tick(now_);
        break;
      case 1:
        seal();
        break;
      case 2:
        settle();
        break;
      case 3:
        for (auto& fetch : cell.take_fetches()) fetching_.push_back(std::move(fetch));
        answer_fetch();
        break;
      case 4:
        effects();
        break;
      case 5:
        if (random_.chance(mix_.evict))
          count("eviction", static_cast<std::int64_t>(cell.evict(static_cast<std::size_t>(random_.below(4)),
                                                                 static_cast<std::size_t>(random_.between(1, 4)))));
        break;
    }
    if (random_.chance(mix_.crash * 0.2)) return crash();
    answers();
  }
  void answers() {
    for (auto& answer : process_->cell.take_answers()) std::move(answer).send();
  }

  void seal() {
    auto batch = process_->cell.seal();
    if (!batch) return;
    for (const auto& write : batch->writes) {
      trace(write.table->name);
      trace(write.op == store::Write::Op::put ? "+" : "-");
      trace(json::print_described(write.table->row(), write.row.get()));
    }
    committing_ = std::move(batch);
    commit_due_ = now_ + Millis{random_.between(0, mix_.commit_ms.count())};
  }
  void settle() {
    if (!committing_ || now_ < commit_due_) return;
    const auto batch = *std::exchange(committing_, std::nullopt);
    auto& cell = process_->cell;
    if (random_.chance(mix_.refuse)) {
      count("commit refused");
      cell.settled(batch.number, store::CommitOutcome::refused, "no space");
      return;
    }
    if (random_.chance(mix_.lose)) {
      count("commit unknown, not written");
      return unknown();
    }
    if (random_.chance(mix_.execute_then_error)) {
      count("commit unknown, written");
      (void)store_.commit(batch);
      return unknown();
    }
    if (random_.chance(mix_.crash)) {
      count("crash in commit");
      if (random_.chance(0.5)) (void)store_.commit(batch);
      return crash();
    }
    const auto result = store_.commit(batch);
    if (result.outcome != store::CommitOutcome::durable) violated("the store fails by itself: " + result.why);
    if (cell.has_writes()) count("batch decided while one commits");
    count("commit durable");
    cell.settled(batch.number, result.outcome, result.why);
  }
  void unknown() {
    const auto code =
        core::planted(core::Bug::unknown_as_failed) ? api::ErrorCode::Unavailable : api::ErrorCode::OutcomeUnknown;
    for (auto& [id, then] : std::exchange(waiting_, {})) then(api::refuse(code, "the store failed"));
    load();
  }
  void answer_fetch() {
    if (fetching_.empty()) return;
    const auto at = random_.below(static_cast<std::int64_t>(fetching_.size()));
    const auto fetch = fetching_[static_cast<std::size_t>(at)];
    fetching_.erase(fetching_.begin() + at);
    if (random_.chance(mix_.fetch_error)) {
      count("fetch fails");
      process_->cell.fetched(fetch.ticket, fail("planned I/O error"), now_);
      return;
    }
    count("fetch");
    process_->cell.fetched(fetch.ticket, store_.fetch(*fetch.table, fetch.key), now_);
  }
  void effects() {
    for (auto& effect : process_->cell.take_effects(now_)) performing_.push_back(std::move(effect));
    if (performing_.empty()) return;
    const auto effect = performing_.back();
    performing_.pop_back();
    auto row = store_.fetch(core::kEffectTable, {effect->id});
    if (!row || !*row) violated("an effect started before its commit");
    const bool ok = !random_.chance(mix_.effect_fails);
    count(ok ? "effect performed" : "effect failed");
    if (ok) performed_.insert(effect->idempotency_key);
    process_->cell.decide(
        {api::Message::of(core::EffectDone{effect->id, ok, "planned", {}}), {effect->account, "run", true}, {}, 0},
        now_);
  }

  void pass(Millis span) {
    const auto end = now_ + span;
    for (int guard = 0; guard < 10'000; ++guard) {
      auto next = process_->cell.next_due();
      if (committing_ && (!next || commit_due_ < *next)) next = commit_due_;
      if (!next || *next > end) break;
      now_ = std::max(now_ + Millis{1}, *next);
      for (auto n = random_.between(1, 8); n > 0; --n) step();
      if (now_ >= end) break;
    }
    now_ = std::max(now_, end);
  }

  // --- the end ---
  void heal() {
    mix_.refuse = mix_.lose = mix_.execute_then_error = mix_.crash = mix_.fetch_error = mix_.effect_fails = 0;
    // What fails is tried again with backoff, dead letters included none here; two hours are plenty.
    const auto end = now_ + std::chrono::hours{2};
    while (now_ < end) {
      drain();
      const auto due = process_->cell.next_due();
      if (!due) break;
      now_ = std::max(now_ + Millis{1}, *due);
    }
    drain();
  }
  void drain() {
    auto& cell = process_->cell;
    for (bool moved = true; moved;) {
      moved = cell.tick(now_);
      for (auto& fetch : cell.take_fetches()) fetching_.push_back(std::move(fetch));
      moved |= !fetching_.empty();
      answer_fetch();
      seal();
      if (committing_) {
        now_ = std::max(now_, commit_due_);
        settle();
        moved = true;
      }
      for (auto& effect : cell.take_effects(now_)) performing_.push_back(std::move(effect));
      moved |= !performing_.empty();
      effects();
      answers();
    }
  }
  void absorb_stats() {
    const auto& s = process_->cell.stats();
    count("miss", s.misses);
    count("wait", s.waits);
    count("wake", s.wakes);
    count("delivery inline", s.deliveries_inline);
    count("delivery owed", s.deliveries_owed);
    count("delivery continued", s.deliveries_worked_off);
    count("timer or continuation", s.ticks);
    count("command refused", s.failed);
  }
  void check_end() {
    absorb_stats();
    if (process_->cell.owed() != 0) violated("I8: deliveries are still owed");
    for (const auto& effect : process_->cell.effects().rows()) {
      // Given up after exactly as many attempts as the limit says, and kept for people; anything else is unfinished.
      if (!effect->dead) violated("I8: an effect is still to be done");
      if (effect->dead && effect->attempts != limits::kEffectAttempts) violated("I6: an effect was given up too early");
      count("effect given up");
    }
    if (process_->cell.parked() != 0) violated("I8: commands are still parked");
    ledger_.cut_unanswered();
    std::vector<invariants::Trace> traces;
    std::optional<store::Key> after;
    do {
      auto page = store_.query({&counter::kCounterLogTable, {}, false, after, limits::kQueryPageRows});
      if (!page) return violated("the log cannot be read: " + page.error().text());
      for (const auto& row : page->rows) {
        const auto& entry = *static_cast<const counter::CounterLogRow*>(row.get());
        traces.push_back({entry.account.value, entry.by, entry.at});
      }
      after = page->next;
    } while (after);
    for (auto& violation : ledger_.check(traces)) violated(std::move(violation));
    for (int i = 0; i < mix_.accounts; ++i) {
      std::int64_t sum = 0;
      for (const auto& t : traces)
        if (t.account == account(i)) sum += t.number;
      if (sum != durable_value(account(i))) violated("I2: counter " + account(i) + " is not the sum of its log");
    }
    // The log and the store must also be what memory holds.
    for (int i = 0; i < mix_.accounts; ++i)
      if (process_->counter.value(AccountId{account(i)}) != durable_value(account(i)))
        violated("memory and store differ for counter " + account(i));
  }

  Random random_;
  Mix mix_;
  std::uint64_t seed_;
  Outcome out_{0xcbf29ce484222325ull, {}, {}, 0, Millis{0}};
  Instant now_ = kBegin;
  store::MemoryStore store_;
  bool opened_ = false;
  std::unique_ptr<Process> process_;
  invariants::Ledger ledger_;
  std::optional<store::Batch> committing_;
  Instant commit_due_{};
  std::vector<core::Fetch> fetching_;
  std::vector<std::shared_ptr<const core::EffectRow>> performing_;
  std::set<std::string> performed_;
  std::map<std::int64_t, std::function<void(const api::Reply<api::Message>&)>> waiting_;
  std::int64_t command_ = 0, numbers_ = 0;
};

}  // namespace

Outcome simulate(std::uint64_t seed) { return Simulation(seed).run(); }

}  // namespace weir::sim
