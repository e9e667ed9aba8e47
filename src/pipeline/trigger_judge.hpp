// Judging a condition: which occurrences belong to a key, which clauses they meet, and whether the condition holds.
// Rules 1, 5, 10, 11 and the first half of 3. Pure: reads rows, changes nothing, knows no time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calendar/window.hpp"
#include "pipeline/rows.hpp"

namespace weir::pipeline {

// One clause, judged.
struct ClauseJudgement {
  std::shared_ptr<const ClauseRow> clause;
  bool met = false;
  std::vector<UsedRun> runs;          // that met it (each: all: also when others are missing), by window
  std::vector<std::int64_t> missing;  // windows of the upstream that are still needed
  std::string why;                    // for people
};

struct Judgement {
  bool has_condition = false;
  bool holds = false;                    // the whole condition; true without one
  bool mixed = false;                    // every clause is met, but they lead to two runs of one occurrence
  std::vector<ClauseJudgement> clauses;  // allOf first, then anyOf
  // The evidence: when it holds, of the blocks that hold; else every clause that is met.
  std::vector<UsedRun> used;
  std::vector<std::int64_t> met;
  std::int64_t version = 0;  // of the condition that was judged
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
};

class TriggerJudge {
 public:
  explicit TriggerJudge(const Tables& tables, JudgeOptions options = {}) : tables_(tables), options_(options) {}

  // The trigger that a key is judged by: that of its first firing, else the one in force.
  TriggerView view_of_key(std::int64_t pipeline, std::int64_t window) const;
  TriggerView view_in_force(const PipelineRow& pipeline) const;

  Judgement judge(const TriggerView& view, std::int64_t window) const;
  // Rules 2, 3, 7: must a run of this key start because of its condition (when it is not active)?
  bool fires(const TriggerView& view, std::int64_t window, const Judgement& judgement) const;
  // The last run that fired the key, whose evidence rule 3 looks at; nullptr: it has not fired.
  const RunFactRow* last_firing(std::int64_t pipeline, std::int64_t window) const;

  bool out_of_date(const RunFactRow& run) const;
  const RunFactRow* current(std::int64_t pipeline, std::int64_t window) const;
  bool active(std::int64_t pipeline, std::int64_t window) const;  // a run of it works
  bool waits(std::int64_t pipeline, std::int64_t window) const;   // a start of it waits
  // Does a schedule plan this window, itself or by the conditions that lead back to one?
  bool plans(std::int64_t pipeline, std::int64_t window) const;

  Instant logical_date(const PipelineRow& pipeline, std::int64_t window) const;
  std::string label_of(const PipelineRow& pipeline, std::int64_t window) const;

 private:
  ClauseJudgement verdict(const TriggerView& view, std::int64_t window,
                          const std::shared_ptr<const ClauseRow>& clause) const;
  const Tables& tables_;
  JudgeOptions options_;
};

Zone zone_of(const PipelineRow& pipeline);
RunState state_of(RunStatus status);

}  // namespace weir::pipeline
