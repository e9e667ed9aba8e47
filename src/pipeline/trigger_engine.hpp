// The trigger engine: decides which runs start, why, and in which order. docs/reference/triggers.md is its text.
//
// Who writes what. deploy code puts PipelineRow, VersionRow, TriggerRow (none without a trigger) and the ClauseRows of
// the new version, then calls deployed(). Everything about occurrences, runs and evidence is written here alone.
//
// Everything happens in the caller's transaction: a start stands in the same commit as the change that made it true.
// What does not fit into one command (kStartsPerCommand starts, kJudgementsPerCommand judgements) is owed as a delivery
// to the downstream's account and continued, in order.
//
// A run's status changes are told by tx.emit(api::RunStatusChanged); people's decisions by tx.emit(api::Audited).
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "api/decisions.hpp"
#include "api/pipeline.hpp"
#include "api/plan.hpp"
#include "core/registry.hpp"
#include "pipeline/plan_make.hpp"
#include "pipeline/rows.hpp"
#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

inline constexpr int kStartsPerCommand = 12;
inline constexpr int kJudgementsPerCommand = 512;

// Bugs for the tests that must find them.
enum class PlantedBug {
  none,
  double_trigger,    // a key fires twice on the same evidence
  old_leg_accepted,  // a run that is out of date meets clauses
  latched_clause,    // a clause that was met once stays met
  lost_key,          // a delivery that looks again forgets the first of its keys
  started_again,     // a delivery that looks again starts a scheduled key anew
  old_clock,         // after a clock change times come to the window of the clock before
};

struct TriggerOptions {
  PlantedBug planted = PlantedBug::none;
  int starts_per_command = kStartsPerCommand;
  int judgements_per_command = kJudgementsPerCommand;
};

// Owed: the pipelines of a resumed account whose names come after this one.
struct ResumeRest {
  std::string after;
};
BOOST_DESCRIBE_STRUCT(ResumeRest, (), (after))
// How a plan is worked off, and by whose word.
struct PlanOrder {
  PlanKind kind = PlanKind::rerun;
  bool quiet = false;
  int parallel = 1;
  bool accept = false;
  bool others = false;
  bool dry_run = false;
  std::string reason;
};

// Owed: what looked at the keys of a plan that was cancelled is judged again, a piece at a time.
struct PlanReleased {
  std::int64_t plan = 0;
  std::int64_t pipeline = 0;
  std::int64_t from = 0;  // the place among the part's windows
};
BOOST_DESCRIBE_STRUCT(PlanReleased, (), (plan, pipeline, from))

class TriggerEngine {
 public:
  // Starts the work of a run whose rows are written; returns the name of the execution. A Problem makes it FAILED at
  // once. It may call run_ended() for the run.
  using Launch = std::function<Result<std::string>(core::Transaction&, const RunRow&)>;
  // Stops the work of a run that has already got its final status here; nothing needs to be told back.
  using Halt = std::function<void(core::Transaction&, const ActiveRunRow&)>;

  TriggerEngine(Tables& tables, Launch launch, Halt halt, TriggerOptions options = {});
  ~TriggerEngine();

  // Deliveries, the timer of schedules, the rebuilding of what is derived. The tables are installed by their owner.
  void install(core::Registry& registry);

  // --- deploys ---
  // The pipeline's rows are written, for the first time or anew.
  void deployed(core::Transaction& tx, std::int64_t pipeline);
  // Open keys that this trigger would start at once if it were deployed. Nothing is written; `row`, `trigger` (may be
  // nullptr) and `clauses` need not be in the tables.
  std::vector<api::OpenKey> open_keys(const PipelineRow& row, const TriggerRow* trigger,
                                      const std::vector<std::shared_ptr<const ClauseRow>>& clauses, Instant now) const;
  // The pipeline's row says deleted: its schedule and waiting starts go; clauses on it wait for a new one of its name.
  void removed(core::Transaction& tx, std::int64_t pipeline);
  // The pipeline has another name than before: clauses on it carry it, so that all say the same.
  void renamed(core::Transaction& tx, const PipelineRow& pipeline);
  // A new pipeline: clauses that wait for its name find it. Call it after deployed().
  void upstream_appeared(core::Transaction& tx, std::int64_t pipeline);
  // Sets ClauseRow::blocked of all of the downstream's clauses on the upstream, in all versions, and looks again.
  void grant_changed(core::Transaction& tx, std::int64_t upstream, std::int64_t downstream, bool given);

  // The slots of a pool are others than before: more may start.
  void pool_changed(core::Transaction& tx, std::int64_t pool);

  // --- from the executions ---
  // A run that is not active any more changes nothing.
  void run_ended(core::Transaction& tx, std::int64_t run, RunStatus status, JsonText result, std::string error,
                 std::string cause_text);

  // --- people ---
  api::Reply<api::StartRunReply> start_run(core::Transaction& tx, const PipelineRow& pipeline,
                                           const api::StartRun& request);
  api::Reply<api::RunInfo> stop_run(core::Transaction& tx, const api::StopRun& request);
  // `as`: the id of the new run, when it continues this one from `step`; 0: it begins anew.
  api::Reply<api::StartRunReply> retry_run(core::Transaction& tx, const api::RetryRun& request, std::int64_t as = 0,
                                           const std::string& step = {});
  // Rule 16; the pipeline is external.
  api::Reply<api::ReportReply> report(core::Transaction& tx, const PipelineRow& pipeline,
                                      const api::ReportRun& request);
  api::Reply<api::RunInfo> mark(core::Transaction& tx, const PipelineRow& pipeline, const api::MarkWindow& request);
  api::Reply<api::DecisionReply> skip(core::Transaction& tx, const PipelineRow& pipeline,
                                      const api::SkipWindow& request);
  api::Reply<api::DecisionReply> accept(core::Transaction& tx, const PipelineRow& pipeline,
                                        const api::AcceptWindow& request);
  api::Reply<api::DecisionReply> approve(core::Transaction& tx, const PipelineRow& pipeline,
                                         const api::ApproveWindow& request);
  // `pipeline` nullptr: all of the account.
  api::Reply<api::PauseReply> pause(core::Transaction& tx, const AccountId& account, const PipelineRow* pipeline,
                                    const std::string& reason);
  api::Reply<api::PauseReply> resume(core::Transaction& tx, const AccountId& account, const PipelineRow* pipeline,
                                     const std::string& reason);
  // --- documents (rule 9; trigger_documents.cpp) ---
  struct Arrival {
    std::string source;
    std::string event;
    Instant time{};
    std::string date;     // as the document says; empty: by the time
    JsonText parameters;  // by the document
    JsonText document;
  };
  // Documents that have not come before: each starts a run, now or when its turn comes. Empty `ignored`: it counts.
  struct Taken {
    std::string window;
    std::string ignored;
  };
  std::vector<api::Reply<Taken>> take(core::Transaction& tx, const PipelineRow& pipeline,
                                      const std::vector<Arrival>& arrivals);
  int waiting_documents(std::int64_t pipeline) const;

  // --- plans (rule 14) ---
  // Makes a plan; accepted at once when `accept`.
  api::Reply<api::PlanReply> plan(core::Transaction& tx, const PlanWish& wish, const PlanOrder& order);
  api::Reply<api::PlanInfo> accept(core::Transaction& tx, const api::AcceptPlan& request);
  api::Reply<api::PlanInfo> pause(core::Transaction& tx, const api::PausePlan& request);
  api::Reply<api::PlanInfo> resume(core::Transaction& tx, const api::ResumePlan& request);
  api::Reply<api::PlanInfo> cancel(core::Transaction& tx, const api::CancelPlan& request);
  api::Reply<api::PlanReply> describe_plan(const api::DescribePlan& request) const;
  api::ListPlansReply list_plans(const AccountId& account, const api::ListPlans& request) const;

  // --- questions ---
  // The condition of a key as it stands (trigger_judge.hpp); for explain. Without `now`: at the moment last judged.
  Judgement judge(std::int64_t pipeline, std::int64_t window, std::optional<Instant> now = {}) const;
  // The same for people; clauses in order.
  std::vector<api::ClauseState> states(const Judgement& judgement) const;
  bool out_of_date(std::int64_t run) const;
  std::string label_of(const PipelineRow& pipeline, std::int64_t window) const {
    return judge_.label_of(pipeline, window);
  }
  api::RunInfo info(const RunRow& row) const;
  // For what a run that is QUEUED waits, and where in the line, for people; empty when it does not wait.
  std::string waits_for(std::int64_t run) const;
  // "account/name" of the pipelines with a clause on this one, in force.
  std::vector<std::string> dependants(std::int64_t pipeline) const;
  std::optional<Instant> next_scheduled(std::int64_t pipeline) const;
  // Runs that used this one.
  std::vector<std::int64_t> used_by(std::int64_t run) const;
  // Windows of a pipeline that wait: some but not all clauses are met, and it has not fired; newest first.
  std::vector<std::int64_t> waiting_windows(std::int64_t pipeline, int at_most) const;

 private:
  class Work;
  class Scope;
  void fire_due(core::Transaction& tx);
  // Acts upon the schedule's times up to now, and puts the next one.
  void fire_schedule(core::Transaction& tx, const PipelineRow& pipeline, const TriggerRow& trigger,
                     const ScheduleRow& row);
  void advance_releases(core::Transaction& tx, const PipelineRow& pipeline);
  void look_later_due(core::Transaction& tx);
  api::Reply<std::shared_ptr<const PlanRow>> own_plan(core::Transaction& tx, std::int64_t plan) const;
  void open_plan(core::Transaction& tx, const PlanRow& plan);
  void release(core::Transaction& tx, const PlanReleased& part);
  api::PlanInfo plan_info(const PlanRow& plan) const;
  api::PlanReply plan_reply(const PlanRow& plan, const std::vector<PlanPartRow>& parts,
                            std::optional<std::int64_t> after, int limit) const;
  void rank_deployed(const PipelineRow& pipeline);
  void put_schedule(core::Transaction& tx, const PipelineRow& pipeline);
  std::set<std::pair<std::int64_t, std::int64_t>> dependent_keys(std::int64_t pipeline, std::int64_t window) const;
  void put_deadlines(core::Transaction& tx, const PipelineRow& pipeline);
  void fire_deadlines(core::Transaction& tx);
  void resume_one(core::Transaction& tx, const PipelineRow& pipeline);
  void resume_some(core::Transaction& tx, const AccountId& account, const std::string& after);

  Tables& tables_;
  Launch launch_;
  Halt halt_;
  TriggerOptions options_;
  TriggerJudge judge_;
  std::map<std::int64_t, int> ranks_;  // upstreams_first(); empty: to be computed
  // Of the command being decided; nullptr between commands.
  Work* work_ = nullptr;
};

}  // namespace weir::pipeline
