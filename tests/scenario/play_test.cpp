// What a test says when it fails: the entry, what was compared, and what happened.
#include "scenario/play.hpp"

#include <gtest/gtest.h>

#include "scenario/report.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

// One test of a daily pipeline `a` and its dependant `d`; the first entry of the timeline stands in line 7.
Outcome play_one(const std::string& timeline) {
  auto all = play_all(
      "pipelines:\n  - {name: a, trigger: {schedule: {hour: 3}}}\n"
      "  - {name: d, trigger: {executions: {allOf: [{name: a}]}}}\ntests:\n  - name: x\n    timeline:\n" +
      timeline);
  return all.empty() ? Outcome{} : all.front();
}

TEST(Play, a_failed_expectation_is_shown_beside_what_came) {
  const auto out = play_one("      - at: 03:00\n      - expect: {d 2026-01-01: {runs: 2, used: [a#1]}}\n");
  ASSERT_FALSE(out.passed);
  EXPECT_EQ(out.place, "x.test.yaml:8:9");
  EXPECT_EQ(failure_text(out),
            "✗ x\n"
            "    x.test.yaml:8:9\n"
            "                         expected  got\n"
            "    ✗ d 2026-01-01 runs  2         1\n"
            "    ✓ d 2026-01-01 used  a#1       a 2026-01-01#1\n"
            "    what happened\n"
            "      2026-01-01 03:00  a 2026-01-01#1 SUCCEEDED  FIRED: rule 7: its scheduled time has come\n"
            "      2026-01-01 03:00  d 2026-01-01#1 SUCCEEDED  FIRED: rule 2: a key fires once\n");
}

// A comparison that cannot fail proves nothing: each is given what is not so.
TEST(Play, every_comparison_can_fail) {
  for (const auto* wrong : {"runs: 0",
                            "active: 1",
                            "waiting: 1",
                            "status: FAILED",
                            "status: none",
                            "statuses: [SUCCEEDED, FAILED]",
                            "windows: [2026-01-02]",
                            "used: []",
                            "used: [a#2]",
                            "used: [a, a]",
                            "used: [b#1]",
                            "used: [a 2026-01-02#1]",
                            "decisions: []",
                            "decisions: [FIRED, FIRED_AGAIN]",
                            "waitsFor: [a]",
                            "cause: person",
                            "outOfDate: true",
                            "why: no such words",
                            "sees: no such words",
                            "notified: [x]",
                            "alerts: [LATE_START]",
                            "next: 2026-01-01 09:00"}) {
    const auto out = play_one("      - at: 03:00\n      - expect: {d 2026-01-01: {" + std::string(wrong) + "}}\n");
    EXPECT_FALSE(out.passed) << wrong;
    EXPECT_TRUE(out.problem.empty()) << wrong << ": " << out.problem;
  }
}

TEST(Play, a_refusal_that_nobody_expected_ends_the_test_with_its_text) {
  const auto out = play_one("      - delete: a\n");
  EXPECT_FALSE(out.passed);
  EXPECT_NE(out.problem.find("refused: 000000000000/a is needed by"), std::string::npos) << out.problem;
}

TEST(Play, an_expected_refusal_must_come_with_its_words) {
  EXPECT_TRUE(play_one("      - {delete: a, refused: is needed by}\n").passed);
  EXPECT_FALSE(play_one("      - {delete: a, refused: other words}\n").passed);
  EXPECT_FALSE(play_one("      - {delete: d, refused: is needed by}\n").passed) << "it was not refused";
  EXPECT_FALSE(play_one("      - {run: a 2026-01-01, says: other words}\n").passed);
}

TEST(Play, a_name_that_is_none_is_said_with_the_nearest) {
  const auto out = play_one("      - run: aa 2026-01-01\n");
  EXPECT_EQ(out.problem, "there is no pipeline 'aa'; did you mean 'a'?");
  EXPECT_NE(play_one("      - expect: {a 2026-W01: 1}\n").problem.find("a: "), std::string::npos);
}

TEST(Play, the_clock_does_not_go_back) {
  EXPECT_NE(play_one("      - at: 2026-01-02\n      - at: 2026-01-01\n").problem.find("does not go back"),
            std::string::npos);
}

TEST(Play, runs_that_start_each_other_for_ever_are_stopped_with_a_word) {
  const auto all = play_all(R"(
pipelines:
  - {name: a, window: day}
  - {name: b, trigger: {executions: {allOf: [{name: a}]}}}
tests:
  - name: x
    timeline:
      - deploy: {name: a, window: day, trigger: {executions: {allOf: [{name: b, offset: -1}]}}}
)");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].problem.find("start each other"), std::string::npos) << all[0].problem;
}

TEST(Play, an_upstream_that_is_missing_is_said_with_what_to_add) {
  const auto all = play_all(
      "tests:\n  - name: x\n    pipelines: {name: d, trigger: {executions: {allOf: [{name: up}]}}}\n    timeline: {at: "
      "03:00}\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].problem.find("add up to `pipelines:`"), std::string::npos) << all[0].problem;
}

TEST(Play, pipelines_are_deployed_upstreams_first_whatever_their_order) {
  const auto all = play_all(
      "pipelines:\n  - {name: d, trigger: {executions: {allOf: [{name: a}]}}}\n  - {name: a, trigger: {schedule: "
      "{hour: 3}}}\n"
      "tests:\n  - name: x\n    timeline: {at: 03:00, expect: {d: 1}}\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].passed) << failure_text(all[0]);
}

TEST(Play, a_file_is_deployed_with_what_its_project_says) {
  const auto all =
      play_all("pipelines: listings\ntests:\n  - name: x\n    timeline: {at: 03:00, expect: {core/listings: 1}}\n",
               [](const std::string& path) -> Result<PipelineFile> {
                 EXPECT_EQ(path, "listings");
                 return PipelineFile{"listings/pipeline.yaml",
                                     "name: listings\ntrigger: {schedule: {hour: 3}}\nsteps: [{run: make}]\n",
                                     "weir.yaml", "account: core\n"};
               });
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].passed) << failure_text(all[0]);
}

TEST(Play, the_same_file_plays_the_same) {
  const std::string timeline = "      - at: 2026-01-03\n      - expect: {d: 9}\n";
  EXPECT_EQ(play_one(timeline).story, play_one(timeline).story);
}

}  // namespace
}  // namespace weir::scenario
