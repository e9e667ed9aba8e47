#include "tests/model/reference.hpp"

#include <algorithm>
#include <cassert>

namespace weir::model {

std::vector<Run> Model::apply(const Event& event) {
  history_.push_back(event);
  started_.clear();
  withdrawn_.clear();
  if (event.kind == Event::outage)
    outage(event.at);
  else
    tick(event.at);
  if (refuses(event)) {
    refused_.insert(history_.size() - 1);
    return {};
  }
  if (event.kind == Event::deploy) forget_times_of_old_schedule(*event.decl);
  facts_.note(event);
  if (event.kind == Event::run_ended) end(event.run, event.status);
  if (event.kind == Event::stop) end(event.run, Status::ABORTED);
  decide(event);
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

void Model::end(const RunId& id, Status status) {
  if (Run* run = facts_.find(id); run != nullptr && run->active()) {
    run->status = status;
    run->ended = facts_.now();
  }
}

void Model::start(const Waiting& what) {
  const Occurrence& key = what.key;
  if (what.cause != Cause::adhoc) released_[key.pipeline].erase(key.window);
  Run run{.id = {key, 0}, .cause = what.cause, .version = facts_.version(key.pipeline)};
  if (what.cause != Cause::adhoc) {
    Facts::Judgement found = facts_.judge(key);
    run.evidence = std::move(found.evidence);
    run.complete = found.holds || what.cause == Cause::mark || what.now;
  }
  if (what.cause == Cause::condition || what.cause == Cause::schedule) {
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

// Is a start of this key decided that is no person's?
bool Model::decided(const Occurrence& key) const {
  return std::ranges::any_of(facts_.waiting,
                             [&](const Waiting& w) { return w.key == key && w.cause != Cause::person; });
}

std::vector<Occurrence> Model::asking() const {
  std::vector<Occurrence> out;
  for (int p = 0; p < facts_.pipelines(); ++p)
    for (Window w : facts_.keys(p))
      if (const Occurrence key{p, w}; !facts_.active(key) && !facts_.waits(key) && facts_.asks(key)) out.push_back(key);
  return out;
}

bool Model::settle(int pipeline) {
  bool changed = false;
  if (!facts_.paused(pipeline)) {
    if (const auto look = looked_at_.find(pipeline); look != looked_at_.end()) release(pipeline, look->second);
    for (Window w : facts_.keys(pipeline)) {
      const Occurrence key{pipeline, w};
      if (facts_.active(key)) {
        changed |= supersede(key);
      } else if (!decided(key) && !released_[pipeline].contains(w) && facts_.fires(key)) {
        facts_.waiting.push_back({key, Cause::condition});
      }
    }
    changed |= serve_releases(pipeline);
  }
  looked_at_.erase(pipeline);
  return serve_line(pipeline) || changed;
}

bool Model::supersede(const Occurrence& key) {
  if (facts_.decl(key.pipeline).on_rerun != OnRerun::supersede) return false;
  if (!facts_.current(key)->complete || !facts_.fires(key)) return false;
  Run* old = facts_.find(facts_.current(key)->id);
  old->status = Status::ABORTED;
  old->ended = facts_.now();
  old->superseded = true;
  start({key, Cause::condition});
  return true;
}

bool Model::serve_line(int pipeline) {
  bool changed = false;
  const int limit = facts_.decl(pipeline).max_runs;
  for (std::size_t i = 0; i < facts_.waiting.size();) {
    const Waiting next = facts_.waiting[i];
    const bool full = limit > 0 && facts_.active_of(pipeline) >= limit;
    const bool held = facts_.paused(pipeline) && next.cause != Cause::person && !next.approved;
    if (next.key.pipeline != pipeline || full || held || facts_.active(next.key)) {
      ++i;
      continue;
    }
    facts_.waiting.erase(facts_.waiting.begin() + static_cast<std::ptrdiff_t>(i));
    changed = true;
    if (next.cause != Cause::condition || facts_.fires(next.key, next.approved)) {
      start(next);
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
