// A pipeline as its author wrote it: pipeline.yaml, typed, checked and with the project's defaults filled in.
//
// Everything is described, so a spec is stored and shown as JSON (json/described.hpp). Names of pipelines are lower
// case; enumerations are spelt as here whatever the author's case. What the schema knows but this version does not
// serve (spec_schema.hpp says so key by key) has no member here. Reading: spec_parse.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "calendar/cron.hpp"
#include "calendar/window.hpp"

namespace weir::pipeline {

enum class Operator { AND, OR };
BOOST_DESCRIBE_ENUM(Operator, AND, OR)

// The status of a run, and what a clause waits for. SUCCESS in a file is read as SUCCEEDED.
enum class RunStatus { RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED };
BOOST_DESCRIBE_ENUM(RunStatus, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED)

// Which window a scheduled time is for: the one that contains it, or the one before.
enum class Covers { current, previous };
BOOST_DESCRIBE_ENUM(Covers, current, previous)

// How many of the upstream's occurrences in one window a clause needs.
enum class Each { all, any, last };
BOOST_DESCRIBE_ENUM(Each, all, any, last)

// window: the occurrences of the same window; newest: the newest at or before the window that meets the clause.
enum class Match { window, newest };
BOOST_DESCRIBE_ENUM(Match, window, newest)

enum class OnUpstreamRerun { run, ignore, supersede, ask };
BOOST_DESCRIBE_ENUM(OnUpstreamRerun, run, ignore, supersede, ask)

enum class OnLate { run, ignore };
BOOST_DESCRIBE_ENUM(OnLate, run, ignore)

enum class Catchup { all, last, none };
BOOST_DESCRIBE_ENUM(Catchup, all, last, none)

enum class OnLimit { queue, skip, cancelRunning };
BOOST_DESCRIBE_ENUM(OnLimit, queue, skip, cancelRunning)

enum class ComputeType { local, queue, spark };
BOOST_DESCRIBE_ENUM(ComputeType, local, queue, spark)

enum class ParameterType { string, number, integer, boolean };
BOOST_DESCRIBE_ENUM(ParameterType, string, number, integer, boolean)

enum class NotificationType { FULL_EXECUTION, ON_COMPLETION, ON_FAILURE };
BOOST_DESCRIBE_ENUM(NotificationType, FULL_EXECUTION, ON_COMPLETION, ON_FAILURE)

enum class Channel { SLACK, EMAIL, OPSGENIE, WEBHOOK, LOG };
BOOST_DESCRIBE_ENUM(Channel, SLACK, EMAIL, OPSGENIE, WEBHOOK, LOG)

// Exactly one of: hour (minute 0 by default), minute alone (hourly), cron, rate, at. Weekdays only with hour; calendar,
// days and business_day neither with rate nor with at.
struct ScheduleSpec {
  std::optional<int> hour;    // 0..23
  std::optional<int> minute;  // 0..59
  std::vector<Weekday> weekdays;
  std::string cron;  // five fields, or "cron(...)" with six; empty: none; valid when not
  std::optional<Millis> rate;
  std::string at;                   // "2026-12-24T06:00", of the clock on the wall; empty: none; valid when not
  std::string calendar;             // a file of the project (calendar/business_calendar.hpp); empty: none
  std::string calendar_text;        // what it held at the deploy (read_calendar, spec_calendar.hpp)
  std::optional<DayKind> days;      // absent: business days when there is a calendar, else all
  std::optional<int> business_day;  // of the month, 1..23 or -23..-1
  Millis jitter{0};
  Covers covers = Covers::current;
  bool operator==(const ScheduleSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ScheduleSpec, (),
                      (hour, minute, weekdays, cron, rate, at, calendar, calendar_text, days, business_day, jitter,
                       covers))

// One upstream and what of it is needed.
struct ClauseSpec {
  std::string name;               // lower case
  std::string account;            // as written, an id or an alias; empty: the pipeline's own account
  std::vector<RunStatus> status;  // sorted, without doubles, never empty; [SUCCEEDED] when the file says nothing
  std::optional<Each> each;       // absent: each_of() says
  int offset = 0;                 // in windows of the downstream; never positive
  Match match = Match::window;
  std::optional<Millis> max_age;             // only with match newest
  std::optional<bool> follow;                // absent: is_followed() says
  std::map<std::string, std::string> where;  // only keys with these values
  std::vector<std::string> join_on;          // parts of both keys that must have the same value
  std::optional<Millis> standing;            // `for`: the status must have stood so long
};
BOOST_DESCRIBE_STRUCT(ClauseSpec, (),
                      (name, account, status, each, offset, match, max_age, follow, where, join_on, standing))

struct ExecutionsSpec {
  Operator op = Operator::AND;  // `operator` in the file: between the two blocks
  std::vector<ClauseSpec> all_of;
  std::vector<ClauseSpec> any_of;  // at least one of the two lists is not empty
  int at_least = 1;                // so many of any_of
};
BOOST_DESCRIBE_STRUCT(ExecutionsSpec, (), (op, all_of, any_of, at_least))

// What happens when a deadline is missed (rule 8).
enum class OnMiss { alert, run, fail };
BOOST_DESCRIBE_ENUM(OnMiss, alert, run, fail)

// Times as written, "07:00" or "+1d 02:00" (deadline_time.hpp); at least one of the two.
struct ExpectSpec {
  std::string start_by;
  std::string finish_by;
  OnMiss on_miss = OnMiss::alert;
};
BOOST_DESCRIBE_STRUCT(ExpectSpec, (), (start_by, finish_by, on_miss))

// Documents that arrive by HTTP (rule 9).
struct WebhookSpec {
  std::string secret;                             // "store/key": the signature is demanded; empty: none
  std::string id;                                 // a path to the event's id; empty: the header webhook-id
  std::string date;                               // a path to the logical date; empty: the event's time
  std::map<std::string, std::string> parameters;  // of the run, by paths into the document
};
BOOST_DESCRIBE_STRUCT(WebhookSpec, (), (secret, id, date, parameters))

// Files that appear (rule 9). The pattern is file_pattern.hpp's.
struct FileTriggerSpec {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(FileTriggerSpec, (), (path))

struct TriggerSpec {
  std::optional<Operator> op;  // `operator`: there when two of schedule, executions and documents are
  std::optional<ScheduleSpec> schedule;
  std::optional<ExecutionsSpec> executions;
  OnUpstreamRerun on_upstream_rerun = OnUpstreamRerun::run;
  OnLate on_late = OnLate::run;
  std::optional<Catchup> catchup;  // absent: all for day and coarser, last for finer
  int max_parallel = 1;
  std::optional<ExpectSpec> expect;
  std::optional<WebhookSpec> webhook;
  std::optional<FileTriggerSpec> file;
};
BOOST_DESCRIBE_STRUCT(TriggerSpec, (),
                      (op, schedule, executions, on_upstream_rerun, on_late, catchup, max_parallel, expect, webhook,
                       file))

struct RetrySpec {
  int attempts = 1;      // runs of the step in all, the first included
  Millis delay{10'000};  // before the second attempt; whole seconds
  double backoff = 2;    // each further wait is so many times the one before
};
BOOST_DESCRIBE_STRUCT(RetrySpec, (), (attempts, delay, backoff))

// The size of one worker of a Spark application.
struct ComputeWorker {
  int cores = 0;       // 0: Spark's own default, as for the rest
  std::string memory;  // "4 GiB", "512 MiB"
};
BOOST_DESCRIBE_STRUCT(ComputeWorker, (), (cores, memory))

struct ComputeSpec {
  ComputeType type = ComputeType::local;
  std::string queue;   // of type queue or spark: whose workers perform the steps; empty: default
  std::string master;  // of type spark: as spark-submit has it; empty: what the worker is configured for
  int workers = 0;
  std::optional<ComputeWorker> worker;
};
BOOST_DESCRIBE_STRUCT(ComputeSpec, (), (type, queue, master, workers, worker))

// A Spark application, given to spark-submit. Texts may hold ${...} (expression.hpp).
struct SparkSpec {
  std::string file;        // of the project, or a URL
  std::string class_name;  // `class`, of a jar
  std::vector<std::string> args;
  std::map<std::string, std::string> conf;
};
BOOST_DESCRIBE_STRUCT(SparkSpec, (), (file, class_name, args, conf))

// The step is skipped when it succeeded before with the same inputs, command, environment and project files.
struct CacheSpec {
  std::vector<std::string> inputs;  // files, also with * and ?, relative to the step's folder or absolute
};
BOOST_DESCRIBE_STRUCT(CacheSpec, (), (inputs))

// Exactly one of run and spark.
struct StepSpec {
  std::string name;  // unique in the file; "step-2" when the author gave none
  std::string run;   // for the shell, as written
  std::optional<SparkSpec> spark;
  Millis timeout{86'400'000};
  RetrySpec retry;
  std::string result;  // a file of small JSON that the step leaves; empty: none
  // Absent: after the step before it. Present: after exactly these (an empty list: at once).
  std::optional<std::vector<std::string>> needs;
  std::map<std::string, std::string> env;  // values may hold ${...}
  std::vector<std::string> foreach;        // items, or one ${...} that is a list; empty: once
  int max_parallel = 0;                    // of foreach; 0: as many as there is room for
  std::string when;                        // a condition (when.hpp); empty: always
  std::optional<ComputeSpec> compute;      // absent: the pipeline's
  std::optional<CacheSpec> cache;
};
BOOST_DESCRIBE_STRUCT(StepSpec, (),
                      (name, run, spark, timeout, retry, result, needs, env, foreach, max_parallel, when, compute,
                       cache))

struct ParameterSpec {
  ParameterType type = ParameterType::string;
  JsonText default_value;  // `default`; empty: must be given at the start
  std::string description;
};
BOOST_DESCRIBE_STRUCT(ParameterSpec, (), (type, default_value, description))

// `with`: accounts as written. Absent block: the installation's policy.
struct ShareSpec {
  std::vector<std::string> with;
  std::vector<std::string> result;
};
BOOST_DESCRIBE_STRUCT(ShareSpec, (), (with, result))

struct ConcurrencySpec {
  int max_runs = 0;  // 0: no limit but one a key
  OnLimit on_limit = OnLimit::queue;
  std::string pool;  // of the own account, lower case; empty: none
  int priority = 0;  // in the pool's line: the higher goes first
};
BOOST_DESCRIBE_STRUCT(ConcurrencySpec, (), (max_runs, on_limit, pool, priority))

struct NotificationTarget {
  Channel channel = Channel::LOG;
  std::vector<std::string> addresses;
};
BOOST_DESCRIBE_STRUCT(NotificationTarget, (), (channel, addresses))

struct NotificationSpec {
  NotificationType type = NotificationType::ON_FAILURE;
  std::vector<NotificationTarget> targets;
};
BOOST_DESCRIBE_STRUCT(NotificationSpec, (), (type, targets))

// How the runs of an external pipeline are recognised in what other systems send (report_events.hpp).
struct StepFunctionsReports {
  std::string state_machine_arn;
  std::string date;  // a path into the event's detail; empty: the execution's start
};
BOOST_DESCRIBE_STRUCT(StepFunctionsReports, (), (state_machine_arn, date))

struct OpenLineageReports {
  std::string job_namespace;  // `namespace`
  std::string job;            // `name`
};
BOOST_DESCRIBE_STRUCT(OpenLineageReports, (), (job_namespace, job))

struct ReportsSpec {
  std::optional<StepFunctionsReports> step_functions;
  std::optional<OpenLineageReports> open_lineage;
};
BOOST_DESCRIBE_STRUCT(ReportsSpec, (), (step_functions, open_lineage))

struct PipelineSpec {
  std::string name;          // lower case: the identity
  std::string display_name;  // as written
  std::string description;
  std::string owner;
  std::string account;  // as written; empty: the deployer's
  std::vector<std::string> tags;
  std::string timezone;          // a name of the tz database; empty: the account's, else UTC
  std::optional<Grain> window;   // absent: decide_grain (spec_grain.hpp)
  std::string since;             // "2026-01-01"; empty: the day of the first deploy
  std::string formerly;          // the name before, lower case; empty: none
  bool external = false;         // runs elsewhere and is reported; has no steps
  ReportsSpec reports;           // only of external ones
  std::vector<std::string> key;  // parameters whose values are part of the key, sorted
  std::map<std::string, ParameterSpec> parameters;
  ComputeSpec compute;
  std::optional<TriggerSpec> trigger;  // absent: started by people only
  std::vector<StepSpec> steps;         // empty only when external
  std::vector<StepSpec> on_failure;
  std::vector<StepSpec> finally;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::optional<ShareSpec> share;
  ConcurrencySpec concurrency;
  std::vector<NotificationSpec> notifications;
  std::map<std::string, std::string> variables;  // of the project, for the chosen environment
  std::map<std::string, std::string> secrets;    // environment variables to names of secrets, "hive/metastore"
};
BOOST_DESCRIBE_STRUCT(PipelineSpec, (),
                      (name, display_name, description, owner, account, tags, timezone, window, since, formerly,
                       external, reports, key, parameters, compute, trigger, steps, on_failure, finally, inputs,
                       outputs, share, concurrency, notifications, variables, secrets))

// Steps in one list; a longer pipeline is several pipelines.
inline constexpr std::size_t kStepsMax = 500;

// --- what the absent parts of a clause mean -------------------------------------------------------------------

bool lists(const ClauseSpec& clause, RunStatus status);
// `each` as written, else all when SUCCEEDED is listed, else any.
Each each_of(const ClauseSpec& clause);
// Is the clause on the pipeline that owns it?
bool is_on_itself(const PipelineSpec& owner, const ClauseSpec& clause);
// Does a newer run of the upstream fire the key again (triggers.md, rule 3)? `follow` as written, else when SUCCEEDED
// is listed, the match is not newest and the clause is not on the pipeline itself.
bool is_followed(const PipelineSpec& owner, const ClauseSpec& clause);
// Do documents start it (rule 9)?
bool takes_documents(const TriggerSpec& trigger);
// `catchup` as written, else by the grain (rule 13).
Catchup catchup_of(const TriggerSpec& trigger, Grain grain);

// The schedule of the calendar that the spec means. The spec must have been checked by the parser.
Schedule schedule_of(const ScheduleSpec& spec);

}  // namespace weir::pipeline
