#include "tests/model/random_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace weir::model {

int Driver::roll(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }

Event Driver::end_one(const std::vector<RunId>& active, bool well) {
  Event e{.kind = Event::run_ended,
          .at = now_,
          .run = active[static_cast<std::size_t>(roll(static_cast<int>(active.size())))]};
  const int kind = well ? 99 : roll(100);
  e.status = kind < 14   ? Status::FAILED
             : kind < 17 ? Status::TIMED_OUT
             : kind < 19 ? Status::ABORTED
                         : Status::SUCCEEDED;
  return e;
}

// An occurrence that has been, or the current window.
std::optional<Occurrence> Driver::some_key(const Model& model) {
  const std::vector<Run>& runs = model.runs();
  Occurrence key;
  if (!runs.empty() && chance(80)) {
    key = runs[static_cast<std::size_t>(roll(static_cast<int>(runs.size())))].id.occurrence;
  } else {
    const int p = roll(model.facts().pipelines());
    const PipelineDecl& d = model.facts().decl(p);
    key = {p, std::max(d.since, window_at(d.grain, now_, d.zone))};
  }
  return model.facts().waits(key) ? std::nullopt : std::optional(key);
}

// Rule 15.
std::optional<Event> Driver::person(const Model& model) {
  const int kind = roll(100);
  if (kind < 30 && options_.pauses) {
    const int p = chance(15) ? kAll : roll(model.facts().pipelines());
    const bool paused = model.facts().paused_itself(p);
    return Event{.kind = paused ? Event::resume : Event::pause, .at = now_, .occurrence = {p, {}}};
  }
  if (!options_.people) return std::nullopt;
  if (const auto asking = model.asking(); kind < 45 && !asking.empty())
    return Event{.kind = Event::approve,
                 .at = now_,
                 .occurrence = asking[static_cast<std::size_t>(roll(static_cast<int>(asking.size())))]};
  const auto key = some_key(model);
  if (!key) return std::nullopt;
  const auto decision = kind < 60 ? Event::skip : kind < 85 ? Event::accept : Event::run_now;
  return Event{.kind = decision, .at = now_, .occurrence = *key};
}

// What happens to the server, and what is told twice.
std::optional<Event> Driver::environment(const Model& model) {
  const int kind = roll(100);
  if (kind < 65) {
    if (!options_.crashes) return std::nullopt;
    return Event{.kind = Event::crash, .at = now_, .commits = roll(4)};
  }
  if (kind < 80) {
    if (!options_.outages || now_ >= end_) return std::nullopt;
    now_ += std::chrono::hours{1 + roll(60)} + std::chrono::minutes{7};  // never at a scheduled time
    return Event{.kind = Event::outage, .at = now_};
  }
  if (model.runs().empty()) return std::nullopt;
  const Run& run = model.runs()[static_cast<std::size_t>(roll(static_cast<int>(model.runs().size())))];
  return Event{
      .kind = Event::told_again, .at = now_, .run = run.id, .status = chance(50) ? Status::SUCCEEDED : Status::FAILED};
}

std::optional<Event> Driver::random_event(const Model& model) {
  const std::vector<RunId> active = model.active();
  if (chance(12)) return person(model);
  if (chance(14)) return environment(model);
  const int kind = roll(100);
  const auto another_pipeline = [&] { return roll(model.facts().pipelines()); };
  if (kind < 58) {
    if (active.empty()) return std::nullopt;
    return end_one(active, false);
  }
  if (kind < 76) {
    if (now_ >= end_) return std::nullopt;
    now_ += std::chrono::hours{1 + roll(12)};
    return Event{.kind = Event::tick, .at = now_};
  }
  if (kind < 86 && options_.reruns) {
    const auto key = some_key(model);
    if (!key) return std::nullopt;
    return Event{.kind = Event::rerun, .at = now_, .occurrence = *key};
  }
  if (kind < 90 && options_.marks) {
    const auto key = some_key(model);
    if (!key || model.facts().active(*key)) return std::nullopt;
    return Event{
        .kind = Event::mark, .at = now_, .occurrence = *key, .status = chance(70) ? Status::SUCCEEDED : Status::FAILED};
  }
  if (kind < 92 && options_.adhoc) {
    const auto key = some_key(model);
    if (!key) return std::nullopt;
    return Event{.kind = Event::adhoc, .at = now_, .occurrence = *key};
  }
  if (kind < 94 && !active.empty())
    return Event{.kind = Event::stop,
                 .at = now_,
                 .run = active[static_cast<std::size_t>(roll(static_cast<int>(active.size())))]};
  if (kind < 98 && options_.grants) {
    const int down = another_pipeline();
    const auto& c = model.facts().decl(down).condition;
    if (!c) return std::nullopt;
    const auto& clauses = c->all_of.empty() ? c->any_of : c->all_of;
    return Event{.kind = chance(35) ? Event::grant_withdrawn : Event::grant_given,
                 .at = now_,
                 .occurrence = {down, {}},
                 .upstream = clauses[static_cast<std::size_t>(roll(static_cast<int>(clauses.size())))].upstream};
  }
  if (kind == 99 && options_.redeploys)
    return Event{.kind = Event::deploy, .at = now_, .decl = redeployed(another_pipeline())};
  return std::nullopt;
}

Event Driver::deploy_next() {
  PipelineDecl& d = decls_[deployed_++];
  d.since = window_at(d.grain, now_, d.zone);
  return {.kind = Event::deploy, .at = now_, .decl = d};
}

std::optional<Event> Driver::next(const Model& model) {
  if (deployed_ < late_) return deploy_next();
  while (left_ > 0) {
    --left_;
    if (deployed_ < decls_.size() && chance(8)) return deploy_next();
    if (auto event = random_event(model)) return event;
  }
  for (const int p : {kAll, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    if (model.facts().paused_itself(p)) return Event{.kind = Event::resume, .at = now_, .occurrence = {p, {}}};
  const std::vector<RunId> active = model.active();
  if (active.empty()) return std::nullopt;
  return end_one(active, true);
}

Model random_history(std::uint64_t seed, const Options& options) {
  Driver driver(seed, options);
  Model model;
  while (const auto event = driver.next(model)) model.apply(*event);
  return model;
}

std::string describe(const Model& model, std::uint64_t seed) {
  const std::vector<std::string> names = names_in(model.history());
  std::string out = fmt::format("seed {}\n", seed);
  for (const Event& e : model.history()) out += "  " + to_text(e, names) + "\n";
  out += "runs\n";
  for (const Run& r : model.runs()) out += "  " + to_text(r, names) + "\n";
  return out + fmt::format("replay: WEIR_SEED={} test_model --gtest_filter=RandomHistory.*\n", seed);
}

}  // namespace weir::model
