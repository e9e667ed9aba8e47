// Worlds with the real workflow engine: runs end as the test says, as in the mocked ones, and steps are really there.
#include "scenario/pretend.hpp"

#include <gtest/gtest.h>

#include "pipeline/rows.hpp"
#include "scenario/report.hpp"
#include "store/memory/memory_store.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

// Passes only when it does so in both worlds.
Outcome in_both(const std::string& timeline, store::MemoryStore& kept) {
  const auto file = read_tests(
      "pipelines:\n  - {name: a, trigger: {schedule: {hour: 3}}, steps: [{name: x, run: x}, {name: y, run: y}]}\n"
      "  - {name: d, trigger: {executions: {allOf: [{name: a}]}}}\ntests:\n  - name: x\n    timeline:\n" +
          timeline,
      "x.test.yaml");
  if (!file) {
    ADD_FAILURE() << pipeline::text_of(file.error());
    return {};
  }
  Player player(*file, no_files);
  auto mocked = player.play(0);
  return mocked.passed ? player.play(0, {.keep = &kept}) : mocked;
}

void expect_both(const std::string& timeline) {
  store::MemoryStore kept;
  const auto outcome = in_both(timeline, kept);
  EXPECT_TRUE(outcome.passed) << failure_text(outcome);
}

TEST(Pretend, each_ending_is_that_of_the_mocked_world) {
  for (const std::string status : {"SUCCEEDED", "FAILED", "ABORTED"})
    expect_both("      - run: a 2026-01-01 " + status +
                " after 20m\n      - after: 19m\n        expect: {a 2026-01-01: RUNNING}\n" +
                "      - after: 1m\n        expect: {a 2026-01-01: " + status + "}\n");
}

TEST(Pretend, a_run_keeps_its_lease_for_longer_than_a_lease_lasts) {
  expect_both(
      "      - run: a 2025-12-31 SUCCEEDED after 20h\n      - at: 2026-01-01 19:59\n"
      "        expect: {a 2025-12-31: [RUNNING]}\n      - at: 2026-01-01 20:00\n"
      "        expect: {a 2025-12-31: [SUCCEEDED]}\n");
}

TEST(Pretend, a_run_that_is_stopped_is_over) {
  expect_both(
      "      - given: {a: RUNNING}\n      - at: 03:00\n      - stop: a 2026-01-01\n"
      "        expect: {a 2026-01-01: ABORTED, d: 0}\n      - run: a 2026-01-01 SUCCEEDED\n"
      "        expect: {a 2026-01-01: [ABORTED, SUCCEEDED], d: 1}\n");
}

TEST(Pretend, a_result_is_seen_after_the_step_that_left_it_and_an_outage_forgets_nothing) {
  expect_both(
      "      - given: {a: {result: {path: /a.csv}}}\n      - at: 03:00\n        expect: {d: 1}\n      - outage: 24h\n"
      "        expect: {a: 2, d: 2}\n");
}

TEST(Pretend, steps_are_in_what_is_kept) {
  store::MemoryStore kept;
  const auto outcome = in_both("      - at: 03:00\n        expect: {d: 1}\n", kept);
  ASSERT_TRUE(outcome.passed) << failure_text(outcome);
  EXPECT_EQ(kept.rows(pipeline::kRunTable), 2u);
  EXPECT_GE(kept.rows(pipeline::kStepTable), 3u) << "two of a and one of d";
  EXPECT_EQ(kept.rows(work::kWorkTable), 0u) << "nothing waits for a worker";
}

}  // namespace
}  // namespace weir::scenario
