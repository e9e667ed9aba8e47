#include "pipeline/spec_schema.hpp"

#include <fmt/format.h>

#include <array>

#include "base/limits.hpp"
#include "pipeline/spec_words.hpp"

namespace weir::pipeline {
namespace {

using enum ValueKind;

constexpr std::string_view kNext = "0.2.0";
constexpr std::int64_t kYearS = 366LL * 86'400;

constexpr std::array<WordSpec, 2> kOperators{{{"AND"}, {"OR"}}};
constexpr std::array<WordSpec, 6> kGrains{{{"hour"}, {"day"}, {"week"}, {"month"}, {"run"}, {"none"}}};
constexpr std::array<WordSpec, 14> kWeekdays{{{"MON"},
                                              {"TUE"},
                                              {"WED"},
                                              {"THU"},
                                              {"FRI"},
                                              {"SAT"},
                                              {"SUN"},
                                              {"Monday", "MON"},
                                              {"Tuesday", "TUE"},
                                              {"Wednesday", "WED"},
                                              {"Thursday", "THU"},
                                              {"Friday", "FRI"},
                                              {"Saturday", "SAT"},
                                              {"Sunday", "SUN"}}};
constexpr std::array<WordSpec, 3> kDays{{{"all"}, {"businessDays"}, {"daysOff"}}};
constexpr std::array<WordSpec, 2> kCovers{{{"current"}, {"previous"}}};
constexpr std::array<WordSpec, 6> kStatuses{
    {{"SUCCESS", "SUCCEEDED"}, {"SUCCEEDED"}, {"FAILED"}, {"TIMED_OUT"}, {"ABORTED"}, {"RUNNING"}}};
constexpr std::array<WordSpec, 3> kEach{{{"all"}, {"any"}, {"last"}}};
constexpr std::array<WordSpec, 2> kMatch{{{"window"}, {"newest"}}};
constexpr std::array<WordSpec, 2> kBooleans{{{"true"}, {"false"}}};
constexpr std::array<WordSpec, 4> kRerun{{{"run"}, {"ask"}, {"ignore"}, {"supersede"}}};
constexpr std::array<WordSpec, 2> kLate{{{"run"}, {"ignore"}}};
constexpr std::array<WordSpec, 3> kOnMiss{{{"alert"}, {"run"}, {"fail"}}};
constexpr std::array<WordSpec, 3> kCatchup{{{"all"}, {"last"}, {"none"}}};
constexpr std::array<WordSpec, 3> kLimit{{{"queue"}, {"skip"}, {"cancelRunning"}}};
constexpr std::array<WordSpec, 4> kCompute{{{"local"}, {"queue"}, {"spark"}, {"emr", "", kNext}}};
constexpr std::array<WordSpec, 4> kParameterTypes{{{"string"}, {"number"}, {"integer"}, {"boolean"}}};
constexpr std::array<WordSpec, 3> kNotificationTypes{{{"FULL_EXECUTION"}, {"ON_COMPLETION"}, {"ON_FAILURE"}}};
constexpr std::array<WordSpec, 5> kChannels{{{"SLACK"}, {"EMAIL"}, {"OPSGENIE"}, {"WEBHOOK"}, {"LOG"}}};

const ObjectSpec* parameter() {
  static const ObjectSpec spec{
      "parameter",
      "A value that a start may give.",
      {{.key = "type", .kind = Word, .doc = "What the value is.", .default_text = "string", .words = kParameterTypes},
       {.key = "default", .doc = "The value when a start gives none.", .member = "default_value"},
       {.key = "description", .doc = "For the person who starts the pipeline."}}};
  return &spec;
}

const ObjectSpec* compute_worker() {
  static const ObjectSpec spec{"worker",
                               "The size of a worker.",
                               {{.key = "cores", .kind = Int, .doc = "Processor cores.", .min = 1, .max = 1'024},
                                {.key = "memory", .kind = Size, .doc = "Memory, as 4 GiB or 512 MiB."}}};
  return &spec;
}

const ObjectSpec* compute() {
  static const ObjectSpec spec{
      "compute",
      "Where the steps run.",
      {{.key = "type", .kind = Word, .doc = "The kind of compute.", .required = true, .words = kCompute},
       {.key = "queue", .kind = Name, .doc = "With type queue or spark: whose workers perform the steps."},
       {.key = "master",
        .doc = "With type spark: the master, as spark-submit has it.",
        .default_text = "what the worker is configured for"},
       {.key = "workers", .kind = Int, .doc = "With type spark: how many executors.", .min = 1, .max = 10'000},
       {.key = "worker", .kind = Object, .doc = "With type spark: their size.", .object = compute_worker}}};
  return &spec;
}

const ObjectSpec* schedule() {
  static const ObjectSpec spec{
      "schedule",
      "When the pipeline is due, in its time zone. Give hour, or minute alone (hourly), or cron, rate or at.",
      {{.key = "hour", .kind = Int, .doc = "Every day at this hour.", .max = 23},
       {.key = "minute", .kind = Int, .doc = "The minute of the hour.", .default_text = "0", .max = 59},
       {.key = "weekdays",
        .kind = Word,
        .doc = "Only on these days.",
        .list = true,
        .default_text = "every day",
        .words = kWeekdays},
       {.key = "cron",
        .kind = Cron,
        .doc = "Five fields: minute, hour, day of month, month, day of week; or the six of AWS in cron(...)."},
       {.key = "rate", .kind = Rate, .doc = "Every so often: 15m, or rate(15 minutes).", .min = 60, .max = kYearS},
       {.key = "at", .kind = Time, .doc = "Once, at this time: 2026-12-24T06:00."},
       {.key = "calendar",
        .doc = "A file of the project that names days without work: a date a line, 2026-12-25 or 12-25."},
       {.key = "days",
        .kind = Word,
        .doc = "Only on these days of the calendar; without a calendar, Monday to Friday are business days.",
        .default_text = "businessDays with a calendar, else all",
        .words = kDays},
       {.key = "businessDay",
        .kind = Int,
        .doc = "Only on this business day of the month; -1 is the last.",
        .min = -23,
        .max = 23},
       {.key = "jitter",
        .kind = Duration,
        .doc = "Starts up to so much later, always the same for a window; its key stays that of the time.",
        .default_text = "none",
        .min = 1,
        .max = 86'400},
       {.key = "covers",
        .kind = Word,
        .doc = "Which window a time is for: the one it lies in, or the one before.",
        .default_text = "current",
        .words = kCovers}}};
  return &spec;
}

const ObjectSpec* clause() {
  static const ObjectSpec spec{
      "clause",
      "An upstream pipeline, and what of it is needed.",
      {{.key = "name", .kind = Name, .doc = "The upstream pipeline.", .required = true},
       {.key = "account", .doc = "The upstream's account, its id or alias.", .default_text = "the own account"},
       {.key = "status",
        .kind = Word,
        .doc = "Any of these meets the clause.",
        .list = true,
        .default_text = "SUCCESS",
        .words = kStatuses},
       {.key = "each",
        .kind = Word,
        .doc = "Of several occurrences in one window: all, any, or the last planned.",
        .default_text = "all when SUCCEEDED is listed, else any",
        .words = kEach},
       {.key = "offset", .kind = Int, .doc = "-1 is the window before.", .default_text = "0", .min = -10'000, .max = 0},
       {.key = "match",
        .kind = Word,
        .doc = "newest: the newest good one at or before the window; starts nothing.",
        .default_text = "window",
        .words = kMatch},
       {.key = "maxAge",
        .kind = Duration,
        .doc = "With match newest: not older than this.",
        .min = 1,
        .max = 20 * kYearS},
       {.key = "follow",
        .kind = Word,
        .doc = "Fires the key again after a newer run of the upstream.",
        .default_text = "true when SUCCEEDED is listed",
        .words = kBooleans},
       {.key = "for",
        .kind = Duration,
        .doc = "The status must have stood so long.",
        .min = 1,
        .max = kYearS,
        .member = "standing"},
       {.key = "where", .kind = TextMap, .doc = "Only keys of the upstream with these values."},
       {.key = "joinOn",
        .doc = "Parts of both keys that must have the same value.",
        .list = true,
        .default_text = "none: each value is an occurrence"}}};
  return &spec;
}

const ObjectSpec* executions() {
  static const ObjectSpec spec{
      "executions",
      "The outcome of other pipelines.",
      {{.key = "operator",
        .kind = Word,
        .doc = "Between the two blocks.",
        .default_text = "AND",
        .words = kOperators,
        .member = "op"},
       {.key = "allOf", .kind = Object, .doc = "All of these must hold.", .list = true, .object = clause},
       {.key = "anyOf", .kind = Object, .doc = "One of these must hold.", .list = true, .object = clause},
       {.key = "atLeast", .kind = Int, .doc = "So many of anyOf.", .default_text = "1", .min = 1, .max = 1'000}}};
  return &spec;
}

const ObjectSpec* expect() {
  static const ObjectSpec spec{
      "expect",
      "Deadlines, in the pipeline's zone, counted from the first day of the window; give startBy, finishBy or both.",
      {{.key = "startBy", .doc = "A run has started by then: \"07:00\", or \"+1d 02:00\" for the day after."},
       {.key = "finishBy", .doc = "A run has succeeded by then."},
       {.key = "onMiss",
        .kind = Word,
        .doc = "Beside the alert: start with what there is, or record a FAILED run.",
        .default_text = "alert",
        .words = kOnMiss}}};
  return &spec;
}

const ObjectSpec* webhook() {
  static const ObjectSpec spec{
      "webhook",
      "Documents that arrive by HTTP: POST /v1/pipelines/NAME/webhook.",
      {{.key = "secret",
        .doc = "The secret store/key: the request must be signed with it, as Standard Webhooks has it.",
        .default_text = "no signature"},
       {.key = "id",
        .doc = "A path to the event's id in the document, for example $.order.id.",
        .default_text = "the header webhook-id"},
       {.key = "date",
        .doc = "A path to the logical date in the document, for example $.order.day.",
        .default_text = "the header webhook-timestamp, else when it came"},
       {.key = "parameters", .kind = TextMap, .doc = "Parameters of the run, each a path into the document."}}};
  return &spec;
}

const ObjectSpec* file() {
  static const ObjectSpec spec{
      "file",
      "A file that appears on the server's machine.",
      {{.key = "path",
        .doc = "Its absolute path, with * and ?, {date} for its logical date, and {name} for a parameter's value.",
        .required = true}}};
  return &spec;
}

const ObjectSpec* trigger() {
  static const ObjectSpec spec{
      "trigger",
      "What starts the pipeline.",
      {{.key = "operator",
        .kind = Word,
        .doc = "Between schedule, executions and documents; required when two of them are there.",
        .words = kOperators,
        .member = "op"},
       {.key = "schedule", .kind = Object, .doc = "Times.", .object = schedule},
       {.key = "executions", .kind = Object, .doc = "Other pipelines.", .object = executions},
       {.key = "onUpstreamRerun",
        .kind = Word,
        .doc = "After a fired key's upstream has run again.",
        .default_text = "run",
        .words = kRerun},
       {.key = "onLate",
        .kind = Word,
        .doc = "With operator OR: when the condition comes after the scheduled start.",
        .default_text = "run",
        .words = kLate},
       {.key = "catchup",
        .kind = Word,
        .doc = "What of missed windows runs.",
        .default_text = "all for day and coarser, last for finer",
        .words = kCatchup},
       {.key = "maxParallel",
        .kind = Int,
        .doc = "Missed windows that run at a time.",
        .default_text = "1",
        .min = 1,
        .max = 100},
       {.key = "expect", .kind = Object, .doc = "Deadlines.", .object = expect},
       {.key = "events", .doc = "Events on a bus.", .later = kNext},
       {.key = "queue", .doc = "Messages of a queue.", .later = kNext},
       {.key = "webhook", .kind = Object, .doc = "Documents that arrive by HTTP.", .object = webhook},
       {.key = "file", .kind = Object, .doc = "A file that appears.", .object = file}}};
  return &spec;
}

const ObjectSpec* retry() {
  static const ObjectSpec spec{"retry",
                               "Attempts of a failing step.",
                               {{.key = "attempts",
                                 .kind = Int,
                                 .doc = "Attempts in all, the first included.",
                                 .default_text = "1",
                                 .min = 1,
                                 .max = 100},
                                {.key = "delay",
                                 .kind = Duration,
                                 .doc = "Before the second attempt.",
                                 .default_text = "10s",
                                 .min = 1,
                                 .max = 86'400},
                                {.key = "backoff",
                                 .kind = Number,
                                 .doc = "Each further wait is so many times the one before.",
                                 .default_text = "2",
                                 .min = 1,
                                 .max = 100}}};
  return &spec;
}

const ObjectSpec* spark() {
  static const ObjectSpec spec{
      "spark",
      "A Spark application; spark-submit must be on the worker's PATH.",
      {{.key = "file", .doc = "The application: a .py or .jar of the project, or a URL.", .required = true},
       {.key = "class", .doc = "Its main class, of a jar.", .member = "class_name"},
       {.key = "args", .doc = "Its arguments; they may hold ${...}.", .list = true},
       {.key = "conf", .kind = TextMap, .doc = "Spark properties."}}};
  return &spec;
}

const ObjectSpec* cache() {
  static const ObjectSpec spec{
      "cache",
      "Skips the step when it succeeded before with the same inputs, command, environment and project files.",
      {{.key = "inputs",
        .doc = "Files that it reads, also with * and ?, relative to the project's folder or absolute.",
        .list = true,
        .required = true}}};
  return &spec;
}

const ObjectSpec* step() {
  static const ObjectSpec spec{
      "step",
      "A command for the shell; it sees WEIR_DATE, WEIR_WINDOW_START, WEIR_WINDOW_END, WEIR_KEY, WEIR_RUN_ID.",
      {{.key = "name", .kind = Name, .doc = "Unique in the file.", .default_text = "step-1, step-2, ..."},
       {.key = "run", .doc = "The command; nothing in it is replaced but by the shell. Each step has run or spark."},
       {.key = "spark", .kind = Object, .doc = "A Spark application instead.", .object = spark},
       {.key = "timeout",
        .kind = Duration,
        .doc = "An attempt that takes longer is stopped.",
        .default_text = "1d",
        .min = 1,
        .max = kYearS},
       {.key = "retry", .kind = Object, .doc = "Attempts when it fails.", .object = retry},
       {.key = "result", .doc = "A file of small JSON that later steps and dependants see."},
       {.key = "needs",
        .kind = Name,
        .doc = "The steps that must have succeeded; [] starts at once.",
        .list = true,
        .default_text = "the step before"},
       {.key = "env", .kind = TextMap, .doc = "Environment variables; they may hold ${...}."},
       {.key = "foreach",
        .doc = "Once for each item, which is WEIR_ITEM: a list, or a ${...} that is one. The step's result is a list.",
        .list = true},
       {.key = "maxParallel",
        .kind = Int,
        .doc = "With foreach: items at a time.",
        .default_text = "as many as there is room for",
        .min = 1,
        .max = 1'000},
       {.key = "when", .doc = "Only when this holds: ${parameters.full} == true. Else the step is skipped."},
       {.key = "compute",
        .kind = Object,
        .doc = "Where this step runs.",
        .default_text = "as the pipeline says",
        .object = compute},
       {.key = "cache", .kind = Object, .doc = "Skip it when nothing has changed.", .object = cache},
       {.key = "emr", .doc = "A step on EMR.", .later = kNext}}};
  return &spec;
}

const ObjectSpec* share() {
  static const ObjectSpec spec{"share",
                               "Who may depend on the pipeline, and what of its result they see.",
                               {{.key = "with", .doc = "Accounts, ids or aliases.", .list = true},
                                {.key = "result", .doc = "Keys of the result.", .list = true}}};
  return &spec;
}

const ObjectSpec* concurrency() {
  static const ObjectSpec spec{
      "concurrency",
      "Limits on runs at a time.",
      {{.key = "maxRuns", .kind = Int, .doc = "Runs at a time.", .default_text = "no limit", .min = 1, .max = 10'000},
       {.key = "onLimit",
        .kind = Word,
        .doc = "What a start does at the limit.",
        .default_text = "queue",
        .words = kLimit},
       {.key = "pool", .doc = "A pool of the account, made by `weir pool set`: its runs share the pool's slots."},
       {.key = "priority",
        .kind = Int,
        .doc = "In the pool's line the higher goes first.",
        .default_text = "0",
        .min = -limits::kPoolPriority,
        .max = limits::kPoolPriority}}};
  return &spec;
}

const ObjectSpec* target() {
  static const ObjectSpec spec{
      "target",
      "Where a notification goes.",
      {{.key = "channel", .kind = Word, .doc = "The medium.", .required = true, .words = kChannels},
       {.key = "addresses", .doc = "Chat channels, mail addresses, URLs; none for LOG.", .list = true}}};
  return &spec;
}

const ObjectSpec* notification() {
  static const ObjectSpec spec{
      "notification",
      "Who is told of what.",
      {{.key = "type",
        .kind = Word,
        .doc = "Start and end, the end, or failures; late and recovered come with each.",
        .required = true,
        .words = kNotificationTypes},
       {.key = "targets", .kind = Object, .doc = "Where it goes.", .list = true, .required = true, .object = target}}};
  return &spec;
}

const ObjectSpec* step_defaults() {
  static const ObjectSpec spec{
      "defaults",
      "What steps and pipelines of the project have when they say nothing.",
      {{.key = "timeout", .kind = Duration, .doc = "Of a step.", .default_text = "1d", .min = 1, .max = kYearS},
       {.key = "retry", .kind = Object, .doc = "Of a step.", .object = retry},
       {.key = "notifications", .kind = Object, .doc = "Of a pipeline.", .list = true, .object = notification}}};
  return &spec;
}

const ObjectSpec* step_functions_reports() {
  static const ObjectSpec spec{"stepFunctions",
                               "Executions of a state machine of Step Functions, by their status change events.",
                               {{.key = "stateMachineArn", .doc = "The state machine.", .required = true},
                                {.key = "date",
                                 .doc = "A path to the date in the event's detail, for example $.input.date.",
                                 .default_text = "the execution's start"}}};
  return &spec;
}

const ObjectSpec* open_lineage_reports() {
  static const ObjectSpec spec{
      "openLineage",
      "Runs of a job, by OpenLineage events.",
      {{.key = "namespace", .doc = "The job's namespace.", .required = true, .member = "job_namespace"},
       {.key = "name", .doc = "The job's name.", .required = true, .member = "job"}}};
  return &spec;
}

const ObjectSpec* reports() {
  static const ObjectSpec spec{
      "reports",
      "How the runs of an external pipeline are recognised in what other systems send.",
      {{.key = "stepFunctions", .kind = Object, .doc = "Step Functions.", .object = step_functions_reports},
       {.key = "openLineage", .kind = Object, .doc = "OpenLineage.", .object = open_lineage_reports}}};
  return &spec;
}

}  // namespace

const ObjectSpec& pipeline_schema() {
  static const ObjectSpec spec{
      "pipeline",
      "A data pipeline of Weir.",
      {{.key = "name",
        .kind = Name,
        .doc = "The pipeline's name in its account; case does not count.",
        .required = true},
       {.key = "description", .doc = "What it makes, for people."},
       {.key = "owner", .doc = "The team that answers for it.", .default_text = "the project's"},
       {.key = "account", .doc = "The account it lives in.", .default_text = "the project's, else the deployer's"},
       {.key = "tags", .doc = "Words to find it by.", .list = true},
       {.key = "timezone",
        .kind = Zone,
        .doc = "Of its days and times.",
        .default_text = "the project's, else the account's, else UTC"},
       {.key = "window",
        .kind = Word,
        .doc = "How often it has something new.",
        .default_text = "from the schedule, else the coarsest of its upstreams",
        .words = kGrains},
       {.key = "since",
        .kind = Date,
        .doc = "Nothing before starts by itself.",
        .default_text = "the day of the first deploy"},
       {.key = "parameters", .kind = ObjectMap, .doc = "Values that a start may give.", .object = parameter},
       {.key = "compute", .kind = Object, .doc = "Where the steps run.", .default_text = "local", .object = compute},
       {.key = "trigger", .kind = Object, .doc = "What starts it.", .default_text = "people only", .object = trigger},
       {.key = "steps",
        .kind = Object,
        .doc = "One after the other, unless a step says needs.",
        .list = true,
        .required = true,
        .object = step,
        .unless = "external"},
       {.key = "onFailure", .kind = Object, .doc = "Steps after a failure.", .list = true, .object = step},
       {.key = "finally", .kind = Object, .doc = "Steps at the end, whatever happened.", .list = true, .object = step},
       {.key = "inputs", .doc = "Data it reads, for lineage.", .list = true},
       {.key = "outputs", .doc = "Data it writes, for lineage.", .list = true},
       {.key = "share",
        .kind = Object,
        .doc = "Who may use it.",
        .default_text = "the installation's policy",
        .object = share},
       {.key = "concurrency", .kind = Object, .doc = "Limits on runs at a time.", .object = concurrency},
       {.key = "notifications", .kind = Object, .doc = "Who is told of what.", .list = true, .object = notification},
       {.key = "secrets",
        .kind = TextMap,
        .doc = "Environment variables from secrets: NAME: store/key. Masked in logs, never stored."},
       {.key = "key", .doc = "Parameters whose values are part of the key.", .list = true},
       {.key = "external",
        .kind = Word,
        .doc = "It runs elsewhere, and its runs are reported; it has no steps.",
        .default_text = "false",
        .words = kBooleans},
       {.key = "reports",
        .kind = Object,
        .doc = "How its runs are recognised; of an external pipeline.",
        .object = reports},
       {.key = "formerly", .kind = Name, .doc = "The name before: keeps identity, history and dependants."}}};
  return spec;
}

const ObjectSpec& project_schema() {
  static const ObjectSpec spec{
      "project",
      "What the pipelines of a project share.",
      {{.key = "account", .doc = "The account they live in.", .default_text = "the deployer's"},
       {.key = "owner", .doc = "The team that answers for them."},
       {.key = "timezone", .kind = Zone, .doc = "Of their days and times.", .default_text = "the account's, else UTC"},
       {.key = "defaults", .kind = Object, .doc = "For what they do not say.", .object = step_defaults},
       {.key = "variables",
        .kind = TextMap,
        .doc = "Environment variables of steps, by environment; those under 'default' are in all."}}};
  return spec;
}

const KeySpec* ObjectSpec::find(std::string_view key) const {
  for (const auto& k : keys)
    if (k.key == key) return &k;
  return nullptr;
}

std::vector<std::string_view> ObjectSpec::served_keys() const {
  std::vector<std::string_view> out;
  for (const auto& k : keys)
    if (k.later.empty()) out.push_back(k.key);
  return out;
}

std::string member_of(const KeySpec& key) {
  if (!key.member.empty()) return std::string(key.member);
  std::string out;
  for (const char c : key.key) {
    if (c >= 'A' && c <= 'Z') out += '_';
    out += lower({&c, 1});
  }
  return out;
}

std::string expectation(const KeySpec& key) {
  switch (key.kind) {
    case Text:
      return "a text";
    case Name:
      return "a name of letters, digits, '-', '_' and '.', at most 60";
    case Word: {
      std::string out;
      for (const auto& w : key.words)
        if (w.later.empty()) out += fmt::format("{}{}", out.empty() ? "one of " : ", ", w.word);
      return out;
    }
    case Int:
      return fmt::format("a whole number from {} to {}", key.min, key.max);
    case Number:
      return fmt::format("a number from {} to {}", key.min, key.max);
    case Duration:
      return "a duration like 90s, 15m, 2h or 3d";
    case Date:
      return "a date like 2026-01-31";
    case Zone:
      return "a time zone like Europe/Berlin";
    case Cron:
      return "a cron line like '0 6 * * MON-FRI' or 'cron(0 6 ? * MON-FRI *)'";
    case Size:
      return "a size like 4 GiB or 512 MiB";
    case Rate:
      return "a duration like 15m or 2h, or rate(15 minutes)";
    case Time:
      return "a time like 2026-12-24T06:00";
    case TextMap:
      return "names with values";
    case Object:
      return fmt::format("a block of {}", key.object()->name);
    case ObjectMap:
      return fmt::format("names, each with a block of {}", key.object()->name);
  }
  return {};
}

}  // namespace weir::pipeline
