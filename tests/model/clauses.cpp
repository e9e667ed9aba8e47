// Rules 1, 5, 10, 11, 15: what is out of date, and when a clause is satisfied.
#include <algorithm>

#include "tests/model/facts.hpp"

namespace weir::model {
namespace {

// RUNNING means "has started", so any run has it.
bool listed(const Clause& clause, const Run& run) {
  return !run.superseded && (clause.statuses.has(Status::RUNNING) || clause.statuses.has(run.status));
}

// Since when the run has what the clause lists.
Instant since(const Clause& clause, const Run& run) {
  return clause.statuses.has(Status::RUNNING) ? run.started : run.ended;
}

Each each_of(const Clause& clause) {
  return clause.each.value_or(clause.statuses.has(Status::SUCCEEDED) ? Each::all : Each::any);
}

}  // namespace

// ---- Rule 1: a run is out of date; an occurrence meets a clause.

bool Facts::out_of_date(const Run& run) const { return stale(run, {}); }

// What a person accepted of a run holds for everything that it used, and for everybody who uses it.
bool Facts::stale(const Run& run, Accepted accepted) const {
  for (const auto& [o, n] : run.accepted) accepted[o] = std::max(accepted[o], n);
  for (const Met& met : run.evidence) {
    if (!followed(met.clause, run.id.occurrence.pipeline)) continue;
    for (const RunId& used : met.runs) {
      const auto good = accepted.find(used.occurrence);
      const int known = good == accepted.end() ? used.n : std::max(used.n, good->second);
      for (const Run* other : runs_of(used.occurrence))
        if (other->id.n > known && listed(met.clause, *other)) return true;
      if (const Run* source = find(used); source != nullptr && stale(*source, accepted)) return true;
    }
  }
  return false;
}

void Facts::collect_missed(const Run& run, Accepted accepted, Accepted& missed) const {
  for (const auto& [o, n] : run.accepted) accepted[o] = std::max(accepted[o], n);
  for (const Met& met : run.evidence) {
    if (!followed(met.clause, run.id.occurrence.pipeline)) continue;
    for (const RunId& used : met.runs) {
      for (const Run* other : runs_of(used.occurrence))
        if (other->id.n > std::max(used.n, accepted[used.occurrence]) && listed(met.clause, *other))
          missed[used.occurrence] = std::max(missed[used.occurrence], other->id.n);
      if (const Run* source = find(used)) collect_missed(*source, accepted, missed);
    }
  }
}

std::map<Occurrence, int> Facts::missed_by(const Run& run) const {
  Accepted out;
  collect_missed(run, {}, out);
  return out;
}

// Two runs of one occurrence are as one where a person accepted the newer for those who used the older.
bool Facts::consistent(const Evidence& evidence, int downstream) const {
  std::map<Occurrence, std::set<std::pair<int, int>>> used;  // the run, and up to which others are accepted for it
  const auto walk = [&](const auto& self, const Evidence& of, int reader, Accepted accepted) -> bool {
    for (const Met& met : of) {
      if (!followed(met.clause, reader)) continue;
      for (const RunId& id : met.runs) {
        const std::pair mine{id.n, std::max(id.n, accepted[id.occurrence])};
        auto& others = used[id.occurrence];
        for (const auto& [n, up_to] : others)
          if (mine.second < n || up_to < mine.first) return false;
        const Run* run = others.insert(mine).second ? find(id) : nullptr;
        if (run == nullptr) continue;
        Accepted theirs = accepted;
        for (const auto& [o, n] : run->accepted) theirs[o] = std::max(theirs[o], n);
        if (!self(self, run->evidence, id.occurrence.pipeline, std::move(theirs))) return false;
      }
    }
    return true;
  };
  return walk(walk, evidence, downstream, {});
}

const Run* Facts::meets(const Occurrence& occurrence, const Clause& clause) const {
  const Run* run = current(occurrence);
  const bool met = run != nullptr && !waits(occurrence) && listed(clause, *run) && !out_of_date(*run) &&
                   now_ - since(clause, *run) >= clause.standing;
  return met ? run : nullptr;
}

std::optional<Instant> Facts::next_standing() const {
  std::optional<Instant> out;
  const auto look = [&](const Clause& clause) {
    if (clause.standing == Millis{0}) return;
    for (const Run& run : runs_) {
      if (run.id.occurrence.pipeline != clause.upstream || !run.counts() || !listed(clause, run)) continue;
      const Instant at = since(clause, run) + clause.standing;
      if (at > now_ && (!out || at < *out)) out = at;
    }
  };
  for (const auto& versions : versions_)
    for (const PipelineDecl& d : versions)
      if (d.condition)
        for (const auto* block : {&d.condition->all_of, &d.condition->any_of}) std::ranges::for_each(*block, look);
  return out;
}

// ---- Rules 1, 5, 10, 11: a clause is satisfied.

Facts::Verdict Facts::verdict(const Occurrence& key, const Clause& clause) const {
  const PipelineDecl& down = decl(key.pipeline);
  const Window wanted = shifted(key.window, clause.offset);
  if (withdrawn_.contains({clause.upstream, key.pipeline})) return {};
  if (clause.offset != 0 && wanted < down.since) return {true, {}};
  if (clause.upstream >= pipelines()) return {};
  const auto left_out = [&](Window w) {  // a person's run ends a skip, one that waits too
    const Occurrence o{clause.upstream, w};
    return skipped(o) && !waits(o);
  };
  const PipelineDecl& up = decl(clause.upstream);
  const bool finer = coarser(wanted.grain, up.grain);
  const auto run_in = [&](Window w) { return meets({clause.upstream, w}, clause); };

  if (clause.newest) {
    const Window last = finer ? members(up.grain, wanted, down.zone).last : container(up.grain, up.zone, wanted);
    const std::vector<Window> windows = happened(clause.upstream);
    for (auto w = windows.rbegin(); w != windows.rend(); ++w) {
      if (*w > last) continue;
      const Millis age = first_moment(wanted, down.zone) - first_moment(*w, down.zone);
      if (clause.max_age && age > *clause.max_age) break;
      if (const Run* run = run_in(*w)) return {true, {run->id}};
    }
    return {};
  }

  if (!finer) {
    const Window w = container(up.grain, up.zone, wanted);
    if (left_out(w)) return {true, {}};
    const Run* run = run_in(w);
    return run != nullptr ? Verdict{true, {run->id}} : Verdict{};
  }

  const WindowRange range = members(up.grain, wanted, down.zone);
  // Rule 15: of several windows those that are skipped are left out; when no others are asked for, nothing is missing.
  std::set<Window> judged;
  bool some_left_out = false;
  const auto judge = [&](Window w) {
    if (left_out(w))
      some_left_out = true;
    else
      judged.insert(w);
  };
  const Each each = each_of(clause);
  for (Window w = range.first; w <= range.last; w = shifted(w, 1))
    if (plans(clause.upstream, w)) judge(w);
  if (each != Each::last)
    for (Window w : happened(clause.upstream))
      if (range.contains(w)) judge(w);
  if (judged.empty()) return {some_left_out, {}};
  std::vector<RunId> met;
  if (each == Each::last) judged = {*judged.rbegin()};
  for (Window w : judged)
    if (const Run* run = run_in(w)) met.push_back(run->id);
  const bool enough = each == Each::any || met.size() == judged.size();
  return enough && !met.empty() ? Verdict{true, met} : Verdict{};
}

}  // namespace weir::model
