// A test file as its author wrote it, typed: what there is, what happens, and what is expected of it.
//
// docs/reference/test-files.md is the manual of the language. Everything is described, so that a file is shown as JSON
// and two of them can be compared. Reading: read.hpp; writing: write.hpp; playing: play.hpp.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "pipeline/spec.hpp"
#include "pipeline/yaml.hpp"

namespace weir::scenario {

enum class Sharing { open, granted };
BOOST_DESCRIBE_ENUM(Sharing, open, granted)

// "PIPELINE", "ACCOUNT/PIPELINE", with a window, or with two of them: "d 2026-01-02..2026-01-05".
struct KeyRef {
  std::string pipeline;
  std::string window;  // empty: what is meant says the word that uses it
};
BOOST_DESCRIBE_STRUCT(KeyRef, (), (pipeline, window))

// How a run ends. RUNNING: not before the word `end` says so.
struct Ending {
  std::optional<pipeline::RunStatus> status;  // absent: SUCCEEDED
  std::optional<Millis> after;                // its start; absent: at once
  std::map<std::string, std::string> result;
};
BOOST_DESCRIBE_STRUCT(Ending, (), (status, after, result))

// How the runs of a pipeline or of a window end: the first, the second, and the last for all that follow.
struct Endings {
  std::vector<Ending> runs;
};
BOOST_DESCRIBE_STRUCT(Endings, (), (runs))

// --- what people do ------------------------------------------------------------------------------------------

struct StartAction {
  std::string pipeline;
  std::string window;  // empty: chosen as by `weir run`
  std::optional<pipeline::RunStatus> status;
  std::optional<Millis> after;
  bool adhoc = false;
  bool now = false;
  std::map<std::string, std::string> parameters;
};
BOOST_DESCRIBE_STRUCT(StartAction, (), (pipeline, window, status, after, adhoc, now, parameters))

struct EndAction {
  std::string pipeline;
  std::string window;  // empty: the run that works the longest
  std::optional<pipeline::RunStatus> status;
};
BOOST_DESCRIBE_STRUCT(EndAction, (), (pipeline, window, status))

struct MarkAction {
  std::string pipeline;
  std::string window;
  pipeline::RunStatus status = pipeline::RunStatus::SUCCEEDED;
};
BOOST_DESCRIBE_STRUCT(MarkAction, (), (pipeline, window, status))

struct GrantAction {
  std::string pipeline;
  std::string to;
};
BOOST_DESCRIBE_STRUCT(GrantAction, (), (pipeline, to))

struct BackfillAction {
  std::string pipeline;
  std::string from, to;
  std::string redo = "missing";
  int parallel = 1;
  bool downstream = false;
};
BOOST_DESCRIBE_STRUCT(BackfillAction, (), (pipeline, from, to, redo, parallel, downstream))

// A document comes for a pipeline with a webhook.
struct DocumentAction {
  std::string pipeline;
  std::string id;           // of its event; empty: an event of its own
  std::string time;         // the event's own; empty: now
  std::string body = "{}";  // JSON
};
BOOST_DESCRIBE_STRUCT(DocumentAction, (), (pipeline, id, time, body))

// A file appears, changes or goes, for all pipelines that watch for it.
struct FileAction {
  std::string path;
  std::string modified;  // empty: now
  bool gone = false;
};
BOOST_DESCRIBE_STRUCT(FileAction, (), (path, modified, gone))

// A pipeline of the test: a path to its pipeline.yaml (or its folder), or a block of keys of pipeline.yaml, in which
// the steps may be left out. In a file's lists a block stands as "#N", an index into TestFile::blocks.
using PipelineText = std::string;

// --- what is expected -----------------------------------------------------------------------------------------

// Of a pipeline, or of one window of it. What is absent is not compared.
struct Expectation {
  std::optional<int> runs;                           // that have started and count; marks do
  std::optional<int> active;                         // that work
  std::optional<int> waiting;                        // that wait for a limit or for the run before them
  std::optional<std::string> status;                 // of the newest run
  std::optional<std::vector<std::string>> statuses;  // of all, oldest first
  std::optional<std::vector<std::string>> windows;   // of all, oldest first
  std::optional<std::vector<std::string>> used;      // by the newest run: "b#2", "b 2026-01-02#2", "b 2026-01-02"
  std::optional<std::vector<std::string>> decisions;
  std::optional<std::vector<std::string>> waits_for;  // upstreams whose clauses are not met, each with words of the why
  std::optional<std::string> cause;                   // of the newest run
  std::optional<bool> out_of_date;                    // is the newest run?
  std::optional<std::vector<std::string>> why;        // words of what `weir explain` says
  std::optional<std::vector<std::string>> sees;       // words of the newest run's input
  std::optional<std::vector<std::string>> notified;   // words of each notification, in order
  std::optional<std::vector<std::string>> alerts;     // words of each alert, in order
  std::optional<std::string> next;                    // scheduled time
};
BOOST_DESCRIBE_STRUCT(Expectation, (),
                      (runs, active, waiting, status, statuses, windows, used, decisions, waits_for, cause, out_of_date,
                       why, sees, notified, alerts, next))

// --- the timeline ---------------------------------------------------------------------------------------------

// One entry: time passes, then something is given, then something is done, then something is expected; each if it is
// there. At most one of the words of people and the world.
struct Entry {
  std::string at;               // "2026-01-02 03:10", "2026-01-02", "03:10"
  std::optional<Millis> after;  // the entry before
  std::map<std::string, Endings> given;
  std::vector<StartAction> run;
  std::vector<EndAction> end;
  std::vector<KeyRef> stop;
  std::vector<KeyRef> retry;
  std::vector<MarkAction> mark;
  std::vector<KeyRef> skip;
  std::vector<KeyRef> accept;
  std::vector<KeyRef> approve;
  std::vector<KeyRef> pause;  // "ACCOUNT/*": all of an account
  std::vector<KeyRef> resume;
  std::vector<PipelineText> deploy;
  std::vector<KeyRef> remove;  // `delete`
  std::vector<GrantAction> grant;
  std::vector<GrantAction> withdraw;
  std::vector<KeyRef> rerun;                // a plan, accepted at once
  std::vector<EndAction> report;            // of an external pipeline's run
  std::map<std::string, std::string> pool;  // slots by pool: "warehouse", "ACCOUNT/warehouse"
  std::optional<BackfillAction> backfill;
  std::optional<Millis> outage;
  bool force = false;             // of delete
  bool allow_missing = false;     // of deploy
  std::string refused;            // words of the refusal: what is done must not succeed
  std::vector<std::string> says;  // words of the answer
  std::map<std::string, Expectation> expect;
  std::vector<DocumentAction> document;
  std::vector<FileAction> file;
};
BOOST_DESCRIBE_STRUCT(Entry, (),
                      (at, after, given, run, end, stop, retry, mark, skip, accept, approve, pause, resume, deploy,
                       remove, grant, withdraw, rerun, report, pool, backfill, outage, force, allow_missing, refused,
                       says, expect, document, file))

struct Test {
  std::string name;
  std::string at;                       // when it begins; empty: as the file says
  std::vector<PipelineText> pipelines;  // besides the file's
  std::optional<Sharing> sharing;
  std::map<std::string, Endings> given;
  std::vector<Entry> timeline;
  std::map<std::string, std::string> pools;  // as of Entry::pool
};
BOOST_DESCRIBE_STRUCT(Test, (), (name, at, pipelines, sharing, given, timeline, pools))

struct TestFile {
  std::string timezone = "UTC";
  std::string at = "2026-01-01 00:00";
  std::vector<PipelineText> pipelines;
  Sharing sharing = Sharing::open;
  std::map<std::string, Endings> given;
  std::vector<Test> tests;
  std::map<std::string, std::string> pools;
};
BOOST_DESCRIBE_STRUCT(TestFile, (), (timezone, at, pipelines, sharing, given, tests, pools))

// A file with what is needed to play it and to say where something stands.
struct ReadFile {
  std::string name;  // as people would type it
  TestFile file;
  std::vector<pipeline::YamlPtr> blocks;            // the inline pipelines, with `steps:` added
  std::map<std::string, pipeline::YamlMark> marks;  // "tests[0].timeline[2].expect.d 2026-01-02"

  // "listings.test.yaml:12:5"
  std::string place(const std::string& path) const;
};

}  // namespace weir::scenario
