// Rule 15: what is paused starts nothing by itself.
#include <gtest/gtest.h>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

TEST(Pause, a_paused_schedule_starts_nothing_and_runs_by_hand_go) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  EXPECT_EQ(w.pause("a"), "");
  w.until("2026-01-01 12:00");
  EXPECT_EQ(w.runs("a"), 0);
  w.start("a", "2026-01-01");
  EXPECT_EQ(w.runs("a"), 1);
}

TEST(Pause, a_paused_condition_starts_nothing_and_others_go_on) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}"));
  w.deploy(after("e", "{name: a}"));
  w.pause("d");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  EXPECT_EQ(w.runs("d"), 0);
  EXPECT_EQ(w.runs("e"), 1);
  EXPECT_EQ(w.resume("d"), "");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
}

TEST(Pause, missed_times_are_caught_up_when_it_is_resumed_also_after_a_restart) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  w.pause("a");
  w.until("2026-01-03 12:00");
  w.bench.restart();
  w.resume("a");
  w.bench.drive.settle();
  std::vector<std::string> dates;
  while (w.active("a") > 0) {
    EXPECT_EQ(w.active("a"), 1);
    dates.push_back(w.end_oldest("a"));
  }
  EXPECT_EQ(dates, (std::vector<std::string>{"2026-01-01", "2026-01-02", "2026-01-03"}));
  w.until("2026-01-04 03:00");
  EXPECT_EQ(w.runs("a", "2026-01-04"), 1);
}

TEST(Pause, a_start_that_waits_for_a_limit_waits_on_and_a_persons_goes) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  w.deploy(after("d", "{name: a}", "concurrency: {maxRuns: 1}\n"));
  w.start("d", "2026-01-09");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  w.start("d", "2026-01-08");
  w.pause("d");
  w.end("d", "2026-01-09");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 0);
  EXPECT_EQ(w.runs("d", "2026-01-08"), 1);
  w.end("d", "2026-01-08");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 0);
  w.resume("d");
  EXPECT_EQ(w.runs("d", "2026-01-01"), 1);
}

TEST(Pause, of_an_account_holds_all_its_pipelines) {
  PeopleWorld w;
  for (int i = 0; i < 40; ++i) w.deploy(daily("a" + std::to_string(i), 3));
  EXPECT_EQ(w.pause(""), "");
  w.until("2026-01-01 12:00");
  for (int i = 0; i < 40; ++i) EXPECT_EQ(w.runs("a" + std::to_string(i)), 0);
  w.pause("a7");
  EXPECT_EQ(w.resume(""), "");
  w.bench.drive.settle();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(w.runs("a" + std::to_string(i)), i == 7 ? 0 : 1) << i;
}

TEST(Pause, is_said_once_and_with_a_reason) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  EXPECT_NE(w.pause("a", "").find("--reason"), std::string::npos);
  EXPECT_NE(w.resume("a").find("not paused"), std::string::npos);
  EXPECT_EQ(w.pause("a"), "");
  EXPECT_NE(w.pause("a").find("paused already"), std::string::npos);
  EXPECT_NE(w.resume("a", "").find("--reason"), std::string::npos);
  EXPECT_EQ(w.resume("a"), "");
  w.pause("");
  EXPECT_NE(w.resume("a").find("its account is"), std::string::npos);
}

}  // namespace
}  // namespace weir::pipeline
