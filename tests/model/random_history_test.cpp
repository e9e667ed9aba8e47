#include "tests/model/random_history.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/model/audit.hpp"

namespace weir::model {
namespace {

// WEIR_SEED plays one history and prints it; WEIR_HISTORIES plays so many.
void play(Options options, int histories) {
  const char* seed = std::getenv("WEIR_SEED");
  const char* many = std::getenv("WEIR_HISTORIES");
  const std::uint64_t first = seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1;
  const std::uint64_t count = seed != nullptr ? 1 : many != nullptr ? std::strtoull(many, nullptr, 10) : histories;
  int runs = 0;
  for (std::uint64_t s = first; s < first + count; ++s) {
    const Model model = random_history(s, options);
    const Counts counts = audit(model.facts(), names_in(model.history()));
    runs += counts.runs;
    if (seed != nullptr) std::puts(describe(model, s).c_str());
    std::string findings;
    for (const std::string& f : counts.findings) findings += f + "\n";
    ASSERT_TRUE(counts.clean() && model.at_rest()) << findings << describe(model, s);
  }
  std::printf("%d runs in %d histories\n", runs, static_cast<int>(count));
}

TEST(RandomHistory, of_succeeded_clauses_is_clean) {
  Options o;
  o.fallbacks = o.running_clauses = o.newest = false;
  play(o, 1000);
}

TEST(RandomHistory, of_everything_is_clean) { play({}, 2000); }

TEST(RandomHistory, of_wide_status_sets_is_clean) { play({.wide_statuses = true}, 1000); }

TEST(RandomHistory, is_the_same_for_the_same_seed) {
  for (std::uint64_t s = 1; s <= 20; ++s) EXPECT_EQ(describe(random_history(s), s), describe(random_history(s), s));
}

}  // namespace
}  // namespace weir::model
