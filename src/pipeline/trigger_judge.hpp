// Judging a condition: which occurrences belong to a key, which clauses they meet, and whether the condition holds.
// Rules 1, 5, 6, 10, 11 and the first half of 3. Pure: reads rows, changes nothing; the time is what at() said.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "calendar/window.hpp"
#include "pipeline/key_filter.hpp"
#include "pipeline/rows.hpp"

namespace weir::pipeline {

// Why a clause is met, or not.
enum class Reason {
  met,
  before_since,     // met: the window lies before the downstream's `since`
  skipped,          // met: a person says that the window is not needed
  blocked,          // a grant is missing
  no_upstream,      // no such pipeline yet
  no_run,           // nothing has run in the window
  queued,           // a start waits for a limit, for the run before it or in a plan
  other_status,     // the current run has another status
  not_yet_so_long,  // it has a listed status, but has not had it as long as `for` demands
  out_of_date,      // the current run used what has since been replaced
  some_missing,     // each: all, and not all of the window's occurrences meet it
  nothing_planned,  // the upstream plans nothing in the window, and nothing happened
  none_found,       // match newest, each any: none meets it
  none_since,       // grain none: none that started since the last firing meets it
};

// One clause, judged.
struct ClauseJudgement {
  std::shared_ptr<const ClauseRow> clause;
  bool met = false;
  Reason reason = Reason::no_run;
  std::vector<UsedRun> runs;          // that met it (each: all: also when others are missing), by window
  std::vector<std::int64_t> missing;  // windows of the upstream that are still needed
  std::int64_t skip = 0;              // when the newest window that is left out was skipped, in the order of ids
  std::optional<Instant> stands_at;   // `for`: when the first of those that lack only time has stood long enough
};

struct Judgement {
  bool has_condition = false;
  bool holds = false;                    // the whole condition; true without one
  bool mixed = false;                    // every clause is met, but they lead to two runs of one occurrence
  std::vector<ClauseJudgement> clauses;  // allOf first, then anyOf
  // The evidence: when it holds, of the blocks that hold; else every clause that is met.
  std::vector<UsedRun> used;
  std::vector<std::int64_t> met;
  std::int64_t version = 0;           // of the condition that was judged
  std::optional<Instant> look_again;  // time alone may change it then (`for`)
};

// A trigger with its clauses, in the tables or not yet.
struct TriggerView {
  const PipelineRow* pipeline = nullptr;
  const TriggerRow* trigger = nullptr;  // nullptr: people only
  std::vector<std::shared_ptr<const ClauseRow>> clauses;
  bool has_condition() const { return !clauses.empty(); }
};

struct JudgeOptions {
  bool accept_old_legs = false;  // planted bug: a run that is out of date meets clauses
  bool latch = false;            // planted bug: a clause that was met once stays met
  bool double_trigger = false;   // planted bug: a key fires twice on the same evidence
};

class TriggerJudge {
 public:
  explicit TriggerJudge(const Tables& tables, JudgeOptions options = {}) : tables_(tables), options_(options) {}

  // Keys with a start that is decided and has no row yet; nullptr: none.
  void see_also(const std::multiset<std::pair<std::int64_t, std::int64_t>>* waiting) { also_waiting_ = waiting; }

  // The moment that is judged, until the next call.
  void at(Instant now) const { now_ = now; }

  // The trigger that a key is judged by: that of its first firing, else the one in force.
  TriggerView view_of_key(std::int64_t pipeline, std::int64_t window) const;
  TriggerView view_in_force(const PipelineRow& pipeline) const;

  Judgement judge(const TriggerView& view, std::int64_t window) const;
  // Rules 2, 3, 7: must a run of this key start because of its condition (when it is not active)? `in_force` is the
  // trigger of the newest deploy, nullptr without one.
  // When only the quiet runs of a plan would start it, no, and `quiet` is set to that plan.
  bool fires(const PipelineRow& pipeline, const TriggerSpec* in_force, std::int64_t window, const Judgement& judgement,
             std::int64_t* quiet = nullptr) const;
  // A true condition of a key before the first deploy's window: did something make it true after that deploy? If not it
  // is history, which a deploy does not start (rule 13).
  bool true_since_first_deploy(const PipelineRow& pipeline, std::int64_t window, const Judgement& found) const;
  // The last run that fired the key, whose evidence rule 3 looks at; nullptr: it has not fired.
  const RunFactRow* last_firing(std::int64_t pipeline, std::int64_t window) const;

  bool out_of_date(const RunFactRow& run) const;
  // What the run misses now: the newest runs that met the clauses by which it or what it used came to older ones.
  std::vector<AcceptedRuns> newer_than_used(const RunFactRow& run) const;
  bool skipped(std::int64_t pipeline, std::int64_t window) const;
  const RunFactRow* current(std::int64_t pipeline, std::int64_t window) const;
  bool active(std::int64_t pipeline, std::int64_t window) const;  // a run of it works
  bool waits(std::int64_t pipeline, std::int64_t window) const;   // a start of it waits, or a plan holds it
  bool queued(std::int64_t pipeline, std::int64_t window) const;  // a start of it waits
  // Does a schedule plan this window, itself or by the conditions that lead back to one?
  bool plans(std::int64_t pipeline, std::int64_t window) const;

  Instant logical_date(const PipelineRow& pipeline, std::int64_t window) const;
  std::string label_of(const PipelineRow& pipeline, std::int64_t window) const;

  // The keys in whose windows, within [from, to], something of this pipeline has run, oldest first; of the grains run
  // and none the newest kChainsLooked.
  std::vector<std::int64_t> happened(std::int64_t pipeline, std::int64_t from, std::int64_t to) const;

 private:
  struct Meeting {
    const RunFactRow* run = nullptr;
    Reason reason = Reason::no_run;
    std::optional<Instant> stands_at;
  };
  using Accepted = std::map<std::pair<std::int64_t, std::int64_t>, int>;  // occurrence to the number of a run
  template <class Visit>
  bool walk_uses(const RunFactRow& run, const Accepted& accepted, std::set<std::int64_t>& seen, Visit& visit) const;
  Meeting meets(std::int64_t pipeline, std::int64_t window, const ClauseSpec& clause) const;
  ClauseJudgement verdict(const TriggerView& view, std::int64_t window,
                          const std::shared_ptr<const ClauseRow>& clause) const;
  const OccurrenceRow* source_of_chain(const PipelineRow& pipeline, const ClauseRow& clause, std::int64_t key) const;
  void judge_newest(const TriggerView& view, Instant wanted_at, Window wanted, const PipelineRow& upstream,
                    const KeyFilter& filter, ClauseJudgement& out) const;
  void judge_several(const std::set<std::int64_t>& planned, const std::vector<std::int64_t>& happened,
                     ClauseJudgement& out) const;
  void judge_since(const PipelineRow& upstream, const KeyFilter& filter, ClauseJudgement& out) const;
  bool agree(const TriggerView& view, const std::vector<UsedRun>& used) const;
  // judge_quiet.cpp: what made a condition true, and the plan whose quiet run alone met a clause anew; 0: none.
  struct MadeTrue {
    std::int64_t order = 0;  // its place in the order of ids
    std::int64_t plan = 0;   // whose quiet run it was; 0: none
  };
  MadeTrue made_true(const Judgement& judgement, const OccurrenceRow* key, bool needs_schedule) const;
  std::int64_t newer_only_quietly(const UsedRun& now, int before, const ClauseSpec& clause) const;
  const Tables& tables_;
  JudgeOptions options_;
  mutable Instant now_{};
  const std::multiset<std::pair<std::int64_t, std::int64_t>>* also_waiting_ = nullptr;
};

inline constexpr std::size_t kChainsLooked = 256;

// Does the status of a run stand in the clause's list? RUNNING means "has started", so any run has it.
bool listed(const ClauseSpec& clause, const RunFactRow& run);
// The same demand on the same upstream, whatever its place in the condition.
bool same_clause(const ClauseRow& a, const ClauseRow& b);
Zone zone_of(const PipelineRow& pipeline);
RunState state_of(RunStatus status);

}  // namespace weir::pipeline
