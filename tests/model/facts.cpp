#include "tests/model/facts.hpp"

#include <algorithm>
#include <limits>

namespace weir::model {

bool followed(const Clause& clause, int downstream) {
  return clause.follow.value_or(clause.statuses.has(Status::SUCCEEDED) && !clause.newest &&
                                clause.upstream != downstream);
}

namespace {

// RUNNING means "has started", so any run has it.
bool listed(const Clause& clause, const Run& run) {
  return !run.superseded && (clause.statuses.has(Status::RUNNING) || clause.statuses.has(run.status));
}

constexpr Window kFirst{Grain::hour, std::numeric_limits<std::int64_t>::min()};  // of all, in their order

Each each_of(const Clause& clause) {
  return clause.each.value_or(clause.statuses.has(Status::SUCCEEDED) ? Each::all : Each::any);
}

}  // namespace

void Facts::note(const Event& event) {
  now_ = std::max(now_, event.at);
  const std::pair grant{event.upstream, event.occurrence.pipeline};
  if (event.kind == Event::grant_withdrawn) withdrawn_.insert(grant);
  if (event.kind == Event::grant_given) withdrawn_.erase(grant);
  if (event.kind != Event::deploy) return;
  planned_.clear();
  const int known = pipeline_named(event.decl->name);
  if (known >= 0) {
    versions_[known].push_back(*event.decl);
  } else {
    versions_.push_back({*event.decl});
    deployed_.push_back(event.at);
  }
}

Run& Facts::start(Run run) {
  const Occurrence& key = run.id.occurrence;
  if (run.id.n == 0 && run.counts()) run.id.n = static_cast<int>(by_key_[key].size()) + 1;
  if (run.id.n == 0) {
    for (const Run& r : runs_) run.id.n -= r.id.occurrence == key && !r.counts();
    --run.id.n;
  }
  if (run.counts()) by_key_[key].push_back(runs_.size());
  return runs_.emplace_back(std::move(run));
}

const Run* Facts::find(const RunId& id) const {
  const auto found = std::ranges::find(runs_, id, &Run::id);
  return found == runs_.end() ? nullptr : &*found;
}
Run* Facts::find(const RunId& id) { return const_cast<Run*>(std::as_const(*this).find(id)); }

std::vector<const Run*> Facts::runs_of(const Occurrence& key) const {
  std::vector<const Run*> out;
  if (const auto found = by_key_.find(key); found != by_key_.end())
    for (std::size_t i : found->second) out.push_back(&runs_[i]);
  return out;
}

const Run* Facts::current(const Occurrence& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() || found->second.empty() ? nullptr : &runs_[found->second.back()];
}

bool Facts::active(const Occurrence& key) const {
  return std::ranges::any_of(runs_of(key), [](const Run* r) { return r->active(); });
}
bool Facts::waits(const Occurrence& key) const {
  return std::ranges::any_of(waiting, [&](const Waiting& w) { return w.key == key; });
}
int Facts::active_of(int pipeline) const {
  return static_cast<int>(std::ranges::count_if(
      runs_, [&](const Run& r) { return r.id.occurrence.pipeline == pipeline && r.active() && r.counts(); }));
}
int Facts::pipeline_named(const std::string& name) const {
  for (int p = 0; p < pipelines(); ++p)
    if (decl(p).name == name) return p;
  return -1;
}

// The windows in which something of this pipeline has run, oldest first.
std::vector<Window> Facts::happened(int pipeline) const {
  std::vector<Window> out;
  for (auto it = by_key_.lower_bound({pipeline, kFirst}); it != by_key_.end() && it->first.pipeline == pipeline; ++it)
    out.push_back(it->first.window);
  return out;
}

// ---- Rule 1: a run is out of date; an occurrence meets a clause.

bool Facts::out_of_date(const Run& run) const {
  for (const Met& met : run.evidence) {
    if (!followed(met.clause, run.id.occurrence.pipeline)) continue;
    for (const RunId& used : met.runs) {
      for (const Run* other : runs_of(used.occurrence))
        if (other->id.n > used.n && listed(met.clause, *other)) return true;
      if (const Run* source = find(used); source != nullptr && out_of_date(*source)) return true;
    }
  }
  return false;
}

const Run* Facts::meets(const Occurrence& occurrence, const Clause& clause) const {
  const Run* run = current(occurrence);
  const bool met = run != nullptr && !waits(occurrence) && listed(clause, *run) && !out_of_date(*run);
  return met ? run : nullptr;
}

// ---- Rules 1, 5, 10, 11: a clause is satisfied.

Facts::Verdict Facts::verdict(const Occurrence& key, const Clause& clause) const {
  const PipelineDecl& down = decl(key.pipeline);
  const Window wanted = shifted(key.window, clause.offset);
  if (withdrawn_.contains({clause.upstream, key.pipeline})) return {};
  if (clause.offset != 0 && wanted < down.since) return {true, {}};
  if (clause.upstream >= pipelines()) return {};
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
    const Run* run = run_in(container(up.grain, up.zone, wanted));
    return run != nullptr ? Verdict{true, {run->id}} : Verdict{};
  }

  const WindowRange range = members(up.grain, wanted, down.zone);
  std::set<Window> judged;
  for (Window w = range.first; w <= range.last; w = shifted(w, 1))
    if (plans(clause.upstream, w)) judged.insert(w);
  const Each each = each_of(clause);
  if (each == Each::last) {
    const Run* run = judged.empty() ? nullptr : run_in(*judged.rbegin());
    return run != nullptr ? Verdict{true, {run->id}} : Verdict{};
  }
  for (Window w : happened(clause.upstream))
    if (range.contains(w)) judged.insert(w);
  std::vector<RunId> met;
  for (Window w : judged)
    if (const Run* run = run_in(w)) met.push_back(run->id);
  const bool enough = each == Each::any || met.size() == judged.size();
  return enough && !met.empty() ? Verdict{true, met} : Verdict{};
}

// ---- Rule 5: what a window is planned to hold.

bool Facts::schedule_plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  const Window holding = d.covers_previous ? shifted(window, 1) : window;
  const Instant before = std::max(first_moment(holding, d.zone) - Millis{1}, deployed_[pipeline]);
  const std::optional<Instant> next = d.schedule->next_after(before, d.zone);
  return next && *next < end_moment(holding, d.zone);
}

bool Facts::condition_plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  const auto clause_plans = [&](const Clause& c) {
    if (c.newest || c.upstream == pipeline) return true;
    if (!c.statuses.has(Status::SUCCEEDED) || c.upstream >= pipelines()) return false;
    const Window wanted = shifted(window, c.offset);
    if (c.offset != 0 && wanted < d.since) return true;
    const PipelineDecl& up = decl(c.upstream);
    if (!coarser(wanted.grain, up.grain)) return plans(c.upstream, container(up.grain, up.zone, wanted));
    const WindowRange range = members(up.grain, wanted, d.zone);
    for (Window w = range.first; w <= range.last; w = shifted(w, 1))
      if (plans(c.upstream, w)) return true;
    return false;
  };
  const Condition& c = *d.condition;
  const bool all = std::ranges::all_of(c.all_of, clause_plans);
  const bool any = std::ranges::any_of(c.any_of, clause_plans);
  if (c.all_of.empty() || c.any_of.empty()) return c.any_of.empty() ? all : any;
  return c.blocks_or ? all || any : all && any;
}

bool Facts::plans(int pipeline, Window window) const {
  const PipelineDecl& d = decl(pipeline);
  if (window < d.since) return false;
  const auto [it, added] = planned_.try_emplace(Occurrence{pipeline, window}, false);
  if (!added) return it->second;
  const bool by_schedule = d.schedule && schedule_plans(pipeline, window);
  const bool by_condition =
      d.condition && (!d.schedule || d.trigger_operator == Operator::OR) && condition_plans(pipeline, window);
  return planned_[{pipeline, window}] = by_schedule || by_condition;
}

// ---- Rules 2, 3, 7, 12: a condition holds; a key fires.

const Run* Facts::last_firing(const Occurrence& key) const {
  const bool late_ignored = decl(key.pipeline).on_late == OnLate::ignore;
  const Run* last = nullptr;
  for (const Run* r : runs_of(key))
    if (r->complete || (late_ignored && r->cause == Cause::schedule)) last = r;
  return last;
}

// A key that has fired stays with the condition that it fired with.
const PipelineDecl& Facts::decl_of_key(const Occurrence& key) const {
  for (const Run* r : runs_of(key))
    if (r->complete) return versions_[key.pipeline][r->version];
  return decl(key.pipeline);
}

// Does the evidence lead to at most one run of each occurrence?
bool Facts::agree(const Evidence& evidence) const {
  std::map<Occurrence, int> used;
  const auto walk = [&](const auto& self, const Evidence& of, int downstream) -> bool {
    for (const Met& met : of) {
      if (!followed(met.clause, downstream)) continue;
      for (const RunId& id : met.runs) {
        const auto [it, added] = used.try_emplace(id.occurrence, id.n);
        if (it->second != id.n) return false;
        const Run* run = added ? find(id) : nullptr;
        if (run != nullptr && !self(self, run->evidence, id.occurrence.pipeline)) return false;
      }
    }
    return true;
  };
  // No pipeline is its own upstream here: a clause on itself was sorted out by the caller's own number.
  return walk(walk, evidence, -1);
}

Facts::Judgement Facts::judge(const Occurrence& key) const {
  const PipelineDecl& d = decl_of_key(key);
  if (!d.condition) return {true, {}};
  const auto block = [&](const std::vector<Clause>& clauses, bool in_any_of) {
    Evidence met;
    for (std::size_t i = 0; i < clauses.size(); ++i)
      if (Verdict v = verdict(key, clauses[i]); v.satisfied)
        met.push_back({in_any_of, static_cast<int>(i), clauses[i], std::move(v.runs)});
    return met;
  };
  const auto together = [](Evidence a, const Evidence& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const Condition& c = *d.condition;
  const Evidence all = block(c.all_of, false);
  const Evidence any = block(c.any_of, true);
  const bool all_hold = !c.all_of.empty() && all.size() == c.all_of.size();
  const bool any_hold = !any.empty();
  Judgement out;
  if (c.blocks_or || c.all_of.empty() || c.any_of.empty()) {
    out = {all_hold || any_hold, together(all_hold ? all : Evidence{}, any)};
  } else {
    out = {all_hold && any_hold, together(all, any)};
  }
  const bool by_itself = d.trigger_operator == Operator::AND ||
                         std::ranges::any_of(out.evidence, [](const Met& m) { return !m.clause.newest; });
  Evidence followed_part;
  std::ranges::copy_if(out.evidence, std::back_inserter(followed_part),
                       [&](const Met& m) { return followed(m.clause, key.pipeline); });
  out.holds = out.holds && by_itself && agree(followed_part);
  if (!out.holds) out.evidence = together(all, any);
  return out;
}

bool Facts::fires(const Occurrence& key) const {
  const PipelineDecl& d = decl(key.pipeline);
  if (!decl_of_key(key).condition || key.window < d.since) return false;
  if (d.trigger_operator == Operator::AND && !scheduled(key)) return false;
  const Judgement found = judge(key);
  if (!found.holds) return false;
  const Run* last = last_firing(key);
  if (last == nullptr) return true;
  if (d.on_rerun == OnRerun::ignore || d.on_rerun == OnRerun::ask) return false;
  for (const Met& met : found.evidence) {
    if (!followed(met.clause, key.pipeline)) continue;
    for (const Met& before : last->evidence)
      for (const RunId& used : before.runs)
        for (const RunId& id : met.runs)
          if (before.clause == met.clause && id.occurrence == used.occurrence && id.n > used.n && !find(id)->active())
            return true;
  }
  return false;
}

std::set<Window> Facts::keys(int pipeline) const {
  const PipelineDecl& d = decl(pipeline);
  std::set<Window> out;
  for (Window w : happened(pipeline)) out.insert(w);
  for (const Occurrence& o : scheduled_)
    if (o.pipeline == pipeline) out.insert(o.window);
  const auto add = [&](const std::vector<Clause>& clauses) {
    for (const Clause& c : clauses) {
      if (c.offset != 0) out.insert(d.since);
      if (c.newest || c.upstream >= pipelines() || coarser(decl(c.upstream).grain, d.grain)) continue;
      for (Window w : happened(c.upstream)) out.insert(shifted(container(d.grain, d.zone, w), -c.offset));
    }
  };
  if (d.condition) add(d.condition->all_of);
  if (d.condition) add(d.condition->any_of);
  return out;
}

}  // namespace weir::model
