// Drives a cell on virtual time with a store that fails, crashes, evictions and effects that fail. What is asked of the
// cell, and what must hold of the answers and at the end, is a load's: it derives from this.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/cell.hpp"
#include "store/memory/memory_store.hpp"
#include "tests/invariants/ledger.hpp"
#include "tests/sim/mix.hpp"
#include "tests/sim/simulation.hpp"

namespace weir::sim {

class Driver {
 public:
  explicit Driver(std::uint64_t seed, Instant begin = kBegin)
      : random_(seed), mix_(Mix::draw(random_)), seed_(seed), begin_(begin) {}
  virtual ~Driver() = default;
  Outcome run();

 protected:
  static constexpr Instant kBegin = Instant{Millis{1'800'000'000'000}};

  // A new process: its services hang themselves into the cell; what the load remembers of the old process is gone.
  virtual void install(core::Cell& cell) = 0;
  // One client does something.
  virtual void issue() = 0;
  // Something that the world does beside clients, now and then: workers.
  virtual void world() {}
  virtual void check_answer(const std::string& who, const api::Message& reply) = 0;
  virtual void check_end() = 0;
  // Once everything is healed: has all that was owed been worked off?
  virtual bool at_rest() { return !cell_->next_due(); }
  // A batch goes to the store.
  virtual void sealed(const store::Batch&) {}

  void count(const std::string& what, std::int64_t n = 1) { out_.coverage[what] += n; }
  void trace(std::string_view text);
  void violated(std::string text) { out_.violations.push_back(to_text(now_) + " " + std::move(text)); }

  std::string account(std::int64_t i) const;
  std::string any_account() { return account(random_.below(mix_.accounts)); }
  // `then` is called at most once; never, when the process dies before.
  void ask(const std::string& who, api::Message request, std::function<void(const api::Reply<api::Message>&)> then);
  template <class Row>
  std::vector<Row> all_rows(const store::TableInfo& table);

  core::Cell& cell() { return *cell_; }
  // No faults any more, and workers that keep up.
  bool healing() const { return healing_; }

  Random random_;
  Mix mix_;
  std::uint64_t seed_;
  Outcome out_{0xcbf29ce484222325ull, {}, {}, 0, Millis{0}};
  const Instant begin_;
  Instant now_ = begin_;
  store::MemoryStore store_;
  invariants::Ledger ledger_;

 private:
  void start();
  void load();
  void crash();
  void step();
  void answers();
  void seal();
  void settle();
  void unknown();
  void answer_fetch();
  void effects();
  void pass(Millis span);
  void heal();
  void drain();
  void absorb_stats();
  void check_rest();

  bool opened_ = false;
  bool healing_ = false;
  std::unique_ptr<core::Cell> cell_;
  std::optional<store::Batch> committing_;
  Instant commit_due_{};
  std::vector<core::Fetch> fetching_;
  std::vector<std::shared_ptr<const core::EffectRow>> performing_;
  std::map<std::int64_t, std::function<void(const api::Reply<api::Message>&)>> waiting_;
  std::int64_t command_ = 0;
};

template <class Row>
std::vector<Row> Driver::all_rows(const store::TableInfo& table) {
  std::vector<Row> out;
  std::optional<store::Key> after;
  do {
    auto page = store_.query({&table, {}, false, after, 1000});
    if (!page) {
      violated("table " + std::string(table.name) + " cannot be read: " + page.error().text());
      return out;
    }
    for (const auto& row : page->rows) out.push_back(*static_cast<const Row*>(row.get()));
    after = page->next;
  } while (after);
  return out;
}

}  // namespace weir::sim
