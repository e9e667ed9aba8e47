// Mistakes in test files: each with its place, and the nearest right word.
#include "scenario/read.hpp"

#include <gtest/gtest.h>

#include "json/described.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

// A file with this timeline; its first entry stands in line 5.
std::string with(const std::string& entry) {
  return "pipelines: {name: a, trigger: {schedule: {hour: 3}}}\ntests:\n  - name: x\n    timeline:\n" + entry + "\n";
}

TEST(Read, an_unknown_key_is_named_with_its_place_and_the_nearest) {
  EXPECT_EQ(problems_of(with("      - expcet: {a: 1}")),
            "x.test.yaml:5:9: tests[0].timeline[0].expcet: unknown key 'expcet'; did you mean 'expect'?\n");
  EXPECT_EQ(problems_of(with("      - expect: {a: {stauts: FAILED}}")),
            "x.test.yaml:5:22: tests[0].timeline[0].expect.a.stauts: unknown key 'stauts'; did you mean 'status'?\n");
}

TEST(Read, a_word_of_a_short_form_has_its_own_column) {
  EXPECT_EQ(problems_of(with("      - run: a 2026-01-01 FAILD")),
            "x.test.yaml:5:27: 'FAILD' has no meaning here; did you mean 'FAILED'?\n");
  EXPECT_EQ(
      problems_of(with("      - end: a 2026-01-01 after 3x")),
      "x.test.yaml:5:33: tests[0].timeline[0].end[0].after: unknown key 'after'; end has pipeline, window, status\n");
  EXPECT_EQ(
      problems_of(with("      - run: a 2026-01-01 after 3x")),
      "x.test.yaml:5:33: tests[0].timeline[0].run[0].after: expected a duration like 90s, 15m, 2h or 3d, got '3x'; "
      "write a whole number and s, m, h or d\n");
}

TEST(Read, a_status_in_an_expectation_is_checked) {
  EXPECT_NE(problems_of(with("      - expect: {a: SUCEEDED}"))
                .find("5:21: tests[0].timeline[0].expect.a.status: "
                      "'SUCEEDED' is no status of a run; did you mean "
                      "'SUCCEEDED'?"),
            std::string::npos);
}

TEST(Read, a_block_of_a_pipeline_is_checked_where_it_stands) {
  EXPECT_EQ(problems_of("pipelines:\n  - {name: a, triger: {}}\ntests: [{name: x, timeline: [{expect: {a: 0}}]}]\n"),
            "x.test.yaml:2:15: triger: unknown key 'triger'; did you mean 'trigger'?\n");
}

TEST(Read, a_block_that_must_be_refused_is_the_tests_affair) {
  EXPECT_EQ(problems_of(with("      - {deploy: {name: b, triger: {}}, refused: triger}")), "");
}

TEST(Read, two_things_are_not_done_in_one_entry) {
  EXPECT_NE(problems_of(with("      - {run: a, stop: a}")).find("'run' and 'stop' in one entry"), std::string::npos);
  EXPECT_NE(problems_of(with("      - {at: 03:00, after: 1h}")).find("'at' and 'after' in one entry"),
            std::string::npos);
  EXPECT_NE(problems_of(with("      - {refused: no}")).find("'refused' of what?"), std::string::npos);
}

TEST(Read, times_are_checked) {
  EXPECT_NE(problems_of(with("      - at: 2026-13-01")).find("'2026-13-01' is no time"), std::string::npos);
  EXPECT_NE(problems_of("at: 03:00\ntests: [{name: x, timeline: [{expect: {}}]}]").find("1:1: at: '03:00' is no time"),
            std::string::npos);
}

TEST(Read, problems_come_in_the_order_of_the_file) {
  const auto all = problems_of("zone: UTC\n" + with("      - run: a 2026-01-01 FAILD\n      - expct: {}"));
  EXPECT_LT(all.find("zone"), all.find("FAILD"));
  EXPECT_LT(all.find("FAILD"), all.find("expct"));
}

TEST(Read, two_tests_of_one_name_are_refused) {
  EXPECT_NE(problems_of("tests:\n  - {name: x, timeline: [{at: 03:00}]}\n  - {name: x, timeline: [{at: 03:00}]}\n")
                .find("3:6: tests[1].name: two tests are called 'x'"),
            std::string::npos);
}

TEST(Read, short_forms_are_the_blocks_that_they_stand_for) {
  const auto shown = [](const std::string& entry) {
    const auto file = read_tests(with(entry), "x.test.yaml");
    return file ? json::print_described(file->file) : pipeline::text_of(file.error());
  };
  EXPECT_EQ(shown("      - run: a 2026-01-01 FAILED after 10m"),
            shown("      - run: [{pipeline: a, window: 2026-01-01, status: FAILED, after: 10m}]"));
  EXPECT_EQ(shown("      - given: {a: [FAILED, SUCCEEDED after 1h]}"),
            shown("      - given: {a: {runs: [{status: FAILED}, {status: SUCCEEDED, after: 1h}]}}"));
  EXPECT_EQ(
      shown("      - expect: {a: 2, a 2026-01-01: FAILED, a 2026-01-02: [FAILED]}"),
      shown("      - expect: {a: {runs: 2}, a 2026-01-01: {status: FAILED}, a 2026-01-02: {statuses: [FAILED]}}"));
  EXPECT_EQ(shown("      - grant: a to b"), shown("      - grant: {pipeline: a, to: b}"));
}

}  // namespace
}  // namespace weir::scenario
