// The reference model of the trigger rules: plain code over the whole history, written from the text of the rules and
// not from the engine. Give it what happens; it answers which runs start.
//
// Served: grains hour to month, zones and clock changes, offsets; rules 1, 2, 3, 5, 7, 10, 11, 12, 13, 15; ad hoc runs.
// Not served: keys of parameters, atLeast, rules 6, 8, 9, 14, 16.
//
// By rule: clauses.cpp (1, 5, 10, 11), planned.cpp (5), conditions.cpp (2, 3, 7, 12), schedules.cpp (7), releases.cpp
// (13), people.cpp (15); facts.cpp is what has happened, reference.cpp one commit.
//
// Where the text is silent, or can be read in two ways, the model does this:
//
//  Clauses
//   1. Nothing of an occurrence whose start waits is seen: it meets no clause, not even one that lists RUNNING, until
//      the start happens or is withdrawn.
//   2. RUNNING in a clause is met by any run that has started, however it ended; a mark counts. A superseded run meets
//      nothing.
//   3. "A newer run that met the same clause" is a newer run with a status that the clause lists (as declared when the
//      older run started), be it the current one or not, and whether or not the downstream still has a grant.
//   4. Both halves of "out of date" go along followed clauses only. So a fallback never goes out of date.
//   5. A condition whose satisfied clauses lead, along followed clauses, to two runs of one occurrence does not hold.
//      That cannot happen where followed clauses list only SUCCEEDED; it can with [SUCCEEDED, FAILED].
//   6. `match: newest` takes the newest occurrence not after the (shifted) window, a finer upstream's up to the
//      window's end, that meets the clause. Its age is from its first moment to the window's, in the downstream's zone.
//   7. A newest clause opens no key and brings no second firing; a key that waits only for it fires when it is met. A
//      condition held by newest clauses alone does not hold, except AND a schedule.
//   8. A clause on a coarser upstream opens no key by itself: it needs a clause on a same or finer one, or a schedule.
//   9. A pipeline without a schedule plans the windows that its upstreams plan: all of allOf (SUCCEEDED, not newest),
//      one of anyOf. With AND it plans its scheduled windows, with OR both. Nothing is planned before `since`, nor by
//      a scheduled time before the first deploy. `last` where nothing is planned is not satisfied.
//  10. "Before since" of an offset clause is the downstream's own `since`; such a clause has no runs in the evidence.
//      With `for` an occurrence meets a clause when the status has stood so long, RUNNING from the start, others from
//      the end; out of date is what used an older run as soon as a newer one has the status.
//  11. A key may fire before its window begins (its upstream ran early, or lives in an earlier zone).
//
//  Firing
//  12. In one commit upstreams are judged before their downstreams, older windows first, until nothing changes.
//  13. Blocks: with OR between them, clauses of a block that does not hold are no evidence.
//  14. A key has fired when a run of it started while its condition held, whoever started it. A run that a person (or
//      OR's schedule) started while the condition did not hold fires nothing: the key fires when the condition becomes
//      true (with onLate: ignore the schedule's run is the firing); and if it had fired before, rule 3 goes on from the
//      evidence of that firing.
//  15. A mark closes the key: it counts as a firing, its evidence is what is satisfied at that moment, and from there
//      rule 3 goes on. A mark on a key that is active or waits is refused (changes nothing).
//  16. A key that has fired stays with the condition it fired with; limits, operators and onUpstreamRerun are those of
//      the newest deploy.
//  17. A start older than `since` happens only by a person.
//  18. A key fires again only if the newer run is in the new evidence, for the same clause: a correction that reaches
//      it only through a clause or a block that no longer holds starts nothing.
//
//  Waiting
//  19. Starts wait in one line a pipeline, by the time of the decision; one that waits for another run of its key lets
//      others pass. A start by the condition is judged when its turn comes, not before: until then it waits even if the
//      condition no longer holds. Persons' and scheduled starts are never withdrawn.
//  20. Ad hoc runs take no place in limits, wait for nobody, and are no runs of the occurrence.
//  21. supersede stops the active run and starts the new one in one step, on the same place in the limit; it does so
//      for rule 3 only, so a run that a person started with less than the condition is left to end.
//
//  Schedules
//  22. Without a condition every scheduled time starts a run, whatever persons have run before; but a window whose
//      schedule has started it is not started by it again (after a gap of the clock, after a changed schedule). With
//      OR it starts nothing when the key has fired, was started by its schedule, or has such a start waiting.
//  23. Times up to and including the deploy start nothing.
//
//  Releases
//  24. What is true after a deploy, a grant given back or a resumption is released. Of a deploy: the keys that the
//      deployed pipeline, and what leads back to it, had before the event; what starts because a released run has
//      started is no release. Of all that wait in a pipeline's line the newest are kept, as catchup says; the others
//      are closed as if they had fired on what they had. One that no longer holds at its turn is dropped, and fires as
//      any other when it holds.
//  25. A scheduled time was missed when it came more than a minute before the server was there again, or the pipeline
//      resumed. Of those of one outage or pause the newest are kept, as catchup says. With OR a window whose time was
//      left out may still be started by its condition; else it is closed. A changed schedule forgets what a pause of
//      the old one held back.
//  26. Missed times and released keys stand in one line by window, a time before a key of the same window. Its next
//      starts while fewer runs of the pipeline work or wait than maxParallel says.
//  27. With OR the scheduled time of a key that waits to be released starts it.
//
//  People
//  28. A skip opens the dependants' keys; among several windows a skipped one is left out, and when no other is asked
//      for the clause is satisfied. A person's run ends it, one that waits too, and so does a mark.
//  29. Accepting covers what the current run misses, and what the last firing misses. What is accepted of a run holds
//      for what it used, seen from it and from everybody who uses it.
//  30. An approved start is judged again at its turn like any start by the condition, and goes while the pipeline is
//      paused. What asks is not stored: a key asks when its correction would fire it, nothing of it works or waits.
//  31. run --now makes a run complete whatever it had: rule 3 goes on from the part that it used.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model/facts.hpp"

namespace weir::model {

// A scheduled time that is acted upon later than this was missed; a busy server is not an outage.
inline constexpr Millis kMoment = std::chrono::minutes{1};
// Rule 13: `all` is at most so many.
inline constexpr std::size_t kAllAtMost = 31;

class Model {
 public:
  // One commit. The runs that it started, in order; a mark is among them, as it is a run. What it names must exist;
  // what refuses() says changes nothing.
  std::vector<Run> apply(const Event& event);
  // Is this one refused as things stand (at its time), or without any meaning?
  bool refuses(const Event& event) const;

  const Facts& facts() const { return facts_; }
  const std::vector<Run>& runs() const { return facts_.runs(); }
  const History& history() const { return history_; }
  const std::set<std::size_t>& refused() const { return refused_; }  // of the history: what changed nothing
  std::vector<RunId> active() const;                                 // ad hoc runs too
  const std::vector<Waiting>& waiting() const { return facts_.waiting; }
  const std::vector<Occurrence>& withdrawn() const { return withdrawn_; }  // by the last event
  bool at_rest() const { return active().empty() && waiting().empty(); }   // then nothing is released either
  std::vector<Occurrence> asking() const;                                  // keys that wait for an approval

 private:
  // reference.cpp
  void end(const RunId& id, Status status);
  void settle();
  bool settle(int pipeline);
  bool decided(const Occurrence& key) const;
  bool supersede(const Occurrence& key);
  bool serve_line(int pipeline);
  void start(const Waiting& what);
  std::vector<int> upstreams_first() const;
  // schedules.cpp
  struct Time {
    Instant at{};
    int pipeline = 0;
    auto operator<=>(const Time&) const = default;
  };
  std::vector<Time> times_until(Instant until) const;
  Window window_of(const Time& time) const;
  void tick(Instant until);
  void outage(Instant until);
  void scheduled(const Occurrence& key);
  void forget_times_of_old_schedule(const PipelineDecl& changed);
  // releases.cpp
  struct Look {
    std::set<Window> keys{};
    bool first_deploy = false;
  };
  void release(int pipeline, const Look& look);
  void look_for_releases(const Event& event);
  void catch_up(int pipeline, const std::vector<Time>& missed);
  bool serve_releases(int pipeline);
  // people.cpp
  std::vector<RunId> acceptable(const Occurrence& key) const;
  void decide(const Event& event);

  Facts facts_{};
  History history_{};
  std::set<std::size_t> refused_{};
  std::vector<RunId> started_{};
  std::vector<Occurrence> withdrawn_{};
  std::map<int, Look> looked_at_{};               // by the event being applied: keys that are released if they fire
  std::map<int, std::set<Window>> released_{};    // that wait for their turn
  std::map<int, std::set<Window>> caught_up_{};   // whose scheduled time was missed: in the same line
  std::map<int, std::vector<Time>> held_back_{};  // scheduled times that came while the pipeline was paused
};

}  // namespace weir::model
