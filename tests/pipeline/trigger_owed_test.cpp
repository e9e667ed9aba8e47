// An upstream with more dependants than one command may start.
#include <gtest/gtest.h>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

constexpr int kDependants = 200;

std::string dependant(int i) { return "d" + std::to_string(i); }

TEST(Owed, each_of_many_dependants_starts_once) {
  PeopleWorld w;
  w.deploy(daily("a", 3));
  for (int i = 0; i < kDependants; ++i)
    w.deploy("name: " + dependant(i) + "\ntrigger: {executions: {allOf: [{name: a}]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  for (int i = 0; i < kDependants; ++i) ASSERT_EQ(w.runs(dependant(i)), 1) << dependant(i);
  w.bench.restart();
  for (int i = 0; i < kDependants; ++i) ASSERT_EQ(w.active(dependant(i)), 1) << dependant(i);
}

// The last needs all of those before it: in whatever pieces they are worked off, it starts once.
TEST(Owed, what_needs_all_of_them_starts_once_when_the_last_has_ended) {
  PeopleWorld w({.starts_per_command = 2, .judgements_per_command = 3});
  w.deploy(daily("a", 3));
  std::string all;
  for (int i = 0; i < kDependants; ++i) {
    w.deploy("name: " + dependant(i) + "\ntrigger: {executions: {allOf: [{name: a}]}}");
    all += (i == 0 ? "{name: " : ", {name: ") + dependant(i) + "}";
  }
  w.deploy("name: last\ntrigger: {executions: {allOf: [" + all + "]}}");
  w.until("2026-01-01 03:00");
  w.end("a", "2026-01-01");
  for (int i = 0; i < kDependants; ++i) {
    EXPECT_EQ(w.runs("last"), 0);
    ASSERT_EQ(w.active(dependant(i)), 1) << dependant(i);
    w.end(dependant(i), "2026-01-01");
  }
  EXPECT_EQ(w.runs("last"), 1);
}

}  // namespace
}  // namespace weir::pipeline
