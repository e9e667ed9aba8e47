// The reference model of the trigger rules: plain code over the whole history, written from the text of the rules and
// not from the engine. Give it what happens; it answers which runs start.
//
// Served: grains hour to month, zones, offsets; rules 1, 2, 3, 5, 7, 10, 11, 12; of rule 13 what deploys and grants
// release, with catchup: all; of rule 15 the marks; ad hoc runs.
// Not served: keys of parameters, `for:`, atLeast, `ask` beyond "starts nothing", rules 6, 8, 9, 13, 14, 16.
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
//  24. Rule 13: what is true after a deploy or a grant given back, because of it, is released: oldest first, one at a
//      time while no other run of the pipeline works or waits. Released are the keys that the deployed pipeline, what
//      leads back to it, or the downstream of the grant had before the event; what starts because a released run has
//      started is no release. One that no longer holds at its turn is dropped, and fires as any other when it holds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model/facts.hpp"

namespace weir::model {

class Model {
 public:
  // One commit. The runs that it started, in order; a mark is among them, as it is a run. What it names must exist:
  // a run that is not active, or a mark that is refused, changes nothing.
  std::vector<Run> apply(const Event& event);

  const Facts& facts() const { return facts_; }
  const std::vector<Run>& runs() const { return facts_.runs(); }
  const History& history() const { return history_; }
  std::vector<RunId> active() const;  // ad hoc runs too
  const std::vector<Waiting>& waiting() const { return facts_.waiting; }
  const std::vector<Occurrence>& withdrawn() const { return withdrawn_; }  // by the last event
  bool at_rest() const { return active().empty() && waiting().empty(); }   // then nothing is released either

 private:
  void tick(Instant until);
  void end(const RunId& id, Status status);
  void mark(const Event& event);
  void settle();
  bool settle(int pipeline);
  void look_for_releases(const Event& event);
  bool serve_releases(int pipeline);
  bool supersede(const Occurrence& key);
  bool serve_line(int pipeline);
  void start(const Occurrence& key, Cause cause);
  std::vector<int> upstreams_first() const;

  Facts facts_{};
  History history_{};
  std::vector<RunId> started_{};
  std::vector<Occurrence> withdrawn_{};
  std::map<int, std::set<Window>> looked_at_{};  // by the event being applied: keys that are released if they fire
  std::map<int, std::set<Window>> released_{};   // that wait for their turn
};

}  // namespace weir::model
