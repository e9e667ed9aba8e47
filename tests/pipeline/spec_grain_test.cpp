#include "pipeline/spec_grain.hpp"

#include <gtest/gtest.h>

#include "pipeline/spec_parse.hpp"

namespace weir::pipeline {
namespace {

PipelineSpec spec_of(std::string_view rest) {
  const auto spec = parse_pipeline("name: d\nsteps: {run: x}\n" + std::string(rest) + "\n", "p.yaml");
  EXPECT_TRUE(spec) << text_of(spec.error());
  return spec ? *spec : PipelineSpec{};
}

// Upstreams are named after their grain; "unknown" has none yet.
Grain grain(std::string_view rest) {
  return decide_grain(spec_of(rest), Zone{}, [](const ClauseSpec& c) { return enum_from<Grain>(c.name); }).grain;
}

TEST(Grain, comes_from_window_then_the_schedule_then_the_upstreams) {
  EXPECT_EQ(grain("window: week\ntrigger: {schedule: {hour: 3}}"), Grain::week);
  EXPECT_EQ(grain("trigger: {schedule: {hour: 3}}"), Grain::day);
  EXPECT_EQ(grain("trigger: {schedule: {minute: 3}}"), Grain::hour);
  EXPECT_EQ(grain("trigger: {schedule: {hour: 3, weekdays: MON}}"), Grain::week);
  EXPECT_EQ(grain("trigger: {schedule: {rate: 5m}}"), Grain::run);
  EXPECT_EQ(grain("trigger: {executions: {allOf: [{name: hour}, {name: day}]}}"), Grain::day);
  EXPECT_EQ(grain("trigger: {executions: {allOf: [{name: run}, {name: hour}]}}"), Grain::hour);
  EXPECT_EQ(grain("trigger: {executions: {anyOf: [{name: none}, {name: run}]}}"), Grain::run);
  EXPECT_EQ(grain("trigger: {executions: {anyOf: {name: none}}}"), Grain::none);
  EXPECT_EQ(grain(""), Grain::run);
}

TEST(Grain, is_not_made_coarser_by_what_starts_nothing) {
  EXPECT_EQ(grain("trigger: {executions: {allOf: [{name: day}, {name: month, match: newest}]}}"), Grain::day);
  EXPECT_EQ(grain("trigger: {executions: {allOf: [{name: unknown}, {name: hour}]}}"), Grain::hour);
}

TEST(Grain, refuses_two_times_in_one_window) {
  const auto spec = spec_of("trigger: {schedule: {cron: '0 3,15 * * *'}}\nwindow: day");
  const auto problem = check_grain(spec, Grain::day, Zone{});
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->what, "the schedule (0 3,15 * * *) has several times in one day");
  EXPECT_FALSE(check_grain(spec, Grain::hour, Zone{}));
  EXPECT_FALSE(check_grain(spec, Grain::run, Zone{}));
}

}  // namespace
}  // namespace weir::pipeline
