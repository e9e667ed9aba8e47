// sim_weir --seeds N [--from S] [--step K] | --seed S     simulate; a violation prints the line that replays it
//                                                         (--step 3 stays with one of the three loads)
// sim_weir --planted [--seeds N]                  (only where bugs are planted) every planted bug must be caught
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "core/planted.hpp"
#include "tests/sim/simulation.hpp"

namespace {

using namespace weir;

// A third of the seeds for each load.
sim::Outcome simulate(std::uint64_t seed) {
  if (seed % 3 == 0) return sim::simulate(seed);
  return seed % 3 == 1 ? sim::simulate_pipelines(seed) : sim::simulate_workflow(seed);
}

int run(std::uint64_t from, std::uint64_t seeds, std::uint64_t step, bool table) {
  sim::Coverage coverage;
  std::uint64_t hash = 0;
  std::int64_t simulated_h = 0;
  for (auto seed = from; seed < from + seeds * step; seed += step) {
    const auto out = simulate(seed);
    for (const auto& [what, n] : out.coverage) coverage[what] += n;
    hash ^= out.trace_hash * (seed + 1);
    simulated_h += out.simulated / std::chrono::hours{1};
    if (!out.violations.empty()) {
      fmt::print("seed {} violates:\n", seed);
      for (const auto& v : out.violations) fmt::print("  {}\n", v);
      fmt::print("replay: ./dev sim --seed {}\n", seed);
      return 1;
    }
    if (out.commands < 200 || out.simulated < std::chrono::hours{1}) {
      fmt::print("seed {} did too little: {} commands, {} s\n", seed, out.commands, out.simulated.count() / 1000);
      return 1;
    }
  }
  if (!table) {
    fmt::print("seed {}: clean, trace hash {:016x}\n", from, hash);
    return 0;
  }
  const std::vector<std::string> wanted{"commit durable",
                                        "commit refused",
                                        "commit unknown, not written",
                                        "commit unknown, written",
                                        "crash",
                                        "crash in commit",
                                        "batch decided while one commits",
                                        "fetch",
                                        "fetch fails",
                                        "miss",
                                        "eviction",
                                        "wait",
                                        "wake",
                                        "delivery inline",
                                        "delivery owed",
                                        "delivery continued",
                                        "timer or continuation",
                                        "effect performed",
                                        "effect failed",
                                        "command refused",
                                        "commands",
                                        "execution SUCCEEDED",
                                        "execution FAILED",
                                        "execution ABORTED",
                                        "step completed",
                                        "step failed",
                                        "worker lost",
                                        "result of a task that was given up",
                                        "heartbeat",
                                        "deploy",
                                        "deploy, refused",
                                        "delete",
                                        "delete, refused",
                                        "grant given",
                                        "grant withdrawn",
                                        "run by hand",
                                        "run ad hoc",
                                        "mark",
                                        "mark, refused",
                                        "stop",
                                        "stop of a start that waits",
                                        "retry",
                                        "backfill",
                                        "explain",
                                        "status",
                                        "describe run",
                                        "graph",
                                        "list pipelines",
                                        "outage",
                                        "look again owed",
                                        "diamond drawn",
                                        "pool full",
                                        "run SUCCEEDED",
                                        "run FAILED",
                                        "run ABORTED",
                                        "run WITHDRAWN",
                                        "run superseded",
                                        "run caught up",
                                        "run that waited",
                                        "run for a day of a clock change",
                                        "step's worker lost",
                                        "evidence FIRED",
                                        "evidence FIRED_AGAIN",
                                        "evidence STARTED_BY_HAND",
                                        "evidence WITHDRAWN",
                                        "evidence MARKED",
                                        "evidence MISSED"};
  bool hole = false;
  for (const auto& what : wanted) {
    fmt::print("  {:<34}{:>12}\n", what, coverage[what]);
    if (coverage[what] == 0) hole = true;
  }
  fmt::print("{} seeds clean, {} simulated hours, trace hash {:016x}\n", seeds, simulated_h, hash);
  if (hole && seeds >= 200) {  // fewer seeds may well miss what is rare
    fmt::print("a zero above means that the simulation does not test it\n");
    return 1;
  }
  return 0;
}

#ifdef WEIR_PLANTED_BUGS
int planted(std::uint64_t seeds) {
  using core::Bug;
  using Load = std::function<sim::Outcome(std::uint64_t)>;
  struct Planted {
    Bug bug;
    std::string name;
    Load load;
  };
  const auto in_triggers = [](pipeline::PlantedBug bug) -> Load {
    return [bug](std::uint64_t seed) { return sim::simulate_pipelines(seed, bug); };
  };
  const Load counter = sim::simulate;
  using Trigger = pipeline::PlantedBug;
  const std::vector<Planted> bugs{{Bug::ack_before_commit, "ack before commit", counter},
                                  {Bug::early_read, "reply of a read sent early", counter},
                                  {Bug::unknown_as_failed, "unknown answered as failed", counter},
                                  {Bug::timer_lost, "timer lost at restart", counter},
                                  {Bug::delivery_twice, "delivery done twice", counter},
                                  {Bug::undo_forgotten, "refused batch not undone", counter},
                                  {Bug::result_unheard, "result nobody waits for taken", sim::simulate_workflow},
                                  {Bug::none, "key fires twice", in_triggers(Trigger::double_trigger)},
                                  {Bug::none, "old leg of a diamond accepted", in_triggers(Trigger::old_leg_accepted)},
                                  {Bug::none, "clause latches", in_triggers(Trigger::latched_clause)},
                                  {Bug::none, "key lost by a delivery", in_triggers(Trigger::lost_key)},
                                  {Bug::none, "key started again by a delivery", in_triggers(Trigger::started_again)},
                                  {Bug::none, "window of the clock before", in_triggers(Trigger::old_clock)}};
  int missed = 0;
  for (const auto& [bug, name, load] : bugs) {
    core::planted_bug() = bug;
    std::uint64_t seed = 0;
    std::string first;
    for (; seed < seeds && first.empty(); ++seed)
      if (const auto out = load(seed); !out.violations.empty()) first = out.violations.front();
    if (first.empty()) ++missed;
    fmt::print("  {:<32}{}\n", name,
               first.empty() ? "NOT CAUGHT" : fmt::format("caught by seed {}: {}", seed - 1, first));
  }
  return missed == 0 ? 0 : 1;
}
#endif

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 200, from = 0, step = 1;
  bool one = false, bugs = false;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (arg == "--seeds")
      seeds = number();
    else if (arg == "--from")
      from = number();
    else if (arg == "--step")
      step = number();
    else if (arg == "--seed")
      from = number(), one = true;
    else if (arg == "--planted")
      bugs = true;
    else
      return fmt::print(stderr, "unknown argument {}; see the head of tests/sim/main.cpp\n", arg), 2;
  }
#ifdef WEIR_PLANTED_BUGS
  if (bugs) return planted(seeds);
#endif
  if (bugs) return fmt::print(stderr, "this build has no planted bugs; run sim_planted\n"), 2;
  return one ? run(from, 1, 1, false) : run(from, seeds, step, true);
}
