// The tables of the pipeline service.
//
// Live: what is needed to decide (pipelines, triggers, clauses, occurrences, what runs used). Cold: what is shown or
// resumed one at a time (runs, versions, evidence, steps). A run is three rows: RunRow (whole, cold), RunFactRow (what
// judgements need of it, live) and, while it waits or works, ActiveRunRow (live).
//
// A window is stored as its index in the pipeline's own grain (calendar/window.hpp). For the grains run and none the
// index is the id of the run from which the chain descends. Of pipelines with `key:` the columns called `window` hold
// keys: the window and its values in one number (key.hpp).
#pragma once

#include "api/pipeline.hpp"
#include "core/cold_table.hpp"
#include "core/table.hpp"
#include "pipeline/deadline_rows.hpp"
#include "pipeline/document_rows.hpp"
#include "pipeline/people_rows.hpp"
#include "pipeline/plan_rows.hpp"
#include "pipeline/pool_rows.hpp"
#include "pipeline/spec.hpp"

namespace weir::core {
class Registry;
}

namespace weir::pipeline {

// --- pipelines, versions, triggers ------------------------------------------------------------------------------

// What starting and telling of a run needs of the version in force, so that it need not read that version.
struct LaunchFacts {
  std::int64_t version = 0;  // that these are of; 0: of a store that did not keep them: the version has to be read
  std::string machine;
  std::string bundle;
  JsonText parameters;           // the defaults, an object
  bool notifies = false;         // somebody is told of its runs
  bool shares_result = false;    // with accounts that may depend on it
  bool takes_documents = false;  // its runs can be started by documents (rule 9)
};
BOOST_DESCRIBE_STRUCT(LaunchFacts, (), (version, machine, bundle, parameters, notifies, shares_result, takes_documents))

struct PipelineRow {
  std::int64_t id = 0;  // the permanent identity; survives redeploys
  AccountId account;
  std::string name;  // lower case
  std::string display_name;
  std::string owner;
  std::string description;
  int version = 0;  // in force; from 1
  Grain grain = Grain::run;
  std::string timezone;           // resolved, "UTC" when nothing says another
  std::int64_t since = 0;         // window: nothing before starts by itself
  std::int64_t first_window = 0;  // the window of the first deploy: a deploy starts none before it
  int max_runs = 0;               // 0: no limit but one a key
  Instant deployed{};
  Instant first_deployed{};
  bool deleted = false;
  std::string sentence;
  std::vector<std::string> formerly;  // names it had before, oldest first
  bool external = false;              // runs elsewhere and is reported
  std::vector<std::string> key;       // parameters whose values are part of its keys (key.hpp), sorted
  std::int64_t default_values = 0;    // KeyValuesRow of their defaults; 0: not all have one
  std::int64_t pool = 0;              // PoolRow; 0: none
  int priority = 0;                   // in its line
  OnLimit on_limit = OnLimit::queue;
  LaunchFacts launch;
};
BOOST_DESCRIBE_STRUCT(PipelineRow, (),
                      (id, account, name, display_name, owner, description, version, grain, timezone, since,
                       first_window, max_runs, deployed, first_deployed, deleted, sentence, formerly, external, key,
                       default_values, pool, priority, on_limit, launch))
extern const store::TableInfo kPipelineTable;
struct by_name {};
// A name may come again after its pipeline was deleted: look up (account, name, false).
using PipelineTable = core::LiveTable<
    PipelineRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&PipelineRow::id>>,
                   mi::ordered_unique<mi::tag<by_name>, fields<PipelineRow, &PipelineRow::account, &PipelineRow::name,
                                                               &PipelineRow::deleted, &PipelineRow::id>>>>;

// The trigger of one version; a version without one has no row. All versions are kept: a key that has fired stays with
// the condition that it fired with.
struct TriggerRow {
  std::int64_t pipeline = 0;
  std::int64_t version = 0;
  TriggerSpec spec;
};
BOOST_DESCRIBE_STRUCT(TriggerRow, (), (pipeline, version, spec))
extern const store::TableInfo kTriggerTable;
using TriggerTable =
    core::LiveTable<TriggerRow, mi::indexed_by<mi::ordered_unique<
                                    mi::tag<by_key>, fields<TriggerRow, &TriggerRow::pipeline, &TriggerRow::version>>>>;

enum class Block { allOf, anyOf };
BOOST_DESCRIBE_ENUM(Block, allOf, anyOf)

// A clause of a version's condition, with its upstream found. The indices are the way from an upstream to who needs it.
struct ClauseRow {
  std::int64_t pipeline = 0;  // the downstream
  std::int64_t version = 0;
  std::int64_t index = 0;  // allOf first, then anyOf, as written
  Block block = Block::allOf;
  std::int64_t upstream = 0;  // 0: not there yet (deployed with --allow-missing), or deleted
  AccountId upstream_account;
  std::string upstream_name;
  ClauseSpec spec;
  bool followed = true;
  bool blocked = false;  // a grant is missing: not met, whatever happens
};
BOOST_DESCRIBE_STRUCT(ClauseRow, (),
                      (pipeline, version, index, block, upstream, upstream_account, upstream_name, spec, followed,
                       blocked))
extern const store::TableInfo kClauseTable;
struct by_upstream {};
struct by_upstream_name {};
using ClauseTable = core::LiveTable<
    ClauseRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>,
                           fields<ClauseRow, &ClauseRow::pipeline, &ClauseRow::version, &ClauseRow::index>>,
        mi::ordered_unique<mi::tag<by_upstream>, fields<ClauseRow, &ClauseRow::upstream, &ClauseRow::pipeline,
                                                        &ClauseRow::version, &ClauseRow::index>>,
        mi::ordered_unique<mi::tag<by_upstream_name>,
                           fields<ClauseRow, &ClauseRow::upstream_account, &ClauseRow::upstream_name,
                                  &ClauseRow::pipeline, &ClauseRow::version, &ClauseRow::index>>>>;

// What was deployed: the text and what was made of it.
struct VersionRow {
  std::int64_t pipeline = 0;
  std::int64_t version = 0;
  JsonText spec;  // PipelineSpec
  std::string file;
  std::string yaml;
  std::string project_yaml;
  std::string machine;  // name of the state machine
  std::string machine_revision;
  std::string bundle;  // digest; empty: no files
  std::string sentence;
  Instant deployed{};
  std::string who;
  std::string environment;  // of weir.yaml; empty: none was chosen
  int files = 0;            // in the bundle
  int rolled_back_to = 0;   // the version whose text this is again; 0: a deploy
};
BOOST_DESCRIBE_STRUCT(VersionRow, (),
                      (pipeline, version, spec, file, yaml, project_yaml, machine, machine_revision, bundle, sentence,
                       deployed, who, environment, files, rolled_back_to))
extern const store::TableInfo kVersionTable;

// A project's files, once for all versions that share them.
struct BundleRow {
  std::string digest;  // sha-256, hex
  AccountId account;
  std::vector<api::ProjectFile> files;
};
BOOST_DESCRIBE_STRUCT(BundleRow, (), (digest, account, files))
extern const store::TableInfo kBundleTable;

// --- occurrences and runs -----------------------------------------------------------------------------------------

enum class RunCause { schedule, condition, person, mark, backfill, retry, deadline, report, rerun, event };
BOOST_DESCRIBE_ENUM(RunCause, schedule, condition, person, mark, backfill, retry, deadline, report, rerun, event)

// QUEUED waits for a limit or for the run before it; WITHDRAWN: waited, and its condition no longer held.
enum class RunState { QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, WITHDRAWN };
BOOST_DESCRIBE_ENUM(RunState, QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, WITHDRAWN)

// Values of keys, once for all pipelines: "region=de". Never erased: keys hold the number (key.hpp).
struct KeyValuesRow {
  std::int64_t id = 0;  // from 1, without gaps
  std::string text;
};
BOOST_DESCRIBE_STRUCT(KeyValuesRow, (), (id, text))
extern const store::TableInfo kKeyValuesTable;
struct by_text {};
using KeyValuesTable =
    core::LiveTable<KeyValuesRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&KeyValuesRow::id>>,
                                                 mi::ordered_unique<mi::tag<by_text>, field<&KeyValuesRow::text>>>>;

// A pipeline and a window, when something happened to it: a run has started or a scheduled time has come.
struct OccurrenceRow {
  std::int64_t id = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  Instant logical_date{};
  bool scheduled = false;                 // a scheduled time of this window has come
  std::int64_t came = 0;                  // when, in the order of ids; 0: not known
  int runs = 0;                           // that have started; marks count, ad hoc runs do not
  int fired = 0;                          // the number of the last firing
  std::int64_t current = 0;               // the run started last
  RunStatus status = RunStatus::RUNNING;  // of the current run
  Instant started{};
  Instant ended{};
  std::int64_t condition_version = 0;  // of the condition it first fired with; 0: not yet
  std::vector<std::int64_t> evidence;  // ids, oldest first, the newest kEvidenceKept
  bool skipped = false;                // not needed, a person says; until a run of it starts
  std::int64_t skip = 0;               // when it was skipped, in the order of ids; 0: not known
};
BOOST_DESCRIBE_STRUCT(OccurrenceRow, (),
                      (id, pipeline, window, logical_date, scheduled, came, runs, fired, current, status, started,
                       ended, condition_version, evidence, skipped, skip))
extern const store::TableInfo kOccurrenceTable;
struct by_window {};
using OccurrenceTable = core::LiveTable<
    OccurrenceRow, mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&OccurrenceRow::id>>,
                                  mi::ordered_unique<mi::tag<by_window>, fields<OccurrenceRow, &OccurrenceRow::pipeline,
                                                                                &OccurrenceRow::window>>>>;
inline constexpr std::size_t kEvidenceKept = 16;

// A run of an upstream that met a clause. The clause is that of the downstream run's version.
struct UsedRun {
  std::int64_t clause = 0;  // ClauseRow::index
  std::int64_t upstream = 0;
  std::int64_t window = 0;  // of the upstream
  std::int64_t run = 0;
  int number = 0;  // among the runs of its occurrence
};
BOOST_DESCRIBE_STRUCT(UsedRun, (), (clause, upstream, window, run, number))

// Runs of an occurrence up to `number` that a person accepted as not needed by a run that used an older one, directly
// or through others.
struct AcceptedRuns {
  std::int64_t upstream = 0;
  std::int64_t window = 0;
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(AcceptedRuns, (), (upstream, window, number))

// What judgements need of a run that counts and has started.
struct RunFactRow {
  std::int64_t run = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  int number = 0;            // among the runs of its occurrence, from 1, in the order of starts
  std::int64_t version = 0;  // whose clauses `used` names
  RunStatus status = RunStatus::RUNNING;
  RunCause cause = RunCause::condition;
  bool superseded = false;  // its ABORTED satisfies nobody
  bool complete = false;    // the whole condition held, or there is none, or a person said that it counts: it fired
  std::vector<UsedRun> used;
  std::vector<std::int64_t> met;  // clauses that were satisfied, those without runs too
  std::vector<AcceptedRuns> accepted;
  std::int64_t quiet = 0;   // the plan whose quiet run it is (rule 14); 0: none
  std::int64_t rested = 0;  // when it ended, in the order of ids; 0: not yet, or not known
};
BOOST_DESCRIBE_STRUCT(RunFactRow, (),
                      (run, pipeline, window, number, version, status, cause, superseded, complete, used, met, accepted,
                       quiet, rested))
extern const store::TableInfo kRunFactTable;
struct by_occurrence {};
using RunFactTable = core::LiveTable<
    RunFactRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&RunFactRow::run>>,
                   mi::ordered_unique<mi::tag<by_occurrence>, fields<RunFactRow, &RunFactRow::pipeline,
                                                                     &RunFactRow::window, &RunFactRow::number>>>>;

// A run that waits or works. Its id rises with the decision to start it: the line of a pipeline is in its order, that
// of a pool as pool_rows.hpp says.
struct ActiveRunRow {
  std::int64_t run = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  RunState status = RunState::QUEUED;  // or RUNNING
  RunCause cause = RunCause::condition;
  bool adhoc = false;
  std::string execution;  // as launch() named it; empty while QUEUED
  Instant since{};        // queued, or started
  std::int64_t plan = 0;  // that started it; 0: none
  std::int64_t pool = 0;  // in whose line it stands (the pipeline's), or of which it holds a slot; 0: none
  int turn = 0;           // in the pool's line: the smaller goes first (turn_of), then
  Instant date{};         // the older logical date
};
BOOST_DESCRIBE_STRUCT(ActiveRunRow, (),
                      (run, pipeline, window, status, cause, adhoc, execution, since, plan, pool, turn, date))
extern const store::TableInfo kActiveRunTable;
struct by_pipeline {};
struct by_execution {};
struct by_pool {};
using ActiveRunTable = core::LiveTable<
    ActiveRunRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>, field<&ActiveRunRow::run>>,
        mi::ordered_unique<mi::tag<by_pipeline>,
                           fields<ActiveRunRow, &ActiveRunRow::pipeline, &ActiveRunRow::status, &ActiveRunRow::run>>,
        mi::ordered_unique<mi::tag<by_window>,
                           fields<ActiveRunRow, &ActiveRunRow::pipeline, &ActiveRunRow::window, &ActiveRunRow::run>>,
        mi::ordered_unique<mi::tag<by_execution>, fields<ActiveRunRow, &ActiveRunRow::execution, &ActiveRunRow::run>>,
        mi::ordered_unique<mi::tag<by_pool>, fields<ActiveRunRow, &ActiveRunRow::pool, &ActiveRunRow::status,
                                                    &ActiveRunRow::turn, &ActiveRunRow::date, &ActiveRunRow::run>>>>;

// The whole run, as people see it. Written when it is created, starts and ends.
struct RunRow {
  std::int64_t run = 0;
  std::int64_t pipeline = 0;
  AccountId account;
  std::string name;         // of the pipeline
  std::int64_t window = 0;  // index
  std::string label;        // "2026-01-02"; "run-17" for the grains run and none
  Instant logical_date{};
  RunState status = RunState::QUEUED;
  int number = 0;  // 0 until it starts, and of ad hoc runs
  int firing = 0;
  RunCause cause = RunCause::condition;
  std::string why;
  bool adhoc = false;
  bool superseded = false;
  std::int64_t version = 0;
  Instant created{};
  std::optional<Instant> started, ended;
  std::string error, cause_text;
  JsonText parameters, result;
  std::vector<UsedRun> used;
  std::int64_t evidence = 0;
  std::string execution;
  std::string who;
  bool now = false;                  // started with what there was, on a person's word: it counts as the firing
  std::vector<std::string> missing;  // upstreams whose clauses were missing when it started
  std::int64_t continues = 0;        // the run whose first steps it takes over; 0: none
  std::int64_t document = 0;         // DocumentRow: its input (rule 9); 0: none
};
BOOST_DESCRIBE_STRUCT(RunRow, (),
                      (run, pipeline, account, name, window, label, logical_date, status, number, firing, cause, why,
                       adhoc, superseded, version, created, started, ended, error, cause_text, parameters, result, used,
                       evidence, execution, who, now, missing, continues, document))
extern const store::TableInfo kRunTable;

// A decision about a key, and on what it was made.
struct EvidenceRow {
  std::int64_t id = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  std::string label;
  Instant at{};
  std::string decision;  // FIRED, FIRED_AGAIN, WITHDRAWN, STARTED_BY_HAND, MARKED, SKIPPED, ACCEPTED, ASKED, MISSED
  std::string rule;
  std::int64_t run = 0;  // 0: none
  std::vector<api::ClauseState> clauses;
};
BOOST_DESCRIBE_STRUCT(EvidenceRow, (), (id, pipeline, window, label, at, decision, rule, run, clauses))
extern const store::TableInfo kEvidenceTable;

// An attempt of a step.
struct StepRow {
  std::int64_t run = 0;
  std::int64_t seq = 0;
  api::StepInfo info;
  JsonText result;  // SUCCEEDED: for runs that continue this one
};
BOOST_DESCRIBE_STRUCT(StepRow, (), (run, seq, info, result))
extern const store::TableInfo kStepTable;

// --- schedules ----------------------------------------------------------------------------------------------------

struct ScheduleRow {
  std::int64_t pipeline = 0;
  Instant due{};      // when the next scheduled time is acted upon: the time itself, and the jitter
  ScheduleSpec spec;  // as it was when `due` was computed: a changed schedule begins anew
  std::string timezone;
  std::int64_t last_window = 0;
  bool parked = false;  // came due while the pipeline was paused; goes on when it is resumed
  Instant at{};         // the next scheduled time; 1970: `due`, of a store that knew no jitter
  AccountId account;    // the pipeline's; empty: of a store that knew no turns, which are one account's then
};
BOOST_DESCRIBE_STRUCT(ScheduleRow, (), (pipeline, due, spec, timezone, last_window, parked, at, account))
extern const store::TableInfo kScheduleTable;
struct by_due {};
struct by_account {};
using ScheduleTable = core::LiveTable<
    ScheduleRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>, field<&ScheduleRow::pipeline>>,
        mi::ordered_unique<mi::tag<by_due>,
                           fields<ScheduleRow, &ScheduleRow::parked, &ScheduleRow::due, &ScheduleRow::pipeline>>,
        mi::ordered_unique<mi::tag<by_account>, fields<ScheduleRow, &ScheduleRow::account, &ScheduleRow::parked,
                                                       &ScheduleRow::due, &ScheduleRow::pipeline>>>>;

// A key whose condition waits for nothing but time (`for: 15m`): to be judged again then.
struct LookLaterRow {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  Instant due{};
  AccountId account;  // the pipeline's; as of ScheduleRow
};
BOOST_DESCRIBE_STRUCT(LookLaterRow, (), (pipeline, window, due, account))
extern const store::TableInfo kLookLaterTable;
using LookLaterTable = core::LiveTable<
    LookLaterRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>, fields<LookLaterRow, &LookLaterRow::pipeline, &LookLaterRow::window>>,
        mi::ordered_unique<mi::tag<by_due>,
                           fields<LookLaterRow, &LookLaterRow::due, &LookLaterRow::pipeline, &LookLaterRow::window>>,
        mi::ordered_unique<mi::tag<by_account>, fields<LookLaterRow, &LookLaterRow::account, &LookLaterRow::due,
                                                       &LookLaterRow::pipeline, &LookLaterRow::window>>>>;

// Rule 6. What has started of an upstream since a pipeline of the grain none last fired; erased when it fires. The
// newest kArrivalsKept, in the order of starts.
struct ArrivalsRow {
  std::int64_t downstream = 0;
  std::int64_t upstream = 0;
  std::vector<std::int64_t> windows;  // of the upstream
};
BOOST_DESCRIBE_STRUCT(ArrivalsRow, (), (downstream, upstream, windows))
extern const store::TableInfo kArrivalsTable;
using ArrivalsTable =
    core::LiveTable<ArrivalsRow,
                    mi::indexed_by<mi::ordered_unique<
                        mi::tag<by_key>, fields<ArrivalsRow, &ArrivalsRow::downstream, &ArrivalsRow::upstream>>>>;
inline constexpr std::size_t kArrivalsKept = 256;
// The window of a pipeline of the grain none that has not fired: the key that it waits with. Each firing has a window
// of its own, the id of its run.
inline constexpr std::int64_t kOpenKey = 0;

// A scheduled time that was missed and is to be caught up: oldest first, maxParallel at a time.
struct CatchupRow {
  std::int64_t pipeline = 0;
  Instant due{};
};
BOOST_DESCRIBE_STRUCT(CatchupRow, (), (pipeline, due))
extern const store::TableInfo kCatchupTable;
using CatchupTable = core::LiveTable<
    CatchupRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, fields<CatchupRow, &CatchupRow::pipeline, &CatchupRow::due>>>>;

// A key whose condition became true other than by an upstream's run: it waits for its turn, oldest first, maxParallel
// at a time (rule 13). Erased when a run of it starts, or when its condition no longer holds at its turn.
struct ReleaseRow {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  std::string by;  // what released it: "a deploy of d"
};
BOOST_DESCRIBE_STRUCT(ReleaseRow, (), (pipeline, window, by))
extern const store::TableInfo kReleaseTable;
using ReleaseTable =
    core::LiveTable<ReleaseRow, mi::indexed_by<mi::ordered_unique<
                                    mi::tag<by_key>, fields<ReleaseRow, &ReleaseRow::pipeline, &ReleaseRow::window>>>>;

// A released key that `catchup` left out. It is closed as if it had fired on this evidence: a newer run of what stands
// in it fires it (rule 3), or a person. Erased when a run of it starts.
struct MissedRow {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  std::int64_t version = 0;  // whose clauses `used` names
  Instant at{};
  std::vector<UsedRun> used;
  std::int64_t from = 0;  // of scheduled times the first window; the row stands at the last
};
BOOST_DESCRIBE_STRUCT(MissedRow, (), (pipeline, window, version, at, used, from))
extern const store::TableInfo kMissedTable;
using MissedTable = core::LiveTable<
    MissedRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, fields<MissedRow, &MissedRow::pipeline, &MissedRow::window>>>>;

// --- external pipelines (rule 16) -----------------------------------------------------------------------------------

// The run that a system elsewhere knows by a name of its own: what makes reports idempotent.
struct ReportedRunRow {
  std::int64_t pipeline = 0;
  std::string run_id;
  std::int64_t run = 0;
};
BOOST_DESCRIBE_STRUCT(ReportedRunRow, (), (pipeline, run_id, run))
extern const store::TableInfo kReportedRunTable;

enum class ReportKind { step_functions, open_lineage };
BOOST_DESCRIBE_ENUM(ReportKind, step_functions, open_lineage)

// What a pipeline's file says about recognising its runs, in force.
struct ReportSourceRow {
  std::int64_t pipeline = 0;
  ReportKind kind = ReportKind::step_functions;
  std::string source;  // the state machine's ARN; the job's namespace, a newline, its name
  std::string date;    // a path, see report_events.hpp
};
BOOST_DESCRIBE_STRUCT(ReportSourceRow, (), (pipeline, kind, source, date))
extern const store::TableInfo kReportSourceTable;
struct by_source {};
using ReportSourceTable = core::LiveTable<
    ReportSourceRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>,
                           fields<ReportSourceRow, &ReportSourceRow::pipeline, &ReportSourceRow::kind>>,
        mi::ordered_unique<mi::tag<by_source>, fields<ReportSourceRow, &ReportSourceRow::kind, &ReportSourceRow::source,
                                                      &ReportSourceRow::pipeline>>>>;

// All of them; the service owns one and gives it to its parts.
struct Tables {
  // Not inline: nobody else needs to compile what a table is made of.
  Tables();
  ~Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  PipelineTable pipelines{kPipelineTable};
  TriggerTable triggers{kTriggerTable};
  ClauseTable clauses{kClauseTable};
  core::ColdTable<VersionRow> versions{kVersionTable};
  core::ColdTable<BundleRow> bundles{kBundleTable};
  KeyValuesTable key_values{kKeyValuesTable};
  OccurrenceTable occurrences{kOccurrenceTable};
  RunFactTable facts{kRunFactTable};
  ActiveRunTable active{kActiveRunTable};
  core::ColdTable<RunRow> runs{kRunTable};
  core::ColdTable<EvidenceRow> evidence{kEvidenceTable};
  core::ColdTable<StepRow> steps{kStepTable};
  ScheduleTable schedules{kScheduleTable};
  CatchupTable catchups{kCatchupTable};
  ReleaseTable releases{kReleaseTable};
  MissedTable missed{kMissedTable};
  LookLaterTable look_later{kLookLaterTable};
  ArrivalsTable arrivals{kArrivalsTable};
  core::ColdTable<ReportedRunRow> reported_runs{kReportedRunTable};
  ReportSourceTable report_sources{kReportSourceTable};
  ApprovalTable approvals{kApprovalTable};
  PauseTable pauses{kPauseTable};
  DeadlineTable deadlines{kDeadlineTable};
  AlertTable alerts{kAlertTable};
  PoolTable pools{kPoolTable};
  PlanTables plans;
  core::ColdTable<DocumentRow> documents{kDocumentTable};
  WaitingDocumentTable waiting_documents{kWaitingDocumentTable};
  SeenEventTable seen_events{kSeenEventTable};
  SeenFileTable seen_files{kSeenFileTable};
  DocumentSourceTable document_sources{kDocumentSourceTable};

  void install(core::Registry& registry);

  // nullptr: there is none, or it was deleted.
  const PipelineRow* find_pipeline(const AccountId& account, const std::string& name) const;
  const PipelineRow* find_pipeline(std::int64_t id) const;
  // Was there one of this name that was deleted?
  bool was_deleted(const AccountId& account, const std::string& name) const;
  // The one that was once called so; of several the one deployed last.
  const PipelineRow* find_formerly(const AccountId& account, const std::string& name) const;
  const OccurrenceRow* find_occurrence(std::int64_t pipeline, std::int64_t window) const;
  // By its name in lower case; nullptr: there is none.
  const PoolRow* find_pool(const AccountId& account, const std::string& name) const;
  // Runs that hold its slots, counted from the rows: no number stands apart that a crash could make wrong.
  int pool_in_use(std::int64_t pool) const;
  // What pauses the pipeline: itself or its account; nullptr: nothing.
  const PauseRow* find_pause(const PipelineRow& pipeline) const;
  // The trigger of a version; nullptr: that version has none. Version 0: the one in force.
  const TriggerRow* find_trigger(std::int64_t pipeline, std::int64_t version = 0) const;
  std::vector<std::shared_ptr<const ClauseRow>> clauses_of(std::int64_t pipeline, std::int64_t version) const;
};

}  // namespace weir::pipeline
