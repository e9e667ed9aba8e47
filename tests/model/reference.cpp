#include "tests/model/reference.hpp"

#include <algorithm>
#include <cassert>

namespace weir::model {

std::vector<Run> Model::apply(const Event& event) {
  history_.push_back(event);
  started_.clear();
  withdrawn_.clear();
  if (event.kind == Event::tick) tick(event.at);
  facts_.note(event);
  switch (event.kind) {
    case Event::run_ended:
      end(event.run, event.status);
      break;
    case Event::stop:
      end(event.run, Status::ABORTED);
      break;
    case Event::rerun:
      facts_.waiting.push_back({event.occurrence, Cause::person});
      break;
    case Event::adhoc:
      start(event.occurrence, Cause::adhoc);
      break;
    case Event::mark:
      mark(event);
      break;
    default:
      break;
  }
  look_for_releases(event);
  settle();
  std::vector<Run> out;
  for (const RunId& id : started_) out.push_back(*facts_.find(id));
  return out;
}

std::vector<RunId> Model::active() const {
  std::vector<RunId> out;
  for (const Run& r : runs())
    if (r.active()) out.push_back(r.id);
  return out;
}

// Each scheduled time is a commit of its own.
void Model::tick(Instant until) {
  std::vector<std::pair<Instant, int>> due;
  for (int p = 0; p < facts_.pipelines(); ++p) {
    const PipelineDecl& d = facts_.decl(p);
    if (!d.schedule) continue;
    for (auto t = d.schedule->next_after(facts_.now(), d.zone); t && *t <= until;
         t = d.schedule->next_after(*t, d.zone))
      due.emplace_back(*t, p);
  }
  std::ranges::sort(due);
  for (const auto& [at, p] : due) {
    const PipelineDecl& d = facts_.decl(p);
    const Window holding = window_at(d.grain, at, d.zone);
    const Occurrence key{p, d.covers_previous ? shifted(holding, -1) : holding};
    if (key.window < d.since) continue;
    facts_.note({.kind = Event::tick, .at = at});
    facts_.note_scheduled(key);
    const auto started_by_schedule = [&](const Run* r) { return r->cause == Cause::schedule; };
    const auto starts_it = [&](const Waiting& w) { return w.key == key && w.cause != Cause::person; };
    const bool by_schedule = std::ranges::any_of(facts_.runs_of(key), started_by_schedule) ||
                             std::ranges::any_of(facts_.waiting, [&](const Waiting& w) {
                               return w.key == key && w.cause == Cause::schedule;
                             });
    const bool fired = by_schedule || facts_.last_firing(key) != nullptr ||
                       std::ranges::any_of(facts_.waiting, starts_it) || released_[p].contains(key.window);
    if (d.condition ? d.trigger_operator == Operator::OR && !fired : !by_schedule)
      facts_.waiting.push_back({key, Cause::schedule});
    settle();
  }
}

void Model::end(const RunId& id, Status status) {
  if (Run* run = facts_.find(id); run != nullptr && run->active()) run->status = status;
}

void Model::mark(const Event& event) {
  const Occurrence& key = event.occurrence;
  if (facts_.active(key) || facts_.waits(key)) return;
  start(key, Cause::mark);
  facts_.find(started_.back())->status = event.status;
}

void Model::start(const Occurrence& key, Cause cause) {
  if (cause != Cause::adhoc) released_[key.pipeline].erase(key.window);
  Run run{.id = {key, 0}, .cause = cause, .version = facts_.version(key.pipeline)};
  if (cause != Cause::adhoc) {
    Facts::Judgement found = facts_.judge(key);
    run.evidence = std::move(found.evidence);
    run.complete = found.holds || cause == Cause::mark;
  }
  if (cause == Cause::condition || cause == Cause::schedule) {
    run.firing = 1;
    for (const Run* r : facts_.runs_of(key)) run.firing += r->firing > 0;
  }
  started_.push_back(facts_.start(std::move(run)).id);
}

// Starts what must start, until nothing more does.
void Model::settle() {
  for (bool changed = true; changed;) {
    changed = false;
    for (int p : upstreams_first()) changed |= settle(p);
    assert(started_.size() < 10'000 && "a chain without end: every clause looks at the window before");
  }
}

// A new pipeline's dependants wait for its name; there is nothing behind them yet.
void Model::look_for_releases(const Event& event) {
  std::set<int> scope;
  const auto needs = [&](int p, const auto& wanted) {
    const auto& c = facts_.decl(p).condition;
    if (!c) return false;
    const auto is = [&](const Clause& clause) { return wanted(clause.upstream); };
    return std::ranges::any_of(c->all_of, is) || std::ranges::any_of(c->any_of, is);
  };
  if (event.kind == Event::grant_given) scope.insert(event.occurrence.pipeline);
  if (event.kind == Event::deploy) {
    const int deployed = facts_.pipeline_named(event.decl->name);
    scope.insert(deployed);
    for (bool more = true; more;) {
      more = false;
      const std::set<int> known = scope;
      for (int p = 0; p < facts_.pipelines(); ++p)
        if (needs(p, [&](int up) { return known.contains(up); })) more |= scope.insert(p).second;
      if (facts_.version(deployed) == 0) break;
    }
  }
  for (const int p : scope) looked_at_[p] = facts_.keys(p);
}

bool Model::serve_releases(int pipeline) {
  bool changed = false;
  auto& line = released_[pipeline];
  const auto busy = [&] {
    return facts_.active_of(pipeline) > 0 ||
           std::ranges::any_of(facts_.waiting, [&](const Waiting& w) { return w.key.pipeline == pipeline; });
  };
  while (!line.empty() && !busy()) {
    const Occurrence key{pipeline, *line.begin()};
    line.erase(line.begin());
    changed = true;
    if (facts_.fires(key)) facts_.waiting.push_back({key, Cause::condition});
  }
  return changed;
}

bool Model::settle(int pipeline) {
  bool changed = false;
  if (const auto found = looked_at_.find(pipeline); found != looked_at_.end()) {
    const std::set<Window> looked_at = found->second;
    looked_at_.erase(found);
    for (Window w : looked_at) {
      const Occurrence key{pipeline, w};
      const bool decided = std::ranges::any_of(
          facts_.waiting, [&](const Waiting& x) { return x.key == key && x.cause != Cause::person; });
      if (!facts_.active(key) && !decided && facts_.fires(key)) changed |= released_[pipeline].insert(w).second;
    }
  }
  for (Window w : facts_.keys(pipeline)) {
    const Occurrence key{pipeline, w};
    const bool decided =
        std::ranges::any_of(facts_.waiting, [&](const Waiting& x) { return x.key == key && x.cause != Cause::person; });
    if (facts_.active(key)) {
      changed |= supersede(key);
    } else if (!decided && !released_[pipeline].contains(w) && facts_.fires(key)) {
      facts_.waiting.push_back({key, Cause::condition});
    }
  }
  changed |= serve_releases(pipeline);
  return serve_line(pipeline) || changed;
}

bool Model::supersede(const Occurrence& key) {
  if (facts_.decl(key.pipeline).on_rerun != OnRerun::supersede) return false;
  if (!facts_.current(key)->complete || !facts_.fires(key)) return false;
  Run* old = facts_.find(facts_.current(key)->id);
  old->status = Status::ABORTED;
  old->superseded = true;
  start(key, Cause::condition);
  return true;
}

bool Model::serve_line(int pipeline) {
  bool changed = false;
  const int limit = facts_.decl(pipeline).max_runs;
  for (std::size_t i = 0; i < facts_.waiting.size();) {
    const Waiting next = facts_.waiting[i];
    const bool full = limit > 0 && facts_.active_of(pipeline) >= limit;
    if (next.key.pipeline != pipeline || full || facts_.active(next.key)) {
      ++i;
      continue;
    }
    facts_.waiting.erase(facts_.waiting.begin() + static_cast<std::ptrdiff_t>(i));
    changed = true;
    if (next.cause != Cause::condition || facts_.fires(next.key)) {
      start(next.key, next.cause);
    } else {
      withdrawn_.push_back(next.key);
    }
  }
  return changed;
}

// By clauses on the same window; ties by number.
std::vector<int> Model::upstreams_first() const {
  std::vector<int> out;
  std::vector<bool> seen(static_cast<std::size_t>(facts_.pipelines()));
  const auto visit = [&](const auto& self, int p) -> void {
    if (p >= facts_.pipelines() || seen[p]) return;
    seen[p] = true;
    if (const auto& c = facts_.decl(p).condition) {
      for (const auto& block : {c->all_of, c->any_of})
        for (const Clause& clause : block)
          if (clause.offset == 0) self(self, clause.upstream);
    }
    out.push_back(p);
  };
  for (int p = 0; p < facts_.pipelines(); ++p) visit(visit, p);
  return out;
}

}  // namespace weir::model
