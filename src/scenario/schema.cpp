#include "scenario/schema.hpp"

#include <array>

namespace weir::scenario {
namespace {

using pipeline::KeySpec;
using pipeline::ObjectSpec;
using pipeline::WordSpec;
using enum pipeline::ValueKind;

constexpr std::int64_t kYearS = 366LL * 86'400;
constexpr std::int64_t kMany = 1'000'000;

constexpr std::array<WordSpec, 6> kStatuses{
    {{"SUCCESS", "SUCCEEDED"}, {"SUCCEEDED"}, {"FAILED"}, {"TIMED_OUT"}, {"ABORTED"}, {"RUNNING"}}};
constexpr std::array<WordSpec, 2> kMarks{{{"SUCCEEDED"}, {"FAILED"}}};
constexpr std::array<WordSpec, 2> kBooleans{{{"true"}, {"false"}}};
constexpr std::array<WordSpec, 2> kSharing{{{"open"}, {"granted"}}};

const ObjectSpec* ending() {
  static const ObjectSpec spec{
      "ending",
      "How a run ends.",
      {{.key = "status",
        .kind = Word,
        .doc = "RUNNING: when `end` says so.",
        .default_text = "SUCCEEDED",
        .words = kStatuses},
       {.key = "after", .kind = Duration, .doc = "So long after its start.", .default_text = "at once", .max = kYearS},
       {.key = "result", .kind = TextMap, .doc = "What its last step leaves for dependants."}}};
  return &spec;
}

const ObjectSpec* endings() {
  static const ObjectSpec spec{"given",
                               "How runs end.",
                               {{.key = "runs",
                                 .kind = Object,
                                 .doc = "Of the first run, the second, and of all that follow.",
                                 .list = true,
                                 .required = true,
                                 .object = ending}}};
  return &spec;
}

const ObjectSpec* start() {
  static const ObjectSpec spec{
      "run",
      "A person starts a run.",
      {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
       {.key = "window", .doc = "Its window, or two with '..' between.", .default_text = "chosen as by weir run"},
       {.key = "status", .kind = Word, .doc = "How it ends.", .default_text = "as given", .words = kStatuses},
       {.key = "after", .kind = Duration, .doc = "So long after its start it ends.", .max = kYearS},
       {.key = "adhoc", .kind = Word, .doc = "Counts for nobody.", .default_text = "false", .words = kBooleans},
       {.key = "now",
        .kind = Word,
        .doc = "With what there is; it counts as the firing.",
        .default_text = "false",
        .words = kBooleans},
       {.key = "parameters", .kind = TextMap, .doc = "Of the run."}}};
  return &spec;
}

const ObjectSpec* end() {
  static const ObjectSpec spec{
      "end",
      "A run that works ends.",
      {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
       {.key = "window", .doc = "Its window.", .default_text = "that of the run that works the longest"},
       {.key = "status", .kind = Word, .doc = "How it ends.", .default_text = "SUCCEEDED", .words = kStatuses}}};
  return &spec;
}

const ObjectSpec* key() {
  static const ObjectSpec spec{"key",
                               "A pipeline, or a window of it.",
                               {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
                                {.key = "window", .doc = "Its window."}}};
  return &spec;
}

const ObjectSpec* mark() {
  static const ObjectSpec spec{
      "mark",
      "A person says what a window counts as.",
      {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
       {.key = "window", .doc = "Its window.", .required = true},
       {.key = "status", .kind = Word, .doc = "What it counts as.", .required = true, .words = kMarks}}};
  return &spec;
}

const ObjectSpec* grant() {
  static const ObjectSpec spec{"grant",
                               "Who may depend on a pipeline.",
                               {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
                                {.key = "to", .doc = "The account.", .required = true}}};
  return &spec;
}

const ObjectSpec* backfill() {
  static const ObjectSpec spec{
      "backfill",
      "Windows run again, oldest first.",
      {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
       {.key = "from", .doc = "The first window.", .required = true},
       {.key = "to", .doc = "The last window.", .required = true},
       {.key = "redo", .doc = "missing, failed or all.", .default_text = "missing"},
       {.key = "parallel", .kind = Int, .doc = "So many at a time.", .default_text = "1", .min = 1, .max = 1000},
       {.key = "downstream", .kind = Word, .doc = "Its runs start dependants.", .words = kBooleans}}};
  return &spec;
}

const ObjectSpec* document() {
  static const ObjectSpec spec{"document",
                               "A document comes for a pipeline with a webhook.",
                               {{.key = "pipeline", .doc = "NAME, or ACCOUNT/NAME.", .required = true},
                                {.key = "id", .doc = "Of its event.", .default_text = "an event of its own"},
                                {.key = "time", .doc = "The event's own.", .default_text = "now"},
                                {.key = "body", .doc = "The document, as JSON.", .default_text = "{}"}}};
  return &spec;
}

const ObjectSpec* file() {
  static const ObjectSpec spec{"file",
                               "A file appears, changes or goes.",
                               {{.key = "path", .doc = "Its absolute path.", .required = true},
                                {.key = "modified", .doc = "When it was last changed.", .default_text = "now"},
                                {.key = "gone", .kind = Word, .doc = "It is not there any more.", .words = kBooleans}}};
  return &spec;
}

const ObjectSpec* expectation() {
  static const ObjectSpec spec{
      "expect",
      "What is compared; what is not named is not.",
      {{.key = "runs", .kind = Int, .doc = "Runs that have started and count; marks do.", .max = kMany},
       {.key = "active", .kind = Int, .doc = "Runs that work.", .max = kMany},
       {.key = "waiting",
        .kind = Int,
        .doc = "Starts that wait for a limit or the run before, and documents that wait.",
        .max = kMany},
       {.key = "status", .kind = Text, .doc = "Of the newest run; none: there is no run."},
       {.key = "statuses", .doc = "Of all runs, oldest first.", .list = true},
       {.key = "windows", .doc = "Of all runs, oldest first.", .list = true},
       {.key = "used", .doc = "The runs that the newest run used: b#2, 'b 2026-01-02#2'.", .list = true},
       {.key = "decisions", .doc = "All decisions about the window, oldest first.", .list = true},
       {.key = "waitsFor", .doc = "Upstreams whose clauses are not met, each with words of the reason.", .list = true},
       {.key = "cause", .doc = "Of the newest run: schedule, condition, person, ..."},
       {.key = "outOfDate", .kind = Word, .doc = "Is the newest run out of date?", .words = kBooleans},
       {.key = "why", .doc = "Words of what weir explain says.", .list = true},
       {.key = "sees", .doc = "Words of what the newest run's steps see.", .list = true},
       {.key = "notified", .doc = "Words of each notification, oldest first.", .list = true},
       {.key = "alerts", .doc = "Words of each alert, oldest first.", .list = true},
       {.key = "next", .doc = "The next scheduled time."}}};
  return &spec;
}

const ObjectSpec* entry() {
  static const ObjectSpec spec{
      "entry",
      "Time passes, something is given, something is done, something is expected.",
      {{.key = "at", .doc = "The clock goes to this time: 2026-01-02 03:10, 2026-01-02, or 03:10."},
       {.key = "after", .kind = Duration, .doc = "The clock goes on by so much.", .max = 100 * kYearS},
       {.key = "given", .kind = ObjectMap, .doc = "How runs end that start from now on.", .object = endings},
       {.key = "run", .kind = Object, .doc = "A person starts runs.", .list = true, .object = start},
       {.key = "end", .kind = Object, .doc = "Runs that work end.", .list = true, .object = end},
       {.key = "stop", .kind = Object, .doc = "A person stops the run of a window.", .list = true, .object = key},
       {.key = "retry", .kind = Object, .doc = "A person runs a window's run again.", .list = true, .object = key},
       {.key = "mark", .kind = Object, .doc = "A person says what a window counts as.", .list = true, .object = mark},
       {.key = "skip",
        .kind = Object,
        .doc = "A person says that a window is not needed.",
        .list = true,
        .object = key},
       {.key = "accept",
        .kind = Object,
        .doc = "A person says that a run out of date is good enough.",
        .list = true,
        .object = key},
       {.key = "approve",
        .kind = Object,
        .doc = "A person lets a corrected window run again.",
        .list = true,
        .object = key},
       {.key = "pause",
        .kind = Object,
        .doc = "Nothing of a pipeline starts by itself; ACCOUNT/*: of an account.",
        .list = true,
        .object = key},
       {.key = "resume", .kind = Object, .doc = "It does again.", .list = true, .object = key},
       {.key = "deploy", .doc = "Pipelines are deployed, or deployed again.", .list = true},
       {.key = "delete",
        .kind = Object,
        .doc = "Pipelines are deleted.",
        .list = true,
        .object = key,
        .member = "remove"},
       {.key = "grant", .kind = Object, .doc = "An account may depend on a pipeline.", .list = true, .object = grant},
       {.key = "withdraw", .kind = Object, .doc = "It may no longer.", .list = true, .object = grant},
       {.key = "rerun",
        .kind = Object,
        .doc = "A person runs windows again, and what follows from them.",
        .list = true,
        .object = key},
       {.key = "report",
        .kind = Object,
        .doc = "Another system tells what became of an external pipeline's run.",
        .list = true,
        .object = end},
       {.key = "pool", .kind = TextMap, .doc = "Pools get so many slots."},
       {.key = "document",
        .kind = Object,
        .doc = "Documents come for pipelines with a webhook.",
        .list = true,
        .object = document},
       {.key = "file", .kind = Object, .doc = "Files appear, change or go.", .list = true, .object = file},
       {.key = "backfill", .kind = Object, .doc = "Windows are run again.", .object = backfill},
       {.key = "outage", .kind = Duration, .doc = "The server is down for so long.", .max = 100 * kYearS},
       {.key = "force", .kind = Word, .doc = "Of delete: although others depend on it.", .words = kBooleans},
       {.key = "allowMissing",
        .kind = Word,
        .doc = "Of deploy: an upstream that is not there is a clause that waits.",
        .words = kBooleans},
       {.key = "refused", .doc = "What is done is refused, with these words."},
       {.key = "says", .doc = "Words of the answer.", .list = true},
       {.key = "expect", .kind = ObjectMap, .doc = "What must be so, by pipeline or window.", .object = expectation}}};
  return &spec;
}

const ObjectSpec* test() {
  static const ObjectSpec spec{
      "test",
      "A story with its expectations.",
      {{.key = "name", .doc = "A sentence that the test proves.", .required = true},
       {.key = "at", .doc = "When it begins.", .default_text = "as the file says"},
       {.key = "pipelines", .doc = "Pipelines besides the file's.", .list = true},
       {.key = "sharing", .kind = Word, .doc = "The installation's policy.", .words = kSharing},
       {.key = "given", .kind = ObjectMap, .doc = "How runs end.", .object = endings},
       {.key = "pools", .kind = TextMap, .doc = "Slots by pool; one that is not named has no limit."},
       {.key = "timeline",
        .kind = Object,
        .doc = "What happens, in order.",
        .list = true,
        .required = true,
        .object = entry}}};
  return &spec;
}

}  // namespace

const ObjectSpec& test_file_schema() {
  static const ObjectSpec spec{
      "test file",
      "Tests of pipelines' triggers, played on virtual time.",
      {{.key = "timezone", .kind = Zone, .doc = "Of the times in this file.", .default_text = "UTC"},
       {.key = "at", .doc = "When the tests begin.", .default_text = "2026-01-01 00:00"},
       {.key = "pipelines",
        .doc = "Paths to pipeline.yaml files, or blocks of their keys without steps.",
        .list = true},
       {.key = "sharing", .kind = Word, .doc = "The installation's policy.", .default_text = "open", .words = kSharing},
       {.key = "given", .kind = ObjectMap, .doc = "How runs end.", .object = endings},
       {.key = "pools", .kind = TextMap, .doc = "Slots by pool; one that is not named has no limit."},
       {.key = "tests", .kind = Object, .doc = "The tests.", .list = true, .required = true, .object = test}}};
  return spec;
}

std::span<const std::string_view> action_words() {
  static constexpr std::array<std::string_view, 21> kWords{
      "pool", "document", "file",  "rerun", "report", "skip",   "accept", "approve",  "pause",    "resume", "run",
      "end",  "stop",     "retry", "mark",  "deploy", "delete", "grant",  "withdraw", "backfill", "outage"};
  return kWords;
}

}  // namespace weir::scenario
