// The engine beside the reference model: the same random histories, the same runs with the same evidence after each
// event. WEIR_HISTORIES plays so many, from WEIR_FIRST_SEED on; WEIR_SEED plays one and prints it.
#include "tests/model/agreement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/model/random_history.hpp"
#include "tests/model/shrink.hpp"

namespace weir::model {
namespace {

using pipeline::PlantedBug;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

Played play_seed(std::uint64_t seed, const Options& options, pipeline::TriggerOptions engine = {}) {
  Driver driver(seed, options);
  return play([&](const Model& model) { return driver.next(model); }, engine);
}

// The same failure, as small as it gets.
Played shrunk(const Played& failing, pipeline::TriggerOptions engine = {}) {
  const bool differs = !failing.difference.empty();
  const History small = shrink(failing.model.history(), [&](const History& history) {
    const Played played = play(history, engine);
    return differs ? !played.difference.empty() : played.difference.empty() && !played.counts.clean();
  });
  return play(small, engine);
}

struct Sum {
  std::int64_t histories = 0, events = 0, runs = 0, restarts = 0, mixed = 0, doubled = 0, missing = 0, unfollowed = 0;
  Features features = all_features();

  void add(const Played& played) {
    ++histories;
    events += static_cast<std::int64_t>(played.model.history().size());
    runs += played.counts.runs;
    restarts += played.restarts;
    mixed += played.counts.mixed;
    doubled += played.counts.doubled;
    missing += played.counts.missing_at_rest;
    unfollowed += played.counts.unfollowed;
    for (const auto& [name, n] : played.features) features[name] += n;
  }
  void print() const {
    std::printf(
        "%lld histories, %lld events, %lld runs, %lld restarts: 0 differences, %lld mixed, %lld doubled, "
        "%lld missing at rest, %lld fixes unfollowed\n",
        static_cast<long long>(histories), static_cast<long long>(events), static_cast<long long>(runs),
        static_cast<long long>(restarts), static_cast<long long>(mixed), static_cast<long long>(doubled),
        static_cast<long long>(missing), static_cast<long long>(unfollowed));
    for (const auto& [name, n] : features) std::printf("  %-28s %lld\n", name.c_str(), static_cast<long long>(n));
  }
};

constexpr std::int64_t kEnoughForEverything = 2000;

void agree(const Options& options, std::uint64_t histories) {
  const auto seed = number_of("WEIR_SEED", 0);
  const auto first = seed != 0 ? seed : number_of("WEIR_FIRST_SEED", 1);
  const auto count = seed != 0 ? 1 : number_of("WEIR_HISTORIES", histories);
  Sum sum;
  for (auto s = first; s < first + count; ++s) {
    const Played played = play_seed(s, options);
    ASSERT_TRUE(played.good()) << "seed " << s << ", shrunk\n" << report(shrunk(played), s);
    if (seed != 0) std::puts(report(played, s).c_str());
    sum.add(played);
    if (sum.histories % 1000 == 0 && count > histories)
      std::fprintf(stderr, "%lld of %llu histories, seed %llu, %lld runs\n", static_cast<long long>(sum.histories),
                   static_cast<unsigned long long>(count), static_cast<unsigned long long>(s),
                   static_cast<long long>(sum.runs));
  }
  sum.print();
  if (sum.histories < kEnoughForEverything || options.wide_statuses) return;
  for (const auto& [name, n] : sum.features) EXPECT_GT(n, 0) << name << " has not occurred";
}

TEST(Agreement, on_histories_of_everything) { agree({}, 600); }
TEST(Agreement, on_wide_status_sets) { agree({.wide_statuses = true}, 200); }

// What happens beside deploys and the passing of time, which stand in every history.
std::ptrdiff_t happenings(const Played& played) {
  return std::ranges::count_if(played.model.history(),
                               [](const Event& e) { return e.kind != Event::deploy && e.kind != Event::tick; });
}

// A test that cannot fail proves nothing: the bug is found, and the smallest history of the first three that show it is
// small, still fails, and is right without the bug.
void finds(PlantedBug bug) {
  const pipeline::TriggerOptions engine{.planted = bug};
  std::optional<Played> smallest;
  int found = 0;
  for (std::uint64_t s = 1; s <= 300 && found < 3; ++s) {
    const Played played = play_seed(s, {}, engine);
    if (played.good()) continue;
    ++found;
    Played small = shrunk(played, engine);
    EXPECT_FALSE(small.good());
    EXPECT_TRUE(play(small.model.history()).good()) << report(small, s);
    if (!smallest || happenings(small) < happenings(*smallest)) smallest = std::move(small);
  }
  ASSERT_EQ(found, 3) << "in 300 histories";
  EXPECT_LE(happenings(*smallest), 8) << report(*smallest, 0);
}
TEST(Agreement, finds_a_key_that_fires_twice) { finds(PlantedBug::double_trigger); }
TEST(Agreement, finds_an_old_leg_of_a_diamond_that_is_accepted) { finds(PlantedBug::old_leg_accepted); }
TEST(Agreement, finds_a_clause_that_latches) { finds(PlantedBug::latched_clause); }

}  // namespace
}  // namespace weir::model
