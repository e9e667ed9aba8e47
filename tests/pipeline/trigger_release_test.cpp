// Rule 13: what becomes true other than by an upstream's run is released, oldest first, one at a time.
#include <gtest/gtest.h>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

std::string day(int d) { return (d < 10 ? "2026-01-0" : "2026-01-") + std::to_string(d); }

// `a` succeeds on days 1 to `days`; `d` needs it and is held by `how` until release() is called.
struct Release : testing::Test {
  void hold(int days, const std::string& more = "") {
    w.deploy(daily("a", 3));
    w.deploy("name: d\ntrigger: {" + more + "executions: {allOf: [{name: a}]}}");
    w.bench.set_grant(w.pipeline("a").id, w.pipeline("d").id, false);
    for (int d = 1; d <= days; ++d) {
      w.until(day(d) + " 03:00");
      w.end("a", day(d));
    }
    EXPECT_EQ(w.runs("d"), 0);
  }
  void release() { w.bench.set_grant(w.pipeline("a").id, w.pipeline("d").id, true); }
  std::vector<std::string> drain(int at_a_time = 1) {
    std::vector<std::string> out;
    while (w.active("d") > 0) {
      EXPECT_LE(w.active("d"), at_a_time);
      out.push_back(w.end_oldest("d"));
    }
    return out;
  }
  PeopleWorld w;
};

TEST_F(Release, a_grant_given_back_runs_all_oldest_first_one_at_a_time) {
  hold(4);
  release();
  EXPECT_EQ(w.active("d"), 1);
  w.bench.restart();
  EXPECT_EQ(drain(), (std::vector<std::string>{day(1), day(2), day(3), day(4)}));
}

TEST_F(Release, max_parallel_says_more) {
  hold(5, "maxParallel: 2, ");
  release();
  EXPECT_EQ(w.active("d"), 2);
  EXPECT_EQ(drain(2).size(), 5u);
}

TEST_F(Release, last_runs_the_newest_and_records_the_others_as_missed) {
  hold(3, "catchup: last, ");
  release();
  EXPECT_EQ(drain(), std::vector<std::string>{day(3)});
  for (int d = 1; d <= 2; ++d)
    EXPECT_EQ(w.decisions("d", day(d)).back(),
              "MISSED rule 13: its condition is true, but catchup leaves it out; to run it: weir backfill d --from " +
                  day(d) + " --to " + day(d));
}

TEST_F(Release, none_runs_none) {
  hold(2, "catchup: none, ");
  release();
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_EQ(w.bench.tables.missed.size(), 2u);
}

TEST_F(Release, what_was_missed_is_closed_until_an_upstream_runs_again_or_a_person_runs_it) {
  hold(3, "catchup: none, ");
  release();
  w.deploy("name: d\ntrigger: {catchup: all, executions: {allOf: [{name: a}]}}");
  EXPECT_EQ(w.runs("d"), 0) << "a redeploy releases it no second time";
  w.rerun("a", day(1));
  EXPECT_EQ(w.runs("d", day(1)), 1);
  w.start("d", day(2));
  w.end("d", day(2));
  w.end("d", day(1));
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.bench.tables.missed.size(), 1u);
}

TEST_F(Release, at_most_31_run) {
  w.deploy("name: a\nwindow: day\n");
  w.deploy("name: d\nsince: 2025-11-01\ntrigger: {executions: {allOf: [{name: a}]}}");
  w.deploy("name: e\nsince: 2025-11-01\ntrigger: {executions: {allOf: [{name: d}]}}");
  w.pause("e");
  for (int i = 0; i < 33; ++i) w.mark("d", label({Grain::day, w.pipeline("d").first_window + i}), "SUCCEEDED");
  w.resume("e");
  int ran = 0;
  while (w.active("e") > 0) {
    w.end_oldest("e");
    ++ran;
  }
  EXPECT_EQ(ran, 31);
  EXPECT_EQ(w.bench.tables.missed.size(), 2u);
}

TEST_F(Release, hours_do_not_storm_after_a_pause) {
  w.deploy("name: a\ntrigger: {schedule: {minute: 10}}");
  w.deploy(after("d", "{name: a}", "window: hour\n"));
  w.pause("d");
  w.until("2026-01-02 12:00");
  while (w.active("a") > 0) w.end_oldest("a");
  w.resume("d");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.runs("d", "2026-01-02T11Z"), 1);
}

TEST_F(Release, a_key_that_no_longer_holds_at_its_turn_is_dropped_and_fires_when_it_does) {
  hold(2);
  release();
  w.start("a", day(2));
  w.end("d", day(1));
  EXPECT_EQ(w.runs("d", day(2)), 0);
  w.end("a", day(2));
  EXPECT_EQ(w.runs("d", day(2)), 1);
}

TEST_F(Release, what_an_upstreams_run_makes_true_does_not_wait_behind_it) {
  hold(3);
  release();
  w.until(day(4) + " 03:00");
  w.end("a", day(4));
  EXPECT_EQ(w.runs("d", day(4)), 1);
  EXPECT_EQ(w.active("d"), 2);
}

TEST_F(Release, a_deploy_lists_what_it_would_start_as_catchup_says) {
  hold(3);
  w.bench.set_grant(w.pipeline("a").id, w.pipeline("d").id, true);
  while (w.active("d") > 0) w.end_oldest("d");
  PipelineRow e = w.pipeline("d");
  e.id = 999;
  e.version = 2;
  TriggerRow trigger = *w.bench.tables.find_trigger(w.pipeline("d").id);
  auto clauses = w.bench.tables.clauses_of(w.pipeline("d").id, 1);
  const auto open = [&] { return w.bench.engine.open_keys(e, &trigger, clauses, w.bench.drive.now).size(); };
  EXPECT_EQ(open(), 3u);
  trigger.spec.catchup = Catchup::last;
  EXPECT_EQ(open(), 1u);
  trigger.spec.catchup = Catchup::none;
  EXPECT_EQ(open(), 0u);
}

TEST_F(Release, a_rerun_of_a_key_older_than_since_starts_nothing) {
  w.deploy(daily("a", 3));
  w.until("2026-01-05 12:00");
  while (w.active("a") > 0) w.end_oldest("a");
  w.deploy(after("d", "{name: a}"));
  EXPECT_EQ(w.runs("d"), 1);
  w.rerun("a", day(2));
  EXPECT_EQ(w.runs("d"), 1);
}

TEST(ReleaseBudget, a_small_command_judges_them_all_in_the_end) {
  PeopleWorld w({.starts_per_command = 2, .judgements_per_command = 3});
  w.deploy(daily("a", 3));
  w.deploy("name: d\ntrigger: {maxParallel: 100, executions: {allOf: [{name: a}]}}");
  w.pause("d");
  w.until("2026-01-20 12:00");
  while (w.active("a") > 0) w.end_oldest("a");
  w.resume("d");
  EXPECT_EQ(w.runs("d"), 20);
}

}  // namespace
}  // namespace weir::pipeline
