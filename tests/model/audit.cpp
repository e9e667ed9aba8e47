#include "tests/model/audit.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace weir::model {
namespace {

// Is the last firing of this key on the runs that it would use now, as far as they are followed?
bool evidence_current(const Evidence& now, const Evidence& then, int pipeline, std::map<Occurrence, int> accepted) {
  std::map<std::pair<bool, int>, std::map<Occurrence, int>> used;
  for (const Met& met : then)
    for (const RunId& id : met.runs) used[{met.in_any_of, met.index}][id.occurrence] = id.n;
  for (const Met& met : now) {
    if (!followed(met.clause, pipeline)) continue;
    const auto& before = used[{met.in_any_of, met.index}];
    for (const RunId& id : met.runs)
      if (const auto it = before.find(id.occurrence); it != before.end() && it->second != id.n)
        if (id.n > accepted[id.occurrence]) return false;
  }
  return true;
}

bool missing(const Facts& facts, const Occurrence& key) {
  const PipelineDecl& d = facts.decl(key.pipeline);
  const Facts::Judgement now = facts.judge(key);
  if (!d.condition || key.window < d.since || !now.holds || facts.skipped(key) || facts.paused(key.pipeline))
    return false;
  if (d.trigger_operator == Operator::AND && !facts.scheduled(key)) return false;
  const Run* last = facts.last_firing(key);
  if (last == nullptr) return true;
  const bool follows = d.on_rerun == OnRerun::run || d.on_rerun == OnRerun::supersede;
  return follows && !evidence_current(now.evidence, last->evidence, key.pipeline, last->accepted);
}

// The scheduled times that have come: on a copy of the clock, as a tick tells only where it ends.
void note_times(Facts& facts, Instant until) {
  for (int p = 0; p < facts.pipelines(); ++p) {
    const PipelineDecl& d = facts.decl(p);
    if (!d.schedule) continue;
    for (auto t = d.schedule->next_after(facts.now(), d.zone); t && *t <= until;
         t = d.schedule->next_after(*t, d.zone)) {
      const Window w = window_at(d.grain, *t, d.zone);
      facts.note_scheduled({p, d.covers_previous ? shifted(w, -1) : w});
    }
  }
}

}  // namespace

Counts audit(const Facts& facts, const std::vector<std::string>& names, const std::set<Occurrence>& left_out) {
  Counts out;
  const std::vector<Run>& runs = facts.runs();
  std::map<Occurrence, std::vector<const Run*>> by_key;
  for (const Run& r : runs) {
    if (!r.counts()) continue;
    ++out.runs;
    if (!facts.consistent(r.evidence, r.id.occurrence.pipeline) &&
        (r.cause == Cause::condition || r.cause == Cause::schedule)) {
      ++out.mixed;
      out.findings.push_back("mixed: " + to_text(r, names));
    }
    std::vector<const Run*>& older = by_key[r.id.occurrence];
    const bool same =
        std::ranges::any_of(older, [&](const Run* o) { return o->complete && o->evidence == r.evidence; });
    if (same && r.cause == Cause::condition) {
      ++out.doubled;
      out.findings.push_back("doubled: " + to_text(r, names));
    }
    older.push_back(&r);
  }

  if (std::ranges::any_of(runs, &Run::active)) return out;
  for (int p = 0; p < facts.pipelines(); ++p) {
    for (Window w : facts.keys(p)) {
      const Occurrence key{p, w};
      if (left_out.contains(key) || !missing(facts, key)) continue;
      ++out.missing_at_rest;
      out.unfollowed += facts.last_firing(key) != nullptr;
      out.findings.push_back("missing: " + to_text(RunId{key, static_cast<int>(by_key[key].size()) + 1}, names));
    }
  }
  return out;
}

Counts audit(const History& history, const std::vector<Run>& runs) {
  Facts facts;
  for (const Event& e : history) {
    if (e.kind == Event::tick) note_times(facts, e.at);
    facts.note(e);
  }
  for (const Run& r : runs) facts.start(r);
  return audit(facts, names_in(history));
}

}  // namespace weir::model
