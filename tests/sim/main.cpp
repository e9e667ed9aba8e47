// sim_weir --seeds N [--from S] | --seed S        simulate; a violation prints the line that replays it
// sim_weir --planted [--seeds N]                  (only where bugs are planted) every planted bug must be caught
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "core/planted.hpp"
#include "tests/sim/simulation.hpp"

namespace {

using namespace weir;

// Every third seed is a load of the workflow engine.
sim::Outcome simulate(std::uint64_t seed) { return seed % 3 == 2 ? sim::simulate_workflow(seed) : sim::simulate(seed); }

int run(std::uint64_t from, std::uint64_t seeds, bool table) {
  sim::Coverage coverage;
  std::uint64_t hash = 0;
  std::int64_t simulated_h = 0;
  for (auto seed = from; seed < from + seeds; ++seed) {
    const auto out = simulate(seed);
    for (const auto& [what, n] : out.coverage) coverage[what] += n;
    hash ^= out.trace_hash * (seed + 1);
    simulated_h += out.simulated / std::chrono::hours{1};
    if (out.commands < 200 || out.simulated < std::chrono::hours{1}) {
      fmt::print("seed {} did too little: {} commands, {} s\n", seed, out.commands, out.simulated.count() / 1000);
      return 1;
    }
    if (!out.violations.empty()) {
      fmt::print("seed {} violates:\n", seed);
      for (const auto& v : out.violations) fmt::print("  {}\n", v);
      fmt::print("replay: ./dev sim --seed {}\n", seed);
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
                                        "heartbeat"};
  bool hole = false;
  for (const auto& what : wanted) {
    fmt::print("  {:<34}{:>12}\n", what, coverage[what]);
    if (coverage[what] == 0) hole = true;
  }
  fmt::print("{} seeds clean, {} simulated hours, trace hash {:016x}\n", seeds, simulated_h, hash);
  if (hole && seeds >= 50) {
    fmt::print("a zero above means that the simulation does not test it\n");
    return 1;
  }
  return 0;
}

#ifdef WEIR_PLANTED_BUGS
int planted(std::uint64_t seeds) {
  using core::Bug;
  struct Planted {
    Bug bug;
    std::string name;
    sim::Outcome (*load)(std::uint64_t seed);
  };
  const std::vector<Planted> bugs{{Bug::ack_before_commit, "ack before commit", sim::simulate},
                                  {Bug::early_read, "reply of a read sent early", sim::simulate},
                                  {Bug::unknown_as_failed, "unknown answered as failed", sim::simulate},
                                  {Bug::timer_lost, "timer lost at restart", sim::simulate},
                                  {Bug::delivery_twice, "delivery done twice", sim::simulate},
                                  {Bug::undo_forgotten, "refused batch not undone", sim::simulate},
                                  {Bug::result_unheard, "result nobody waits for taken", sim::simulate_workflow}};
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
  std::uint64_t seeds = 200, from = 0;
  bool one = false, bugs = false;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (arg == "--seeds")
      seeds = number();
    else if (arg == "--from")
      from = number();
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
  return one ? run(from, 1, false) : run(from, seeds, true);
}
