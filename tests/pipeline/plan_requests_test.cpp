// What a plan is asked for, and what is refused at once.
#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

struct PlanRequests : ServiceBench {
  std::string refusal(const std::string& pipeline) {
    api::Backfill request;
    request.pipeline = pipeline;
    request.from = request.to = "2026-01-02";
    const auto backfill = ask(request, A);
    api::Rerun again;
    again.pipeline = pipeline;
    again.window = "2026-01-02";
    const auto rerun = ask(again, A);
    EXPECT_FALSE(backfill);
    EXPECT_FALSE(rerun);
    if (backfill || rerun) return {};
    EXPECT_EQ(backfill.error().message, rerun.error().message);
    return backfill.error().message;
  }
};

TEST_F(PlanRequests, a_pipeline_whose_keys_have_values_is_not_planned) {
  ASSERT_TRUE(
      deploy("name: k\nwindow: day\nkey: region\nparameters: {region: {default: de}}\nsteps: [{run: echo}]\n", A));
  EXPECT_NE(refusal("k").find("keys with values"), std::string::npos);
}

TEST_F(PlanRequests, a_pipeline_that_runs_elsewhere_is_not_planned) {
  ASSERT_TRUE(deploy("name: e\nwindow: day\nexternal: true\n", A));
  EXPECT_NE(refusal("e").find("runs elsewhere"), std::string::npos);
}

}  // namespace
}  // namespace weir::pipeline
