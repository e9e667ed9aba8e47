// Rule 8.
#include <gtest/gtest.h>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

std::string expecting(const std::string& name, const std::string& expect, const std::string& rest) {
  return "name: " + name + "\ntrigger: {expect: {" + expect + "}, " + rest + "}";
}

struct Deadline : testing::Test {
  int late() const { return static_cast<int>(w.bench.tables.alerts.size()); }
  std::string alert(const std::string& name) const {
    for (const auto& a : w.bench.tables.alerts.rows())
      if (a->pipeline == w.pipeline(name).id)
        return label({w.pipeline(name).grain, a->window}) + " " + std::string(name_of(a->kind)) + " " + a->text;
    return "none";
  }
  PeopleWorld w;
};

// 2026-01-01 is a Thursday.
TEST_F(Deadline, schedule_and_condition_with_a_partial_run_and_a_saturday) {
  w.deploy("name: a\ntrigger: {schedule: {hour: 3, weekdays: [MON, TUE, WED, THU, FRI]}}");
  w.deploy("name: b\nwindow: day\n");
  w.deploy(expecting("d", "startBy: \"07:00\", onMiss: run",
                     "operator: AND, schedule: {hour: 6}, executions: {allOf: [{name: a}, {name: b}]}"));
  w.until("2026-01-01 06:30");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  w.until("2026-01-01 07:00");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#1");
  EXPECT_EQ(w.run("d", "2026-01-01").missing, std::vector<std::string>{"b"});
  EXPECT_EQ(alert("d"), "2026-01-01 LATE_START not started by 07:00");
  w.until("2026-01-01 07:10");
  w.end("d", "2026-01-01");
  EXPECT_EQ(late(), 1) << "a partial run is no recovery";
  w.until("2026-01-01 07:20");
  w.rerun("b");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 2);
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#1 b#1");
  EXPECT_EQ(late(), 0);
  EXPECT_NE(w.decisions("d", "2026-01-01").back().find("RECOVERED"), std::string::npos);
  w.end("d", "2026-01-01");
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02");
  w.rerun("b", "2026-01-02");
  w.until("2026-01-04 12:00");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  EXPECT_EQ(w.runs("d"), 3) << "nothing on Saturday";
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, acts_on_a_day_on_which_nothing_happened_also_after_a_restart) {
  w.deploy("name: a\nwindow: day\n");
  w.deploy(expecting("d", "startBy: \"07:00\"", "executions: {allOf: [{name: a}]}"));
  w.bench.restart();
  w.until("2026-01-01 06:59");
  EXPECT_EQ(late(), 0);
  w.until("2026-01-01 07:00");
  EXPECT_EQ(alert("d"), "2026-01-01 LATE_START not started by 07:00");
  w.bench.restart();
  EXPECT_EQ(late(), 1);
  EXPECT_EQ(w.runs("d"), 0);
  w.rerun("a");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, fail_records_a_failed_run_and_the_condition_stays_armed) {
  w.deploy(daily("a", 3));
  w.deploy(expecting("d", "startBy: \"07:00\", onMiss: fail", "executions: {allOf: [{name: a}]}"));
  w.deploy(after("f", "{name: d, status: [FAILED]}"));
  w.until("2026-01-01 07:00");
  ASSERT_EQ(w.runs("d", "2026-01-01"), 1);
  EXPECT_EQ(w.facts("d", "2026-01-01").back()->status, RunStatus::FAILED);
  EXPECT_EQ(w.run("d", "2026-01-01").error, "Weir.Late");
  EXPECT_EQ(w.runs("f"), 1) << "a fallback waits for it";
  EXPECT_EQ(w.active("d"), 0);
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 2);
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, finish_counts_a_success_and_leaves_what_works_alone) {
  w.deploy(daily("a", 3));
  w.deploy(expecting("d", "finishBy: \"08:30\", onMiss: run", "executions: {allOf: [{name: a}]}"));
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.until("2026-01-01 09:00");
  EXPECT_EQ(alert("d"), "2026-01-01 LATE_FINISH not finished by 08:30");
  EXPECT_EQ(w.runs("d"), 1);
  w.end("d", "2026-01-01");
  EXPECT_EQ(late(), 0);
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02");
  w.end("d", "2026-01-02");
  w.until("2026-01-02 09:00");
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, of_a_schedule_that_waits_for_a_limit) {
  w.deploy(
      "name: a\nconcurrency: {maxRuns: 1}\ntrigger: {expect: {startBy: \"04:00\", onMiss: run}, schedule: {hour: 3}}");
  w.start("a", "2026-01-09");
  w.until("2026-01-01 04:00");
  EXPECT_EQ(alert("a"), "2026-01-01 LATE_START not started by 04:00");
  w.end("a", "2026-01-09");
  EXPECT_EQ(w.runs("a", "2026-01-01"), 1) << "no second start beside the one that waits";
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, after_an_outage_all_are_told_and_the_newest_is_acted_on) {
  w.deploy("name: a\nwindow: day\n");
  w.deploy(expecting("d", "startBy: \"07:00\", onMiss: run", "executions: {allOf: [{name: a}]}"));
  w.bench.drive.now = *instant_from_text("2026-01-04 12:00:00Z");
  w.bench.restart();
  w.bench.drive.settle();
  EXPECT_EQ(late(), 4);
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.runs("d", "2026-01-04"), 1);
}

TEST_F(Deadline, is_ended_by_a_skip_a_mark_and_a_run_by_hand_and_none_comes_while_paused) {
  w.deploy("name: a\nwindow: day\n");
  w.deploy(expecting("d", "startBy: \"07:00\"", "executions: {allOf: [{name: a}]}"));
  w.until("2026-01-03 07:00");
  EXPECT_EQ(late(), 3);
  w.skip("d", "2026-01-01");
  w.mark("d", "2026-01-02", "SUCCEEDED");
  w.start("d", "2026-01-03");
  EXPECT_EQ(late(), 0);
  w.pause("d");
  w.until("2026-01-05 12:00");
  EXPECT_EQ(late(), 0);
}

TEST_F(Deadline, a_redeploy_keeps_it_or_begins_anew) {
  w.deploy("name: a\nwindow: day\n");
  const std::string rest = "executions: {allOf: [{name: a}]}";
  w.deploy(expecting("d", "startBy: \"07:00\"", rest));
  w.until("2026-01-01 06:00");
  w.deploy(expecting("d", "startBy: \"05:00\"", rest));
  w.until("2026-01-01 08:00");
  EXPECT_EQ(late(), 0) << "five o'clock had passed";
  w.until("2026-01-02 05:00");
  EXPECT_EQ(alert("d"), "2026-01-02 LATE_START not started by 05:00");
  w.deploy(after("d", "{name: a}"));
  w.until("2026-01-03 12:00");
  EXPECT_EQ(late(), 1);
  EXPECT_EQ(w.bench.tables.deadlines.size(), 0u);
}

TEST_F(Deadline, of_the_day_after_belongs_to_the_window_before) {
  w.deploy("name: a\nwindow: day\n");
  w.deploy(expecting("d", "startBy: \"+1d 02:00\"", "executions: {allOf: [{name: a}]}"));
  w.until("2026-01-02 01:59");
  EXPECT_EQ(late(), 0);
  w.until("2026-01-02 02:00");
  EXPECT_EQ(alert("d"), "2026-01-01 LATE_START not started by 02:00 a day later");
}

TEST(DeadlineSpec, is_checked) {
  const auto problems = [](const std::string& expect) {
    const auto spec = parse_pipeline(
        "name: d\nsteps: {run: x}\ntrigger: {schedule: {hour: 3}, expect: {" + expect + "}}\n", "p.yaml");
    return spec ? std::string() : text_of(spec.error());
  };
  EXPECT_EQ(problems("startBy: \"07:00\", finishBy: \"+1d 02:00\", onMiss: FAIL"), "");
  EXPECT_NE(problems("onMiss: run").find("neither startBy nor finishBy"), std::string::npos);
  EXPECT_NE(problems("startBy: noon").find("'noon' is no deadline"), std::string::npos);
  EXPECT_NE(problems("startBy: \"07:00\", finishBy: \"06:00\"").find("finishBy lies before startBy"),
            std::string::npos);
  const auto hourly = parse_pipeline(
      "name: d\nsteps: {run: x}\ntrigger: {schedule: {minute: 3}, expect: {startBy: \"07:00\"}}\n", "p.yaml");
  ASSERT_TRUE(hourly);
  EXPECT_TRUE(check_grain(*hourly, Grain::hour, Zone{}));
}

}  // namespace
}  // namespace weir::pipeline
