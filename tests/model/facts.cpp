#include "tests/model/facts.hpp"

#include <algorithm>
#include <limits>

namespace weir::model {

bool followed(const Clause& clause, int downstream) {
  return clause.follow.value_or(clause.statuses.has(Status::SUCCEEDED) && !clause.newest &&
                                clause.upstream != downstream);
}

namespace {

constexpr Window kFirst{Grain::hour, std::numeric_limits<std::int64_t>::min()};  // of all, in their order

}  // namespace

void Facts::note(const Event& event) {
  now_ = std::max(now_, event.at);
  const std::pair grant{event.upstream, event.occurrence.pipeline};
  if (event.kind == Event::grant_withdrawn) withdrawn_.insert(grant);
  if (event.kind == Event::grant_given) withdrawn_.erase(grant);
  if (event.kind == Event::skip) skipped_.insert(event.occurrence);
  if (event.kind == Event::pause) paused_.insert(event.occurrence.pipeline);
  if (event.kind == Event::resume) paused_.erase(event.occurrence.pipeline);
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
  if (run.started == Instant{}) run.started = now_;
  if (run.counts()) by_key_[key].push_back(runs_.size());
  if (run.counts()) skipped_.erase(key);
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

// The windows of which something has run or is skipped, oldest first.
std::vector<Window> Facts::happened(int pipeline) const {
  std::set<Window> out;
  for (auto it = by_key_.lower_bound({pipeline, kFirst}); it != by_key_.end() && it->first.pipeline == pipeline; ++it)
    out.insert(it->first.window);
  for (const Occurrence& o : skipped_)
    if (o.pipeline == pipeline) out.insert(o.window);
  return {out.begin(), out.end()};
}

void Facts::close(const Occurrence& key, Evidence evidence) {
  Run firing{.id = {key, static_cast<int>(runs_of(key).size())}, .evidence = std::move(evidence)};
  firing.complete = true;
  firing.version = version(key.pipeline);
  closed_[key] = std::move(firing);
}

}  // namespace weir::model
