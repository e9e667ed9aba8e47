#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

struct Granted : ServiceBench {
  Granted() : ServiceBench(Sharing::granted) {}
  auto deploy_missing(const std::string& yaml, const std::string& account) {
    api::DeployPipeline request;
    request.yaml = yaml;
    request.allow_missing = true;
    return ask(request, account);
  }
};

// The clauses of all versions stood blocked or open together, until one was deployed while the upstream was gone.
TEST_F(Granted, an_upstream_that_comes_back_blocks_the_clauses_of_all_versions_without_a_grant) {
  const std::string up = "name: up\ntrigger: {schedule: {hour: 3}}\nsteps: [{run: echo}]\n";
  const std::string down = "name: down\nwindow: day\ntrigger: {executions: {allOf: [{name: up, account: \"" + A +
                           "\"}]}}\nsteps: [{run: echo}]\n";
  ASSERT_TRUE(deploy(up, A));
  ASSERT_TRUE(ask(api::PutGrant{"up", B, false, ""}, A));
  ASSERT_TRUE(deploy(down, B));
  ASSERT_TRUE(ask(api::PutGrant{"up", B, true, ""}, A));
  ASSERT_TRUE(ask(api::DeletePipeline{"up", std::nullopt, true, ""}, A));
  ASSERT_TRUE(deploy_missing(down + "description: again\n", B));
  ASSERT_TRUE(deploy(up, A));
  const auto& clauses = service.tables().clauses.rows();
  ASSERT_EQ(clauses.size(), 2u);
  for (const auto& clause : clauses) EXPECT_TRUE(clause->blocked) << "version " << clause->version;
  ASSERT_TRUE(ask(api::PutGrant{"up", B, false, ""}, A));
  for (const auto& clause : clauses) EXPECT_FALSE(clause->blocked) << "version " << clause->version;
}

}  // namespace
}  // namespace weir::pipeline
