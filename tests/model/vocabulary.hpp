// The words of the reference model: pipelines as declared, what happens to them (events), and the runs that follow.
//
// A pipeline is a number: its place in the order of first deploys, from 0. A run is named by its occurrence and its
// place among the runs of that occurrence, so that two systems that start the same runs name them alike.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "calendar/cron.hpp"
#include "calendar/window.hpp"
#include "calendar/zone.hpp"

namespace weir::model {

enum class Status { RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED };

// A set of statuses.
struct Statuses {
  unsigned bits = 0;
  constexpr Statuses(std::initializer_list<Status> list) {
    for (Status s : list) bits |= 1U << static_cast<unsigned>(s);
  }
  constexpr bool has(Status s) const { return (bits >> static_cast<unsigned>(s) & 1U) != 0; }
  bool operator==(const Statuses&) const = default;
};

enum class Each { all, any, last };

struct Clause {
  int upstream = 0;
  Statuses statuses = {Status::SUCCEEDED};
  int offset = 0;              // windows of the downstream; -1 is the one before
  std::optional<Each> each{};  // default: all when SUCCEEDED is listed, else any
  bool newest = false;         // match: newest
  std::optional<Millis> max_age{};
  std::optional<bool> follow{};
  Millis standing{0};  // for: the status must have stood so long
  bool operator==(const Clause&) const = default;
};

struct Condition {
  std::vector<Clause> all_of{};
  std::vector<Clause> any_of{};
  bool blocks_or = false;  // executions.operator between the two blocks
  bool operator==(const Condition&) const = default;
};

enum class Operator { AND, OR };  // between schedule and condition
enum class OnRerun { run, ignore, supersede, ask };
enum class OnLate { run, ignore };  // with OR: condition true after the schedule has started the key

enum class Catchup { all, last, none };

struct PipelineDecl {
  std::string name{};
  Grain grain = Grain::day;  // hour, day, week or month
  Zone zone{};
  std::optional<Schedule> schedule{};
  bool covers_previous = false;  // covers: previous
  std::optional<Condition> condition{};
  std::optional<Operator> trigger_operator{};  // demanded when schedule and condition are both there
  OnRerun on_rerun = OnRerun::run;
  OnLate on_late = OnLate::run;
  Window since{};                    // of the pipeline's grain
  int max_runs = 0;                  // 0: no limit
  std::optional<Catchup> catchup{};  // default: all for day and coarser, last for hours
  int max_parallel = 1;              // of what is released
};

// Instead of a pipeline: all of the account.
inline constexpr int kAll = -1;

// A pipeline and a window.
struct Occurrence {
  int pipeline = 0;
  Window window{};
  auto operator<=>(const Occurrence&) const = default;
};

// The n-th run of an occurrence, from 1, in the order of starts; marks count, ad hoc runs do not: they are -1, -2, ...
struct RunId {
  Occurrence occurrence{};
  int n = 0;
  auto operator<=>(const RunId&) const = default;
};

enum class Cause { schedule, condition, person, mark, adhoc };

// One clause that was satisfied when a run started, and by what. A clause that was satisfied only because its window
// lies before `since` has no runs.
struct Met {
  bool in_any_of = false;
  int index = 0;              // in its block
  Clause clause{};            // as declared when the run started
  std::vector<RunId> runs{};  // by window
  bool operator==(const Met&) const = default;
};
using Evidence = std::vector<Met>;  // allOf first, then anyOf, each by index

struct Run {
  RunId id{};
  int firing = 0;  // the how-manieth run of its key that schedule or condition has started; 0: a person's
  Cause cause = Cause::condition;
  Evidence evidence{};
  bool complete =
      false;        // the whole condition held when it started, or a mark closed the key, or there is no condition
  int version = 0;  // of its pipeline's declaration, from 0
  Status status = Status::RUNNING;
  Instant started{}, ended{};
  bool superseded = false;               // its ABORTED satisfies nobody
  std::map<Occurrence, int> accepted{};  // runs up to this number are not needed by what used an older one
  bool active() const { return status == Status::RUNNING; }
  bool counts() const { return cause != Cause::adhoc; }
};

// What happens. Which fields are used is said at each kind.
struct Event {
  enum Kind {
    deploy,           // decl; a name that is known is deployed again, with the same grain
    tick,             // time passes to `at`; scheduled times up to it start what they start, in order
    run_ended,        // run, status
    rerun,            // occurrence: a person starts a run of it
    adhoc,            // occurrence: a person starts a run that counts for nobody
    mark,             // occurrence, status: SUCCEEDED or FAILED
    stop,             // run: a person stops it; ABORTED
    grant_withdrawn,  // upstream, occurrence.pipeline is the downstream
    grant_given,      // the same
    outage,           // the server is down until `at`
    crash,            // it forgets all but its store, after the next `commits` commits; to the model nothing
    told_again,       // run, status: the end of a run that ended before
    skip,             // occurrence: not needed
    accept,           // occurrence: its run, out of date, is good enough
    approve,          // occurrence: a correction that asks may run
    run_now,          // occurrence: a person starts a run with what there is, as its firing
    pause,            // occurrence.pipeline
    resume,           // the same
  };
  Kind kind = tick;
  Instant at{};
  Occurrence occurrence{};
  RunId run{};
  Status status = Status::SUCCEEDED;
  int upstream = 0;
  std::optional<PipelineDecl> decl{};
  int commits = 0;
};
using History = std::vector<Event>;

// "B/2026-03-02#1", "after (allOf[0] A/2026-03-02#2) ...": for people who compare two systems.
std::string to_text(Status status);
std::string to_text(const RunId& id, const std::vector<std::string>& names);
std::string to_text(const Run& run, const std::vector<std::string>& names);
std::string to_text(const Event& event, const std::vector<std::string>& names);
std::string to_text(const PipelineDecl& decl, const std::vector<std::string>& names);
// The names in the order of first deploys.
std::vector<std::string> names_in(const History& history);

}  // namespace weir::model
