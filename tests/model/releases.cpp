// Rule 13: what becomes true other than by an upstream's run, and scheduled times that were missed.
#include <algorithm>

#include "tests/model/reference.hpp"

namespace weir::model {
namespace {

std::size_t kept_of(const PipelineDecl& d, std::size_t count) {
  switch (d.catchup.value_or(d.grain == Grain::hour ? Catchup::last : Catchup::all)) {
    case Catchup::all:
      return std::min(count, kAllAtMost);
    case Catchup::last:
      return std::min<std::size_t>(count, 1);
    case Catchup::none:
      break;
  }
  return 0;
}

}  // namespace

// A deploy looks at the pipeline and at what leads back to it: what is planned may have changed. A new pipeline's
// dependants wait for its name; there is nothing behind them yet.
void Model::look_for_releases(const Event& event) {
  std::set<int> scope;
  const auto needs = [&](int p, const auto& wanted) {
    const auto& c = facts_.decl(p).condition;
    if (!c) return false;
    const auto is = [&](const Clause& clause) { return wanted(clause.upstream); };
    return std::ranges::any_of(c->all_of, is) || std::ranges::any_of(c->any_of, is);
  };
  bool first = false;
  if (event.kind == Event::grant_given) scope.insert(event.occurrence.pipeline);
  if (event.kind == Event::resume) {
    for (int p = 0; p < facts_.pipelines(); ++p)
      if ((event.occurrence.pipeline == kAll || event.occurrence.pipeline == p) && !facts_.paused(p)) scope.insert(p);
    for (int p : scope) {
      std::vector<Time> missed, in_time;
      for (const Time& time : held_back_[p]) (event.at - time.at > kMoment ? missed : in_time).push_back(time);
      held_back_.erase(p);
      catch_up(p, missed);
      for (const Time& time : in_time) scheduled({p, window_of(time)});
    }
  }
  if (event.kind == Event::deploy) {
    const int deployed = facts_.pipeline_named(event.decl->name);
    first = facts_.version(deployed) == 0;
    scope.insert(deployed);
    for (bool more = true; more;) {
      more = false;
      const std::set<int> known = scope;
      for (int p = 0; p < facts_.pipelines(); ++p)
        if (needs(p, [&](int up) { return known.contains(up); })) more |= scope.insert(p).second;
      if (first) break;
    }
  }
  for (const int p : scope) looked_at_[p] = {facts_.keys(p), first};
}

// Of all that wait for their turn the newest are kept. A first deploy begins with the current window, whatever catchup
// says.
void Model::release(int pipeline, const Look& look) {
  std::set<Window>& line = released_[pipeline];
  const std::size_t before = line.size();
  for (Window w : look.keys) {
    const Occurrence key{pipeline, w};
    if (!facts_.active(key) && !decided(key) && facts_.fires(key)) line.insert(w);
  }
  if (line.size() == before) return;
  const std::size_t kept = look.first_deploy ? kAllAtMost : kept_of(facts_.decl(pipeline), line.size());
  while (line.size() > kept) {
    const Occurrence key{pipeline, *line.begin()};
    line.erase(line.begin());
    facts_.close(key, facts_.judge(key).evidence);
  }
}

void Model::catch_up(int pipeline, const std::vector<Time>& missed) {
  std::vector<Window> windows;
  for (const Time& time : missed)
    if (const Window w = window_of(time); !(w < facts_.decl(pipeline).since)) windows.push_back(w);
  const std::size_t kept = kept_of(facts_.decl(pipeline), windows.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Occurrence key{pipeline, windows[i]};
    if (windows.size() - i <= kept)
      caught_up_[pipeline].insert(windows[i]);
    else if (facts_.decl(pipeline).trigger_operator != Operator::OR && facts_.last_firing(key) == nullptr)
      facts_.close(key, {});  // with OR its condition may still start it
  }
}

// Oldest first, as many at a time as maxParallel says, beside nothing else of the pipeline.
bool Model::serve_releases(int pipeline) {
  bool changed = false;
  auto& released = released_[pipeline];
  auto& times = caught_up_[pipeline];
  const auto busy = [&] {
    return facts_.active_of(pipeline) +
           std::ranges::count_if(facts_.waiting, [&](const Waiting& w) { return w.key.pipeline == pipeline; });
  };
  while ((!released.empty() || !times.empty()) && busy() < facts_.decl(pipeline).max_parallel) {
    const Window w =
        times.empty() || (!released.empty() && *released.begin() < *times.begin()) ? *released.begin() : *times.begin();
    const Occurrence key{pipeline, w};
    released.erase(w);
    if (times.erase(w) > 0) scheduled(key);
    if (!facts_.active(key) && !decided(key) && facts_.fires(key)) facts_.waiting.push_back({key, Cause::condition});
    changed = true;
  }
  return changed;
}

}  // namespace weir::model
