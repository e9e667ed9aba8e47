// Random pipelines, and random things that happen to them.
//
// Which runs exist depends on the system under test, so a history is made while it is played: the driver looks at the
// model and says what happens next. Played again with the same seed and options it says the same.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/model/reference.hpp"

namespace weir::model {

struct Options {
  int max_pipelines = 7;  // 2 to this many
  int events = 60;        // before the driver brings everything to rest
  int days = 4;           // how far the clock goes
  // What may appear.
  bool other_grains = true;   // hours under days, days under months, days over hours
  bool derived_plans = true;  // `each: all` on a finer pipeline that has a condition and no schedule
  bool zones = true;
  bool offsets = true;  // offset: -1 on others and on itself
  bool any_of = true;
  bool fallbacks = true;        // a clause on FAILED and TIMED_OUT
  bool running_clauses = true;  // a clause on RUNNING alone
  bool newest = true;
  bool schedules = true;  // AND and OR beside a condition
  bool limits = true;
  bool on_rerun = true;        // ignore and supersede; else always run
  bool wide_statuses = false;  // [SUCCEEDED, FAILED] and [RUNNING, SUCCEEDED], which need choice 5
  bool reruns = true;
  bool marks = true;
  bool adhoc = true;
  bool grants = true;
  bool redeploys = true;
  bool outages = true;
  bool crashes = true;
  bool pauses = true;
  bool people = true;  // skip, accept, approve, run --now
  bool clock_changes = true;
  bool standing = true;  // for
};

class Driver {
 public:
  explicit Driver(std::uint64_t seed, Options options = {});

  // What happens next, seen the model after all events before: first deploys, then `events` events, then what is paused
  // is resumed and every active run ends well until the model is at rest; then nothing. What it says may be refused.
  std::optional<Event> next(const Model& model);

 private:
  bool chance(int percent) { return roll(100) < percent; }
  int roll(int n);  // 0..n-1
  // random_pipelines.cpp
  PipelineDecl source(int number);
  PipelineDecl dependant(int number);
  Clause clause_on(int upstream, const PipelineDecl& down);
  void add_variety(PipelineDecl& decl);
  void add_policy(PipelineDecl& decl);
  void add_releases(PipelineDecl& decl);
  PipelineDecl redeployed(int number);
  // random_history.cpp
  std::optional<Event> person(const Model& model);
  std::optional<Event> environment(const Model& model);
  std::optional<Event> random_event(const Model& model);
  Event deploy_next();
  Event end_one(const std::vector<RunId>& active, bool well);
  std::optional<Occurrence> some_key(const Model& model);

  std::mt19937_64 random_;
  Options options_;
  std::vector<PipelineDecl> decls_;
  std::size_t deployed_ = 0;
  std::size_t late_;  // from this one on pipelines are deployed among the other events
  int left_;
  Instant start_;
  Instant now_;
  Instant end_;
};

// Plays a history on a model of its own.
Model random_history(std::uint64_t seed, const Options& options = {});

// The events and the runs, a line each, and how to play it again.
std::string describe(const Model& model, std::uint64_t seed);

}  // namespace weir::model
