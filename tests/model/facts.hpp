// What has happened, and what is therefore true: the rules about clauses, written as questions to a list of runs.
// Nothing is remembered between two questions, but the plans of schedules, which are calendar.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/model/vocabulary.hpp"

namespace weir::model {

// A start that has been decided and waits: for the limit of its pipeline, or for the end of another run of its key.
struct Waiting {
  Occurrence key{};
  Cause cause = Cause::condition;
  bool approved = false;  // a person let a correction run
  bool now = false;       // a person starts it with what there is
};

class Facts {
 public:
  // Writes down a deploy, the clock, a grant, a skip, a pause. Runs are written by start() and end().
  void note(const Event& event);
  void note_scheduled(Occurrence key) { scheduled_.insert(key); }
  Run& start(Run run);  // gives it its id.n unless it has one
  Run* find(const RunId& id);
  const Run* find(const RunId& id) const;

  const std::vector<Run>& runs() const { return runs_; }
  std::vector<const Run*> runs_of(const Occurrence& key) const;  // that count, in the order of starts
  const Run* current(const Occurrence& key) const;               // the one started last
  bool active(const Occurrence& key) const;
  bool waits(const Occurrence& key) const;
  int active_of(int pipeline) const;

  int pipelines() const { return static_cast<int>(versions_.size()); }
  const PipelineDecl& decl(int pipeline) const { return versions_[pipeline].back(); }
  int version(int pipeline) const { return static_cast<int>(versions_[pipeline].size()) - 1; }
  int pipeline_named(const std::string& name) const;  // -1: none
  Instant now() const { return now_; }

  // Rule 1.
  bool out_of_date(const Run& run) const;
  const Run* meets(const Occurrence& occurrence, const Clause& clause) const;  // the run, or nullptr
  // The next moment at which a status has stood as long as some clause wants it to (`for`).
  std::optional<Instant> next_standing() const;
  // Rule 5: does a schedule plan this window, itself or by the conditions that lead back to one?
  bool plans(int pipeline, Window window) const;
  bool scheduled(const Occurrence& key) const { return scheduled_.contains(key); }
  bool skipped(const Occurrence& key) const { return skipped_.contains(key); }
  bool paused(int pipeline) const { return paused_.contains(pipeline) || paused_.contains(kAll); }
  bool paused_itself(int pipeline) const { return paused_.contains(pipeline); }
  // Rule 13: the key is closed as if it had fired on this.
  void close(const Occurrence& key, Evidence evidence);
  // Rule 15: what a person accepts who says that this run is good enough: the newer runs that it misses, by number.
  std::map<Occurrence, int> missed_by(const Run& run) const;
  // Does what these clauses were met by lead to at most one run of each occurrence?
  bool consistent(const Evidence& evidence, int downstream) const;

  // The evidence of a key as it stands.
  struct Judgement {
    bool holds = false;
    Evidence evidence{};  // when it holds: of the blocks that hold; else every clause that is satisfied
  };
  Judgement judge(const Occurrence& key) const;
  // Rules 2, 3, 7: must a run of this key start because of its condition (when it is not active)? With
  // onUpstreamRerun ask a correction is one only when a person approves.
  bool fires(const Occurrence& key, bool approved = false) const;
  // Rule 3: does a correction wait for a person?
  bool asks(const Occurrence& key) const;
  // The last run that fired the key, whose evidence rule 3 looks at; nullptr: it has not fired.
  const Run* last_firing(const Occurrence& key) const;
  // The keys that can have a condition that holds.
  std::set<Window> keys(int pipeline) const;

  std::vector<Waiting> waiting{};  // in the order of their decisions

 private:
  struct Verdict {
    bool satisfied = false;
    std::vector<RunId> runs{};
  };
  using Accepted = std::map<Occurrence, int>;
  bool stale(const Run& run, Accepted accepted) const;
  void collect_missed(const Run& run, Accepted accepted, Accepted& missed) const;
  Verdict verdict(const Occurrence& key, const Clause& clause) const;
  std::vector<Window> happened(int pipeline) const;
  const PipelineDecl& decl_of_key(const Occurrence& key) const;
  bool schedule_plans(int pipeline, Window window) const;
  bool condition_plans(int pipeline, Window window) const;

  std::vector<std::vector<PipelineDecl>> versions_{};
  std::vector<Instant> deployed_{};  // for the first time
  std::vector<Run> runs_{};
  std::map<Occurrence, std::vector<std::size_t>> by_key_{};  // into runs_, those that count
  std::set<Occurrence> scheduled_{};
  std::set<std::pair<int, int>> withdrawn_{};  // upstream, downstream
  std::set<Occurrence> skipped_{};
  std::set<int> paused_{};
  std::map<Occurrence, Run> closed_{};  // as a run that fired after the runs that there were
  Instant now_{};
  mutable std::map<Occurrence, bool> planned_{};  // until the next deploy
};

// Rule 3: is a newer run of what met this clause a reason to run again?
bool followed(const Clause& clause, int downstream);

}  // namespace weir::model
