// What a pipeline's author cannot say in a test file (tests/rules has the rules): the bounds of one command, and a run
// whose start fails.
#include <gtest/gtest.h>

#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {
namespace {

std::string daily(const std::string& name, int hour) {
  return "name: " + name + "\ntrigger: {schedule: {hour: " + std::to_string(hour) + "}}";
}

TEST(Budget, many_dependants_start_each_once_though_one_command_holds_few) {
  World w({.starts_per_command = 2, .judgements_per_command = 3});
  w.deploy(daily("a", 3));
  for (int i = 0; i < 40; ++i)
    w.deploy("name: d" + std::to_string(i) + "\ntrigger: {executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  for (int i = 0; i < 40; ++i) EXPECT_EQ(w.runs("d" + std::to_string(i)), 1) << i;
}

TEST(Launch, that_fails_makes_the_run_failed_at_once) {
  World w;
  w.deploy(daily("a", 3));
  w.bench.launch_fails = true;
  w.until("2026-01-01 03:00");
  ASSERT_EQ(w.runs("a", "2026-01-01"), 1);
  EXPECT_EQ(w.facts("a", "2026-01-01").back()->status, RunStatus::FAILED);
}

}  // namespace
}  // namespace weir::pipeline
