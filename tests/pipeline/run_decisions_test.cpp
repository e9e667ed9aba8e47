// Rule 15: skip, accept, approve, run --now.
#include <gtest/gtest.h>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

using People = PeopleWorld;

TEST(Skip, satisfies_a_dependants_clause_without_a_run) {
  People w;
  w.deploy(daily("a", 3));
  w.deploy(daily("b", 4));
  w.deploy(after("d", "{name: a}, {name: b}"));
  w.until("2026-01-01 05:00");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_EQ(w.skip("a", "2026-01-01"), "");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#1");
  EXPECT_EQ(w.decisions("a", "2026-01-01").back(), "SKIPPED rule 15: not needed, says test: the test says so");
}

TEST(Skip, closes_the_window_for_its_schedule_and_its_condition) {
  People w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}"));
  EXPECT_EQ(w.skip("a", "2026-01-02"), "");
  EXPECT_EQ(w.skip("d", "2026-01-01"), "");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 0);
  w.until("2026-01-02 12:00");
  EXPECT_EQ(w.runs("a", "2026-01-02"), 0);
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1) << "nothing is missing for it";
}

TEST(Skip, leaves_an_hour_out_of_all) {
  People w;
  w.deploy("name: a\ntrigger: {schedule: {minute: 10}}");
  w.deploy(after("d", "{name: a}", "window: day\n"));
  w.until("2026-01-02 23:59");
  while (w.active("a") > 0) {
    const auto hour = w.oldest("a");
    w.end("a", hour, hour == "2026-01-02T05Z" ? RunStatus::FAILED : RunStatus::SUCCEEDED);
  }
  EXPECT_EQ(w.runs("d", "2026-01-02"), 0);
  w.skip("a", "2026-01-02T05Z");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 1);
  EXPECT_EQ(w.facts("d", "2026-01-02").back()->used.size(), 23u);
}

TEST(Skip, ends_with_a_run_by_hand) {
  People w;
  w.deploy(daily("a", 3));
  w.skip("a", "2026-01-01");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  w.deploy(after("d", "{name: a}"));
  EXPECT_EQ(w.runs("d"), 0);
}

TEST(Skip, is_refused_where_it_says_nothing) {
  People w;
  w.deploy(daily("a", 3));
  w.until("2026-01-01 03:00");
  EXPECT_NE(w.skip("a", "2026-01-01").find("stop it first"), std::string::npos);
  w.end("a", "2026-01-01");
  EXPECT_NE(w.skip("a", "2026-01-01").find("nothing to skip"), std::string::npos);
  EXPECT_NE(w.skip("a", "2026-01-02", "").find("--reason"), std::string::npos);
  EXPECT_EQ(w.skip("a", "2026-01-02"), "");
  EXPECT_NE(w.skip("a", "2026-01-02").find("already"), std::string::npos);
}

// C keeps its old run when A is corrected; D waits for it for ever, unless a person accepts it.
struct Accept : testing::Test {
  Accept() {
    w.deploy(daily("a", 3));
    w.deploy(after("b", "{name: a}"));
    w.deploy("name: c\ntrigger: {onUpstreamRerun: ignore, executions: {allOf: [{name: a}]}}");
    w.deploy(after("d", "{name: b}, {name: c}"));
    w.until("2026-01-01 03:00");
    for (const char* p : {"a", "b", "c", "d"}) w.end(p, "2026-01-01");
    w.rerun("a");
    w.end("b", "2026-01-01");
  }
  People w;
};

TEST_F(Accept, lets_dependants_use_an_out_of_date_run) {
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_NE(w.why("d", "2026-01-01").find("out of date"), std::string::npos);
  EXPECT_EQ(w.accept("c", "2026-01-01"), "");
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.used("d", "2026-01-01"), "b#2 c#1");
  EXPECT_FALSE(w.out_of_date("d"));
  EXPECT_EQ(w.decisions("c", "2026-01-01").back(), "ACCEPTED rule 15: good enough, says test: the test says so");
}

TEST_F(Accept, holds_for_what_the_run_misses_now_only) {
  w.accept("c", "2026-01-01");
  w.end("d", "2026-01-01");
  w.rerun("a");
  w.end("b", "2026-01-01");
  EXPECT_TRUE(w.out_of_date("c"));
  EXPECT_EQ(w.runs("d"), 2);
}

TEST_F(Accept, survives_a_restart) {
  w.accept("c", "2026-01-01");
  w.bench.restart();
  EXPECT_FALSE(w.out_of_date("c"));
  EXPECT_FALSE(w.out_of_date("d"));
}

TEST_F(Accept, is_refused_when_nothing_is_missed) {
  EXPECT_NE(w.accept("b", "2026-01-01").find("nothing to accept"), std::string::npos);
  EXPECT_NE(w.accept("b", "2026-01-05").find("no run to accept"), std::string::npos);
}

struct Ask : testing::Test {
  Ask() {
    w.deploy(daily("a", 3));
    w.deploy("name: d\ntrigger: {onUpstreamRerun: ask, executions: {allOf: [{name: a}]}}");
    w.until("2026-01-01 03:00");
    w.end("a", "2026-01-01");
    w.end("d", "2026-01-01");
  }
  People w;
};

TEST_F(Ask, a_corrected_key_waits_and_runs_once_on_the_newest_correction) {
  EXPECT_NE(w.approve("d", {}).find("nothing of d waits"), std::string::npos);
  w.rerun("a");
  w.rerun("a");
  EXPECT_EQ(w.runs("d"), 1);
  EXPECT_EQ(w.decisions("d", "2026-01-01").back().substr(0, 5), "ASKED");
  w.bench.restart();
  EXPECT_EQ(w.approve("d", {}), "");
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#3");
  EXPECT_NE(w.decisions("d", "2026-01-01").back().find("approved by test: the test says so"), std::string::npos);
  w.end("d", "2026-01-01");
  EXPECT_EQ(w.bench.tables.approvals.size(), 0u);
}

TEST_F(Ask, accept_declines) {
  w.rerun("a");
  EXPECT_EQ(w.accept("d", "2026-01-01"), "");
  EXPECT_EQ(w.bench.tables.approvals.size(), 0u);
  EXPECT_EQ(w.runs("d"), 1);
  w.rerun("a");
  EXPECT_EQ(w.bench.tables.approvals.size(), 1u) << "a later correction asks again";
}

TEST_F(Ask, nothing_is_asked_any_more_when_the_condition_no_longer_holds) {
  w.rerun("a");
  w.start("a", "2026-01-01");
  w.end("a", "2026-01-01", RunStatus::FAILED);
  EXPECT_EQ(w.bench.tables.approvals.size(), 0u);
  EXPECT_NE(w.approve("d", "2026-01-01").find("nothing of d waits"), std::string::npos);
}

TEST_F(Ask, several_windows_are_named) {
  w.until("2026-01-02 03:00");
  w.end("a", "2026-01-02");
  w.end("d", "2026-01-02");
  for (const char* day : {"2026-01-01", "2026-01-02"}) w.rerun("a", day);
  EXPECT_NE(w.approve("d", {}).find("2 windows wait for an approval: 2026-01-01, 2026-01-02"), std::string::npos);
  EXPECT_EQ(w.approve("d", "2026-01-02"), "");
  EXPECT_EQ(w.runs("d", "2026-01-02"), 2);
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
}

TEST_F(Ask, a_redeploy_without_ask_runs_what_waits) {
  w.rerun("a");
  w.deploy(after("d", "{name: a}"));
  EXPECT_EQ(w.runs("d"), 2);
  EXPECT_EQ(w.bench.tables.approvals.size(), 0u);
}

struct Now : testing::Test {
  Now() {
    w.deploy(daily("a", 3));
    w.deploy(daily("b", 4));
    w.deploy(after("d", "{name: a}, {name: b}"));
    w.until("2026-01-01 04:00");
    w.end("a", "2026-01-01");
  }
  People w;
};

TEST_F(Now, starts_with_what_there_is_names_what_is_missing_and_counts_as_the_firing) {
  EXPECT_EQ(w.run_now("d", "2026-01-01"), "");
  EXPECT_EQ(w.used("d", "2026-01-01"), "a#1");
  EXPECT_EQ(w.run("d", "2026-01-01").missing, std::vector<std::string>{"b"});
  EXPECT_NE(w.decisions("d", "2026-01-01").back().find("with what there is: the test says so"), std::string::npos);
  w.end("d", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 1) << "it has fired";
  w.rerun("a");
  EXPECT_EQ(w.runs("d"), 2) << "rule 3 goes on from its evidence";
  EXPECT_TRUE(w.run("d", "2026-01-01").missing.empty());
}

TEST_F(Now, a_plain_run_by_hand_leaves_the_key_armed) {
  w.start("d", "2026-01-01");
  EXPECT_EQ(w.run("d", "2026-01-01").missing, std::vector<std::string>{"b"});
  w.end("d", "2026-01-01");
  w.end("b", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 2);
}

TEST_F(Now, needs_a_reason_and_is_no_ad_hoc_run) {
  EXPECT_NE(w.run_now("d", "2026-01-01", "").find("--reason"), std::string::npos);
  EXPECT_NE(w.run_now("d", "2026-01-01", "why", true).find("--adhoc"), std::string::npos);
}

}  // namespace
}  // namespace weir::pipeline
