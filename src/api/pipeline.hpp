// Pipelines, runs, keys and evidence: the product's operations.
//
// A pipeline is named by its name (without case) and the account that owns it; `account` in a request is an id or an
// alias and defaults to the principal's. A window is named by its label ("2026-01-02", "2026-W01", "2026-01",
// "2026-01-02T05Z"); `date` is any date or instant in it. Run ids are the installation's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::api {

// --- deploy ------------------------------------------------------------------------------------------------------

struct ProjectFile {
  std::string path;  // relative, without ".."
  bool executable = false;
  std::string base64;
};
BOOST_DESCRIBE_STRUCT(ProjectFile, (), (path, executable, base64))

// One pipeline that started, or would start, because of this deploy.
struct OpenKey {
  std::string window;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(OpenKey, (), (window, why))

// What a deploy changes, for people. `part` is the key of pipeline.yaml ("steps", "trigger", "files"), `name` what of
// it
// ("metric", "executions.allOf[0].status", "check.sh"); before and after are short texts, empty where there is nothing.
enum class ChangeKind { ADDED, REMOVED, CHANGED };
BOOST_DESCRIBE_ENUM(ChangeKind, ADDED, REMOVED, CHANGED)
struct SpecChange {
  ChangeKind kind = ChangeKind::CHANGED;
  std::string part;
  std::string name;
  std::string before, after;
};
BOOST_DESCRIBE_STRUCT(SpecChange, (), (kind, part, name, before, after))

struct DeployReply {
  std::string pipeline;
  AccountId account;
  int version = 0;
  bool changed = true;  // false: the same text as the version in force
  std::string grain;
  std::string sentence;  // the trigger said in one sentence
  std::vector<std::string> warnings;
  std::vector<OpenKey> open_keys;  // open keys that the new condition starts; with confirm false nothing was deployed
  bool deployed = true;
  std::optional<Instant> next;
  std::vector<SpecChange> changes;  // to the version in force
};
BOOST_DESCRIBE_STRUCT(DeployReply, (),
                      (pipeline, account, version, changed, grain, sentence, warnings, open_keys, deployed, next,
                       changes))

struct DeployPipeline {
  using Reply = DeployReply;
  std::string file;  // for messages: "pipeline.yaml"
  std::string yaml;
  std::string project_file;  // "weir.yaml"; may be empty
  std::string project_yaml;
  std::vector<ProjectFile> files;  // what the steps see in their folder; together at most limits::kBundleBytes
  bool allow_missing = false;      // an upstream that does not exist is a clause that waits, not an error
  bool confirm = true;             // false: say which open keys it would start, deploy only when there are none
  std::string environment;         // of weir.yaml's variables; empty: only those of all environments
  bool dry_run = false;            // only say what it would change and start
};
BOOST_DESCRIBE_STRUCT(DeployPipeline, (),
                      (file, yaml, project_file, project_yaml, files, allow_missing, confirm, environment, dry_run))

struct DeployAllReply {
  std::vector<DeployReply> pipelines;  // in the order in which they are deployed
  bool deployed = true;                // false: none of them
};
BOOST_DESCRIBE_STRUCT(DeployAllReply, (), (pipelines, deployed))
// Several pipelines in one transaction, all or none: upstreams first, whatever their order here. `confirm` and
// `dry_run` are as of DeployPipeline, for all of them; theirs are not looked at.
struct DeployAll {
  using Reply = DeployAllReply;
  std::vector<DeployPipeline> pipelines;  // at most limits::kDeployedTogether
  bool confirm = true;
  bool dry_run = false;
};
BOOST_DESCRIBE_STRUCT(DeployAll, (), (pipelines, confirm, dry_run))

struct VersionInfo {
  int version = 0;
  bool in_force = false;
  Instant deployed{};
  std::string who;
  std::string environment;
  std::string file;
  std::string sentence;
  int files = 0;           // that steps see
  int rolled_back_to = 0;  // the version whose text this is again; 0: a deploy
};
BOOST_DESCRIBE_STRUCT(VersionInfo, (),
                      (version, in_force, deployed, who, environment, file, sentence, files, rolled_back_to))
struct ListVersionsReply {
  std::vector<VersionInfo> versions;  // newest first
  std::optional<int> next;            // pass as `before`
};
BOOST_DESCRIBE_STRUCT(ListVersionsReply, (), (versions, next))
struct ListVersions {
  using Reply = ListVersionsReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<int> before;
  int limit = 20;  // at most limits::kVersionsListed
};
BOOST_DESCRIBE_STRUCT(ListVersions, (), (pipeline, account, before, limit))

struct DescribeVersionReply {
  VersionInfo version;
  std::string yaml;
  std::string project_yaml;
  std::vector<SpecChange> changes;  // to the version before it
};
BOOST_DESCRIBE_STRUCT(DescribeVersionReply, (), (version, yaml, project_yaml, changes))
struct DescribeVersion {
  using Reply = DescribeVersionReply;
  std::string pipeline;
  std::optional<std::string> account;
  int version = 0;  // 0: the one in force
};
BOOST_DESCRIBE_STRUCT(DescribeVersion, (), (pipeline, account, version))

// Deploys an old version's text and files again, as a new version. What has fired stays fired.
struct RollbackPipeline {
  using Reply = DeployReply;
  std::string pipeline;
  std::optional<std::string> account;
  int to = 0;
  bool confirm = true;  // as of DeployPipeline
  bool dry_run = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(RollbackPipeline, (), (pipeline, account, to, confirm, dry_run, reason))

struct EmptyReply {
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(EmptyReply, (), (ok))

// Refused with the list when others depend on it, unless `force`.
struct DeletePipeline {
  using Reply = EmptyReply;
  std::string pipeline;
  std::optional<std::string> account;
  bool force = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DeletePipeline, (), (pipeline, account, force, reason))

// --- what there is -----------------------------------------------------------------------------------------------

struct RunInfo {
  std::int64_t run = 0;
  std::string pipeline;
  AccountId account;
  std::string window;  // the key's label; for grain run and none: "run-<id>"
  Instant logical_date{};
  std::string status;  // QUEUED (waits for a limit or the run before it), RUNNING, SUCCEEDED, ...
  int firing = 0;      // number of the key's firing; 0: started by a person
  std::string cause;   // "schedule", "condition", "person", "mark", "backfill", "retry", "deadline",
                       // "report", "rerun", "event"
  std::string why;     // one line for people
  bool adhoc = false;
  bool out_of_date = false;
  int version = 0;  // of the pipeline
  Instant created{};
  std::optional<Instant> started, ended;
  std::string error, cause_text;
  JsonText parameters, result;
  std::vector<std::int64_t> used;    // upstream runs in its evidence
  std::vector<std::string> missing;  // upstreams whose clauses were missing when it started
  std::string owner;                 // of the pipeline; empty in ListRuns
  std::string waits;  // QUEUED: for what, and where in the line, "pool warehouse: 4 of 4 slots ..."; empty in ListRuns
};
BOOST_DESCRIBE_STRUCT(RunInfo, (),
                      (run, pipeline, account, window, logical_date, status, firing, cause, why, adhoc, out_of_date,
                       version, created, started, ended, error, cause_text, parameters, result, used, missing, owner,
                       waits))

// What became of the documents that came for a pipeline (rule 9).
struct DocumentCounts {
  std::int64_t accepted = 0;    // started a run, or will
  std::int64_t duplicates = 0;  // came again
  std::int64_t ignored = 0;     // of a key before `since`, or of a skipped one
  std::int64_t refused = 0;     // could not be read
  int waiting = 0;              // accepted, and their run has not started
  std::string refusal;          // why, the last time
  std::optional<Instant> refused_at;
  std::string problem;  // of the watch for files; empty: all is well
};
BOOST_DESCRIBE_STRUCT(DocumentCounts, (),
                      (accepted, duplicates, ignored, refused, waiting, refusal, refused_at, problem))

struct PipelineInfo {
  std::string pipeline;
  std::string display_name;
  AccountId account;
  std::string account_alias;
  std::string owner;
  std::string description;
  std::string grain;
  std::string timezone;
  std::string sentence;
  int version = 0;
  Instant deployed{};
  std::optional<Instant> next;      // scheduled
  std::optional<RunInfo> last_run;  // in lists and the graph without why, firing, parameters, result and errors
  int active_runs = 0;
  std::vector<std::string> upstreams, dependants;  // "account/name"
  std::optional<DocumentCounts> documents;         // of one that documents start
};
BOOST_DESCRIBE_STRUCT(PipelineInfo, (),
                      (pipeline, display_name, account, account_alias, owner, description, grain, timezone, sentence,
                       version, deployed, next, last_run, active_runs, upstreams, dependants, documents))

struct ListPipelinesReply {
  std::vector<PipelineInfo> pipelines;
};
BOOST_DESCRIBE_STRUCT(ListPipelinesReply, (), (pipelines))
struct ListPipelines {
  using Reply = ListPipelinesReply;
  bool all = false;  // of all accounts
};
BOOST_DESCRIBE_STRUCT(ListPipelines, (), (all))
struct DescribePipeline {
  using Reply = PipelineInfo;
  std::string pipeline;
  std::optional<std::string> account;
};
BOOST_DESCRIBE_STRUCT(DescribePipeline, (), (pipeline, account))

struct NextTime {
  Instant at{};
  std::string local;              // "2026-03-29 03:00 +02:00", in the pipeline's zone
  std::string key;                // the window's label; of the grains run and none: "a new run"
  std::optional<Instant> starts;  // when it has a jitter
};
BOOST_DESCRIBE_STRUCT(NextTime, (), (at, local, key, starts))
struct NextTimesReply {
  std::string pipeline;
  AccountId account;
  std::string grain;
  std::string timezone;
  std::string schedule;  // "0 6 * * MON-FRI"; empty: it has none, and no times
  std::string sentence;
  std::vector<NextTime> times;
};
BOOST_DESCRIBE_STRUCT(NextTimesReply, (), (pipeline, account, grain, timezone, schedule, sentence, times))
// The scheduled times after `from` (absent: now).
struct NextTimes {
  using Reply = NextTimesReply;
  std::string pipeline;
  std::optional<std::string> account;
  int count = 10;  // 1 to limits::kNextTimes
  std::optional<Instant> from;
};
BOOST_DESCRIBE_STRUCT(NextTimes, (), (pipeline, account, count, from))

struct ListRunsReply {
  std::vector<RunInfo> runs;         // newest first
  std::optional<std::int64_t> next;  // pass as `before`
};
BOOST_DESCRIBE_STRUCT(ListRunsReply, (), (runs, next))
struct ListRuns {
  using Reply = ListRunsReply;
  std::optional<std::string> pipeline;
  std::optional<std::string> account;
  std::optional<std::string> window;
  std::optional<std::string> status;
  bool all = false;  // of all accounts
  std::optional<std::int64_t> before;
  int limit = 50;
};
BOOST_DESCRIBE_STRUCT(ListRuns, (), (pipeline, account, window, status, all, before, limit))

struct StepInfo {
  std::string step;
  int attempt = 1;
  std::string status;  // QUEUED, RUNNING, SUCCEEDED, FAILED, LOST, TIMED_OUT, STOPPED
  std::string worker;
  std::int64_t item = 0;  // the work item: names its log
  Instant scheduled{};
  std::optional<Instant> started, ended;
  std::string error, cause_text;
};
BOOST_DESCRIBE_STRUCT(StepInfo, (), (step, attempt, status, worker, item, scheduled, started, ended, error, cause_text))
struct DescribeRunReply {
  RunInfo run;
  std::vector<StepInfo> steps;           // attempts in the order they were scheduled
  std::vector<RunInfo> upstream_runs;    // that it used
  std::vector<RunInfo> downstream_runs;  // that used it
};
BOOST_DESCRIBE_STRUCT(DescribeRunReply, (), (run, steps, upstream_runs, downstream_runs))
struct DescribeRun {
  using Reply = DescribeRunReply;
  std::int64_t run = 0;
};
BOOST_DESCRIBE_STRUCT(DescribeRun, (), (run))

// --- people ------------------------------------------------------------------------------------------------------

struct StartRunReply {
  RunInfo run;
  std::string logical_date_from;        // how the date was chosen, in words
  std::vector<std::string> dependants;  // "account/name" that it will start when it succeeds
};
BOOST_DESCRIBE_STRUCT(StartRunReply, (), (run, logical_date_from, dependants))
// Starts a run for a key by hand. `date` absent: the newest scheduled window at or before now (no schedule: the
// current). It starts whatever its condition says; if that does not hold, the key still fires when it does, unless
// `now`: then this run counts as the firing, and needs a reason.
struct StartRun {
  using Reply = StartRunReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<std::string> date;
  JsonText parameters;
  bool adhoc = false;    // counts for nobody
  bool dry_run = false;  // only say what would be started
  std::string reason;
  bool now = false;  // with what there is; it counts as the key's firing
};
BOOST_DESCRIBE_STRUCT(StartRun, (), (pipeline, account, date, parameters, adhoc, dry_run, reason, now))

struct StopRun {
  using Reply = RunInfo;
  std::int64_t run = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(StopRun, (), (run, reason))
// A new run of the same occurrence with the same parameters. `from`: it begins at this step ("failed": at the first
// that has not succeeded) with the results of the steps before it; those that stand beside it run again too. Refused
// when the upstreams have other runs since.
struct RetryRun {
  using Reply = StartRunReply;
  std::int64_t run = 0;
  std::string reason;
  std::optional<std::string> from;
};
BOOST_DESCRIBE_STRUCT(RetryRun, (), (run, reason, from))
// A person's decision: from now on the occurrence counts as SUCCEEDED or FAILED. `reason` is required.
struct MarkWindow {
  using Reply = RunInfo;
  std::string pipeline;
  std::optional<std::string> account;
  std::string window;
  std::string status;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(MarkWindow, (), (pipeline, account, window, status, reason))

// --- external pipelines ------------------------------------------------------------------------------------------

struct ReportReply {
  RunInfo run;
  bool changed = true;  // false: it was known, or came too late to change anything
  std::string why;      // when nothing has changed
};
BOOST_DESCRIBE_STRUCT(ReportReply, (), (run, changed, why))
// What became of a run that another system made. The same report again changes nothing; the first terminal status of a
// run stays. Of the runs of one key the one that started last is current, in whatever order they are reported.
struct ReportRun {
  using Reply = ReportReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<std::string> date;  // any date in the window; default: that of the run, else of `started`, else now
  std::string status;               // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED
  std::string run_id;  // as the other system calls it, at most limits::kReportIdBytes; empty: the run that works, else
                       // a new one
  std::optional<Instant> started, ended;
  JsonText parameters, result;
  std::string error, cause;
};
BOOST_DESCRIBE_STRUCT(ReportRun, (),
                      (pipeline, account, date, status, run_id, started, ended, parameters, result, error, cause))

struct ReportedEventReply {
  std::vector<ReportReply> reports;  // one of each pipeline whose file names the source
  std::string ignored;               // why there are none
};
BOOST_DESCRIBE_STRUCT(ReportedEventReply, (), (reports, ignored))
// An event of EventBridge, detail type "Step Functions Execution Status Change", as it comes.
struct StepFunctionsEvent {
  using Reply = ReportedEventReply;
  JsonText event;
};
BOOST_DESCRIBE_STRUCT(StepFunctionsEvent, (), (event))
// An OpenLineage run event, as it comes.
struct LineageEvent {
  using Reply = ReportedEventReply;
  JsonText event;
};
BOOST_DESCRIBE_STRUCT(LineageEvent, (), (event))

// --- evidence ----------------------------------------------------------------------------------------------------

struct ClauseState {
  std::string clause;  // "listings (Account_A_ID) SUCCEEDED"
  std::string block;   // "allOf", "anyOf"
  bool met = false;
  std::string why;                   // "run 12 of 2026-01-02 SUCCEEDED at ...", "no run of 2026-01-02 yet"
  std::vector<std::int64_t> runs;    // that met it
  std::vector<std::string> missing;  // occurrences that are still needed
};
BOOST_DESCRIBE_STRUCT(ClauseState, (), (clause, block, met, why, runs, missing))
struct EvidenceInfo {
  std::int64_t id = 0;
  Instant at{};
  std::string window;
  std::string decision;  // FIRED, FIRED_AGAIN, WAITS, WITHDRAWN, ...
  std::string rule;      // what in the text decided: "rule 2: a key fires once"
  std::optional<std::int64_t> run;
  std::vector<ClauseState> clauses;
};
BOOST_DESCRIBE_STRUCT(EvidenceInfo, (), (id, at, window, decision, rule, run, clauses))
struct ExplainReply {
  std::string pipeline;
  AccountId account;
  std::string window;
  std::string sentence;
  std::string state;                  // one line: "waits for searches (Account_B_ID) of 2026-01-02"
  std::vector<ClauseState> clauses;   // as judged now
  std::vector<RunInfo> runs;          // of this key, oldest first
  std::vector<EvidenceInfo> history;  // stored decisions of this key, oldest first
  std::string next_command;           // to type
};
BOOST_DESCRIBE_STRUCT(ExplainReply, (),
                      (pipeline, account, window, sentence, state, clauses, runs, history, next_command))
struct Explain {
  using Reply = ExplainReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<std::string> window;  // absent: the newest key that waits or ran
};
BOOST_DESCRIBE_STRUCT(Explain, (), (pipeline, account, window))

struct GraphEdge {
  std::string from, to;  // "account/name"
  std::string clause;    // "SUCCEEDED, allOf"
};
BOOST_DESCRIBE_STRUCT(GraphEdge, (), (from, to, clause))
struct GraphReply {
  std::vector<PipelineInfo> pipelines;  // topologically, upstream first
  std::vector<GraphEdge> edges;
};
BOOST_DESCRIBE_STRUCT(GraphReply, (), (pipelines, edges))
// Across accounts; with `pipeline` only what is connected with it.
struct Graph {
  using Reply = GraphReply;
  std::optional<std::string> pipeline;
  std::optional<std::string> account;
};
BOOST_DESCRIBE_STRUCT(Graph, (), (pipeline, account))

// Something that needs somebody, and the command to type.
struct StatusItem {
  AccountId account;
  std::string pipeline;  // empty: all of the account
  std::string owner;
  std::string window;  // empty: not of one window
  std::string state;   // one line
  Instant since{};
  std::string next_command;
};
BOOST_DESCRIBE_STRUCT(StatusItem, (), (account, pipeline, owner, window, state, since, next_command))
// Each list by owner, then newest first.
struct StatusReply {
  std::vector<RunInfo> failed;        // occurrences whose current run failed
  std::vector<StatusItem> late;       // a deadline has passed
  std::vector<StatusItem> blocked;    // a clause's upstream is not shared, or not there
  std::vector<StatusItem> missed;     // due, and left out by `catchup`
  std::vector<StatusItem> approvals;  // wait for weir approve
  std::vector<RunInfo> out_of_date;
  std::vector<ExplainReply> waiting;  // keys with some but not all clauses met (clauses left out)
  std::vector<RunInfo> queued;
  std::vector<RunInfo> running;
  std::vector<StatusItem> paused;
};
BOOST_DESCRIBE_STRUCT(StatusReply, (),
                      (failed, late, blocked, missed, approvals, out_of_date, waiting, queued, running, paused))
struct Status {
  using Reply = StatusReply;
  bool all = false;
};
BOOST_DESCRIBE_STRUCT(Status, (), (all))

// Internal: which of these runs are out of date. For lists, which are read beside the cell.
struct OutOfDateRunsReply {
  std::vector<std::int64_t> runs;
};
BOOST_DESCRIBE_STRUCT(OutOfDateRunsReply, (), (runs))
struct OutOfDateRuns {
  using Reply = OutOfDateRunsReply;
  std::vector<std::int64_t> runs;
};
BOOST_DESCRIBE_STRUCT(OutOfDateRuns, (), (runs))

// --- for workers -------------------------------------------------------------------------------------------------

struct BundleReply {
  std::string digest;
  std::vector<ProjectFile> files;
};
BOOST_DESCRIBE_STRUCT(BundleReply, (), (digest, files))
// The files of a deployed project, by their digest (sha-256, hex).
struct GetBundle {
  using Reply = BundleReply;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(GetBundle, (), (digest))

// --- events ------------------------------------------------------------------------------------------------------

// After each change of a run; the live feed and notifications hang on it.
struct RunStatusChanged {
  std::int64_t run = 0;
  std::string pipeline;
  AccountId account;
  std::string window;
  std::string status;
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(RunStatusChanged, (), (run, pipeline, account, window, status, at))

// The payload of a work item of kind "step": what a worker needs to run it.
struct StepWork {
  std::int64_t run = 0;
  std::string pipeline;
  AccountId account;
  std::string step;
  std::string command;
  std::string bundle;                              // digest; empty: none
  std::string result;                              // file of small JSON that the step leaves; empty: WEIR_RESULT only
  std::map<std::string, std::string> environment;  // WEIR_DATE, WEIR_KEY, parameters, env: ...
  JsonText parameters;                             // for the parameters file
  JsonText upstreams;                              // for $WEIR_UPSTREAMS
  Millis timeout_ms{0};
};
BOOST_DESCRIBE_STRUCT(StepWork, (),
                      (run, pipeline, account, step, command, bundle, result, environment, parameters, upstreams,
                       timeout_ms))

// An effect: a notification for the channel LOG, written into the server's log.
struct NotifyLog {
  std::string pipeline;
  AccountId account;
  std::string window;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NotifyLog, (), (pipeline, account, window, text))

std::span<const OperationInfo> pipeline_operations();

}  // namespace weir::api
