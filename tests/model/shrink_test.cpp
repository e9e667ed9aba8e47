#include "tests/model/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/world.hpp"

namespace weir::model {
namespace {

Event deploy(PipelineDecl decl) { return {.kind = Event::deploy, .decl = std::move(decl)}; }
Event tick(const char* time) { return {.kind = Event::tick, .at = *instant_from_text(time)}; }
bool holds(const History& history, Event::Kind kind) {
  return std::ranges::any_of(history, [&](const Event& e) { return e.kind == kind; });
}

struct Shrink : testing::Test {
  History history = {
      deploy(scheduled("A", "0 3 * * *")),
      deploy(on("B", all_of({{.upstream = 0}}))),
      deploy(on("C", all_of({{.upstream = 0}, {.upstream = 1}}))),
      tick("2026-01-01T01:00:00Z"),
      {.kind = Event::rerun, .occurrence = {1, {Grain::day, 20'000}}},
      tick("2026-01-01T02:00:00Z"),
      {.kind = Event::mark, .occurrence = {2, {Grain::day, 20'000}}},
      tick("2026-01-01T03:00:00Z"),
  };
};

TEST_F(Shrink, leaves_only_what_the_failure_needs) {
  const History small = shrink(history, [](const History& h) { return holds(h, Event::mark); });
  ASSERT_EQ(small.size(), 2u);
  EXPECT_EQ(small[0].decl->name, "C");
  EXPECT_FALSE(small[0].decl->condition) << "its upstreams are gone";
  EXPECT_EQ(small[1].occurrence.pipeline, 0) << "the number that it has now";
}

TEST_F(Shrink, keeps_a_history_of_which_every_part_is_needed) {
  const auto whole = history.size();
  EXPECT_EQ(shrink(history, [&](const History& h) { return h.size() == whole; }).size(), whole);
}

TEST_F(Shrink, a_pipeline_is_left_out_with_all_that_speaks_of_it) {
  const History without = without_pipeline(history, 1);
  EXPECT_EQ(names_in(without), (std::vector<std::string>{"A", "C"}));
  EXPECT_FALSE(holds(without, Event::rerun));
  EXPECT_EQ(without[1].decl->condition->all_of.size(), 1u);
}

TEST_F(Shrink, stops_when_its_tries_are_used_up) {
  int tries = 0;
  shrink(history, [&](const History&) { return ++tries, false; }, 5);
  EXPECT_EQ(tries, 5);
}

}  // namespace
}  // namespace weir::model
