#include "calendar/jitter.hpp"

#include <gtest/gtest.h>

#include <set>

namespace weir {
namespace {

using namespace std::chrono_literals;

const Instant kTime = *instant_from_text("2026-01-02T03:00:00Z");

TEST(Jitter, is_always_the_same_for_a_pipeline_and_a_time) {
  EXPECT_EQ(jitter_of("111111111111/a", kTime, 10min), jitter_of("111111111111/a", kTime, 10min));
  // Stored starts hang on it: a changed function would move them.
  EXPECT_EQ(jitter_of("111111111111/a", kTime, 10min), Millis(493'000));
}

TEST(Jitter, is_whole_seconds_below_the_bound) {
  for (int day = 0; day < 1'000; ++day) {
    const auto j = jitter_of("111111111111/a", kTime + day * 24h, 30s);
    ASSERT_GE(j, 0s);
    ASSERT_LT(j, 30s);
    ASSERT_EQ(j % 1s, 0ms);
  }
  EXPECT_EQ(jitter_of("111111111111/a", kTime, 0ms), 0ms);
  EXPECT_EQ(jitter_of("111111111111/a", kTime, 1s), 0ms);
}

TEST(Jitter, spreads_pipelines_and_days) {
  std::set<Millis> of_pipelines, of_days;
  for (int i = 0; i < 100; ++i) {
    of_pipelines.insert(jitter_of("111111111111/p" + std::to_string(i), kTime, 1h));
    of_days.insert(jitter_of("111111111111/a", kTime + i * 24h, 1h));
  }
  EXPECT_GT(of_pipelines.size(), 90u);
  EXPECT_GT(of_days.size(), 90u);
}

}  // namespace
}  // namespace weir
