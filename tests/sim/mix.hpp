// What one seed is made of: its faults, its load, its budgets. Every seed draws its own.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace weir::sim {

// xorshift64*: small, the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x632be59bd9b4e019ull) {
    for (int i = 0; i < 8; ++i) next();
  }
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dull;
  }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  bool chance(double p) { return static_cast<double>(next() >> 11) * 0x1.0p-53 < p; }

 private:
  std::uint64_t state_;
};

struct Mix {
  int accounts = 2;
  int commands = 200;
  int deliveries_per_command = 1;
  double refuse = 0, lose = 0, execute_then_error = 0, crash = 0, fetch_error = 0;  // a commit, a fetch
  double evict = 0;                                                                 // a step
  double effect_fails = 0;
  double late = 0;  // an addition in the future
  double waits = 0, reads = 0, gifts = 0;
  Millis commit_ms{1};  // the longest
  Millis think_ms{1};   // between commands, the longest

  static Mix draw(Random& random) {
    Mix m;
    const auto some = [&](double most) {
      return random.chance(0.5) ? 0.0 : most * static_cast<double>(random.below(100)) / 100.0;
    };
    m.accounts = static_cast<int>(random.between(1, 5));
    m.commands = static_cast<int>(random.between(200, 400));
    m.deliveries_per_command = static_cast<int>(random.between(1, 3));
    m.refuse = some(0.2);
    m.lose = some(0.1);
    m.execute_then_error = some(0.1);
    m.crash = some(0.05);
    m.fetch_error = some(0.2);
    m.evict = some(0.8);
    m.effect_fails = some(0.7);
    m.late = some(0.4);
    m.waits = some(0.3);
    m.reads = some(0.4);
    m.gifts = some(0.8);
    m.commit_ms = Millis{random.between(1, 200)};
    // At least an hour of simulated time whatever the number of commands.
    m.think_ms = Millis{random.between(36'000, 120'000)};
    return m;
  }
};

}  // namespace weir::sim
