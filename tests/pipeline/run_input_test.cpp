#include "pipeline/run_input.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

UpstreamInput upstream(std::string name, std::int64_t run, std::string key) {
  return {std::move(name), AccountId{"111111111111"}, run, std::move(key), "SUCCEEDED", {}, {R"({"rows":1.0})"}};
}

TEST(RunInput, holds_the_run_and_its_upstreams) {
  RunInput input{7,
                 "x",
                 AccountId{"333333333333"},
                 "2001-01-02",
                 "2001-01-02",
                 instant_of_ms(0),
                 instant_of_ms(1),
                 {R"({"n":"a"})"},
                 "b1",
                 {upstream("listings", 3, "2001-01-02")}};
  EXPECT_EQ(
      execution_input(input),
      R"({"run":{"run_id":7,"pipeline":"x","account":"333333333333","key":"2001-01-02","date":"2001-01-02",)"
      R"("window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:00:00.001Z","missing":"","parameters":{"n":"a"},)"
      R"("bundle":"b1","upstream":{"listings":{"run_id":3,"account":"111111111111","key":"2001-01-02",)"
      R"("status":"SUCCEEDED","parameters":{},"result":{"rows":1.0},"runs":[{"run_id":3,"account":"111111111111",)"
      R"("key":"2001-01-02","status":"SUCCEEDED","parameters":{},"result":{"rows":1.0}}]}}},"steps":{}})");
}

TEST(RunInput, a_clause_met_by_several_runs_shows_the_newest_and_all) {
  RunInput input;
  input.upstream = {upstream("hourly", 1, "2001-01-02T00Z"), upstream("hourly", 2, "2001-01-02T01Z")};
  const auto text = execution_input(input);
  EXPECT_NE(text.find(R"("hourly":{"run_id":2)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("runs":[{"run_id":1)"), std::string::npos) << text;
}

}  // namespace
}  // namespace weir::pipeline
