// The work of one command: keys that must be judged again, starts that have been decided, and the rows they become.
//
// Settling goes over the pipelines upstreams first, over a pipeline's keys oldest first, then lets its line move, until
// nothing changes or the command's budget is used; what is left is owed as a LookAgain.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "pipeline/trigger_engine.hpp"
#include "pipeline/trigger_keys.hpp"

namespace weir::pipeline {

struct KeyToLookAt {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
};
BOOST_DESCRIBE_STRUCT(KeyToLookAt, (), (pipeline, window))

struct ReleasedKey {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  std::string by;
};
BOOST_DESCRIBE_STRUCT(ReleasedKey, (), (pipeline, window, by))

// Owed: keys that could not be judged in the command that changed something, and lines that may move.
struct LookAgain {
  std::vector<KeyToLookAt> keys;
  std::vector<std::int64_t> lines;
  std::vector<ReleasedKey> released;
  std::vector<std::int64_t> plans;  // that may start keys
  std::vector<std::int64_t> pools;  // whose lines may move
};
BOOST_DESCRIBE_STRUCT(LookAgain, (), (keys, lines, released, plans, pools))

// Owed: waiting starts of a pipeline that a deploy has put into another line and one command could not move.
struct LineUp {
  std::int64_t pipeline = 0;
  std::int64_t after = 0;  // the last run that was moved
};
BOOST_DESCRIBE_STRUCT(LineUp, (), (pipeline, after))

class TriggerEngine::Work {
 public:
  Work(TriggerEngine& engine, core::Transaction& tx);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // A start that has been decided. It becomes a run when its pipeline's turn comes, at the latest a QUEUED one at the
  // end of the command.
  struct Start {
    std::int64_t run = 0;
    std::int64_t pipeline = 0;
    std::int64_t window = 0;
    RunCause cause = RunCause::condition;
    std::string why;
    std::string who;
    JsonText parameters;
    Instant logical_date{};
    std::int64_t plan = 0;
    bool now = false;  // counts as the firing, whatever the condition says
    std::int64_t continues = 0;
    Instant created{};          // when it was decided; of one that is stored
    bool stored = false;        // as a QUEUED row
    std::int64_t document = 0;  // its input; 0: that of the key's current run
  };

  void look_at(std::int64_t pipeline, std::int64_t window) {
    touched_.push_back(pipeline);
    dirty_[pipeline].insert(window);
  }
  void look_at_line(std::int64_t pipeline) {
    touched_.push_back(pipeline);
    lines_.insert(pipeline);
  }
  void look_at_plan(std::int64_t plan) { plans_.insert(plan); }
  void look_at_pool(std::int64_t pool) {
    if (pool != 0) pools_.insert(pool);
  }
  // All keys that can be true; those before the first deploy's window only if they have fired, or if something made
  // them true after that deploy. Those that are true are released (rule 13): `by` says by what, for people.
  void look_at_all(const PipelineRow& pipeline, const std::string& by);
  void look_at_released(std::int64_t pipeline, std::int64_t window, std::string by) {
    touched_.push_back(pipeline);
    released_[pipeline].insert_or_assign(window, std::move(by));
  }
  // Its waiting starts stand in the line of its pool, and with its priority, as they are now; those after `after`.
  void line_up(const PipelineRow& pipeline, std::int64_t after = 0);
  // Are there released keys of it that have not been judged yet?
  bool releasing(std::int64_t pipeline) const { return released_.contains(pipeline); }
  void start_released(const ReleaseRow& row);
  // Something of this occurrence is another than before: its own key, its line and all keys that look at it.
  void changed(std::int64_t pipeline, std::int64_t window);
  std::int64_t enqueue(Start start);
  // Is a start by one of these causes decided and not done?
  bool decided(std::int64_t pipeline, std::int64_t window,
               const std::set<RunCause>& causes = {RunCause::condition, RunCause::schedule, RunCause::deadline,
                                                   RunCause::event}) const;
  // Time alone may make the key's condition true at `due`.
  void look_later(std::int64_t pipeline, std::int64_t window, Instant due);
  // A scheduled time has come.
  void scheduled(const PipelineRow& pipeline, Instant at, bool late);
  void start_scheduled_again(std::int64_t pipeline, std::int64_t window);  // planted bug

  // The run's rows say that it has ended. Nothing when it is not active.
  void end(std::int64_t run, RunStatus status, JsonText result, std::string error, std::string cause_text,
           bool superseded = false);
  // A start that waits, given up; its active row is gone already.
  void withdraw(const PipelineRow& pipeline, std::int64_t run, std::int64_t window, RunState as, const std::string& why,
                const Judgement* judgement);
  // A run that counts for nobody: it works at once.
  RunRow start_adhoc(Start start);
  // Rule 16. A run that another system made, as it says; `late`: not the newest of its occurrence, so it counts for
  // nobody.
  struct Reported {
    RunStatus status = RunStatus::RUNNING;
    Instant started{};
    std::optional<Instant> ended;
    JsonText result;
    std::string error, cause;
  };
  RunRow report(Start start, Reported reported, bool late);
  // The end of one that was reported as RUNNING; nothing when it has one.
  void report_end(std::int64_t run, Reported reported);
  // A finished run that a person's word makes.
  RunRow mark(Start start, RunStatus status);
  // Writes a decision about a key that starts no run now; the occurrence is changed by `change` with it.
  void note(const PipelineRow& pipeline, std::int64_t window, const std::string& decision, const std::string& rule,
            std::int64_t run = 0, const std::function<void(OccurrenceRow&)>& change = {});
  // Rule 8. A deadline has come; true when it was missed. `newest`: the next window's is still to come.
  bool deadline_passed(const PipelineRow& pipeline, const DeadlineRow& deadline, bool newest);
  void close_alert(const PipelineRow& pipeline, std::int64_t window, api::AlertKind kind, const std::string& how,
                   const std::string& text);
  // Rule 3, `ask`: the key waits for a person, or does not any more.
  void ask(const PipelineRow& pipeline, std::int64_t window);
  void forget_approval(std::int64_t pipeline, std::int64_t window);

  void settle();

  // Runs of the pipeline that work or wait, or are about to; ad hoc runs do not count.
  int busy(std::int64_t pipeline) const;
  void judge_now(const PipelineRow& pipeline);
  // Scheduled times that nothing will run.
  void record_missed(const PipelineRow& pipeline, Instant first, Instant last, std::size_t count);

  // --- documents (trigger_documents.cpp)
  // Those of the key that wait for the rest of the trigger are looked at again.
  void arm_documents(const PipelineRow& pipeline, std::int64_t window);
  // One that has not come before stands as a row from now on.
  api::Reply<Taken> take(const PipelineRow& pipeline, const Arrival& arrival);

  // --- plans (plan_work.cpp)
  // Judges the plan's keys of this pipeline that wait for no other key of it.
  void look_at_part(const PlanPartRow& part);
  // The start of this key in the plan is done with: a run that ended, or (run 0) nothing that will run.
  void plan_key_over(std::int64_t plan, std::int64_t pipeline, std::int64_t window, PlanKeyState state,
                     std::int64_t run, std::string why);
  void close_part(const PlanPartRow& part);

 private:
  void settle_pipeline(const PipelineRow& pipeline);
  // `released`: by what, when it was not an upstream's run that made the key worth a look.
  void settle_key(const PipelineRow& pipeline, std::int64_t window, const std::string* released = nullptr);
  void fail_unstarted(Start start, const std::string& text);
  void release(const PipelineRow& pipeline, std::int64_t window, const std::string& by);
  void leave_out(const PipelineRow& pipeline, std::int64_t window);
  void move_line(const PipelineRow& pipeline);
  // A start whose turn it is: it begins (true), or is withdrawn when its condition no longer holds.
  bool take_turn(const PipelineRow& pipeline, Start& start);
  // limit_reached.cpp
  void limit_reached(const PipelineRow& pipeline);
  void skip_at_limit(const PipelineRow& pipeline, const Start& start);
  bool cancel_oldest(const PipelineRow& pipeline);  // false: there is none
  // pool_line.cpp
  void move_pool(std::int64_t pool);
  bool room_in_pool(const PipelineRow& pipeline) const;
  Instant date_of(const PipelineRow& pipeline, std::int64_t window, Instant otherwise) const;
  void look_at_plans_of_pool(std::int64_t pool);
  // Does the rest of the trigger hold, so that a document of this key may start it?
  bool lets_documents(const PipelineRow& pipeline, std::int64_t window) const;
  // Starts what has its turn; true when the command's budget is used and there is more.
  bool advance_documents(const PipelineRow& pipeline);
  std::int64_t document_of(const PipelineRow& pipeline, const Start& start) const;
  bool held_by_pause(const Start& start) const;  // of a paused pipeline: a person's starts go
  void store_waiting(const PipelineRow& pipeline, const Start& start);
  void forget_pending(const Start& start);
  void settle_plan_key(const PipelineRow& pipeline, std::int64_t window, std::int64_t plan);
  void advance_plan(std::int64_t plan);
  bool start_plan_key(const PlanRow& plan, const PlanPartRow& part, std::int64_t window);
  // May the key start? Starts of persons' keys always; those that follow, while their condition holds.
  bool plan_lets_start(const Start& start, const Judgement& judgement) const;
  void plan_run_over(const ActiveRunRow& run, PlanKeyState state, const std::string& why);
  bool room_for(const PipelineRow& pipeline) const;
  void begin(const PipelineRow& pipeline, const Start& start, const Judgement& judgement, const std::string& decision,
             const std::string& rule);
  JsonText with_key_values(const PipelineRow& pipeline, const Start& start) const;
  RunRow row_of(const PipelineRow& pipeline, const Start& start) const;
  OccurrenceRow occurrence_of(const PipelineRow& pipeline, std::int64_t window, Instant logical_date);
  RunRow record(const PipelineRow& pipeline, const Start& start, const Judgement& judgement, RunStatus status,
                const std::string& decision, const std::string& rule);
  void keep_evidence(OccurrenceRow& occurrence, const PipelineRow& pipeline, const Judgement& judgement,
                     std::int64_t run, const std::string& decision, const std::string& rule, std::int64_t& id);
  void note_arrival(const PipelineRow& upstream, std::int64_t window);
  void forget_arrivals(const PipelineRow& downstream);
  void launch(const RunRow& row);
  void tell(const RunRow& row);
  void owe_many();
  void owe_rest();
  int rank(std::int64_t pipeline);

  TriggerEngine& engine_;
  Tables& tables_;
  core::Transaction& tx_;
  std::vector<std::int64_t> touched_;  // pipelines of which something is to be looked at, that settle() has not seen
  std::map<std::int64_t, std::set<std::int64_t>> dirty_;
  std::set<std::int64_t> lines_;
  std::map<std::int64_t, std::map<std::int64_t, std::string>> released_;
  std::set<std::int64_t> plans_;
  std::set<std::int64_t> pools_;
  std::map<std::int64_t, std::vector<Start>> pending_;
  std::multiset<KeyName> pending_keys_;
  int starts_ = 0;
  int judgements_ = 0;
  int plan_starts_ = 0;
  bool settling_ = false;

  friend class TriggerEngine;
};

// Opens the work of a command, or joins the one that is open (a launch may end a run at once). The outermost settles.
class TriggerEngine::Scope {
 public:
  Scope(TriggerEngine& engine, core::Transaction& tx) : engine_(engine) {
    if (engine.work_ == nullptr) {
      own_.emplace(engine, tx);
      engine.work_ = &*own_;
    }
  }
  ~Scope() {
    if (own_) engine_.work_ = nullptr;
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  Work* operator->() { return engine_.work_; }
  void settle() {
    if (own_) own_->settle();
  }

 private:
  TriggerEngine& engine_;
  std::optional<Work> own_;
};

std::string words_of(const PipelineRow& pipeline, RunCause cause);
// By nobody's word but the pipeline's own.
bool by_rule(RunCause cause);
// The place of a start in the line of its pool: the smaller goes first.
int turn_of(RunCause cause, int priority);
// The upstreams that a run starts without: of a condition that does not hold, what is missing of its blocks.
std::vector<std::string> missing_of(const Judgement& judgement);

}  // namespace weir::pipeline
