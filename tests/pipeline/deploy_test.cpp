// Deploys through the service.
#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {

namespace {

constexpr auto kListings = R"(name: listings
trigger:
    schedule:
        hour: 3
steps:
    - run: ./aggregate.sh "$WEIR_DATE"
)";
constexpr auto kSearches = R"(name: searches
trigger: {schedule: {hour: 5}}
steps: [{run: echo}]
)";
constexpr auto kX = R"(name: pipeline-X
trigger:
  executions:
    allOf:
      - name: listings
        account: Account_A_ID
        status:
          - SUCCESS
      - name: searches
        account: Account_B_ID
        status:
          - SUCCESS
steps: [{name: join, run: ./join.sh}]
)";
using DeployTest = ServiceBench;

struct GrantedTest : DeployTest {
  GrantedTest() : DeployTest(Sharing::granted) {}
};

TEST_F(DeployTest, a_deploy_is_a_version_a_machine_and_a_sentence) {
  const auto reply = deploy(kListings, A);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->version, 1);
  EXPECT_EQ(reply->grain, "day");
  EXPECT_NE(reply->sentence.find("listings runs once for each day"), std::string::npos) << reply->sentence;
  EXPECT_EQ(reply->next, instant_from_text("2026-11-21T03:00:00Z"));
  EXPECT_EQ(machines, std::vector<std::string>{"pipeline-listings"});
}

TEST_F(DeployTest, the_same_text_again_changes_nothing) {
  ASSERT_TRUE(deploy(kListings, A));
  const auto again = deploy(kListings, A);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->version, 1);
  EXPECT_EQ(deploy(std::string(kListings) + "description: more\n", A)->version, 2);
}

TEST_F(DeployTest, the_published_blocks_deploy_across_accounts_without_share) {
  ASSERT_TRUE(deploy(kListings, A));
  ASSERT_TRUE(deploy(kSearches, B));
  const auto x = deploy(kX, C);
  ASSERT_TRUE(x) << x.error().message;
  EXPECT_EQ(x->pipeline, "pipeline-x");
  const auto graph = ask(api::Graph{}, C);
  ASSERT_EQ(graph->pipelines.size(), 3u);
  EXPECT_EQ(graph->pipelines.back().pipeline, "pipeline-x") << "upstream first";
  EXPECT_EQ(graph->edges.size(), 2u);
}

TEST_F(GrantedTest, the_published_blocks_are_refused_with_the_grant_named) {
  ASSERT_TRUE(deploy(kListings, A));
  ASSERT_TRUE(deploy(kSearches, B));
  const auto refused = deploy(kX, C);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().problems.size(), 2u);
  EXPECT_NE(refused.error().problems[0].fix.find("weir grant listings --to 333333333333"), std::string::npos);
  ASSERT_TRUE(ask(api::PutGrant{"listings", C, false, ""}, A));
  ASSERT_TRUE(ask(api::PutGrant{"searches", C, false, ""}, B));
  EXPECT_TRUE(deploy(kX, C));
}

TEST_F(DeployTest, unknown_upstreams_and_accounts_are_named_with_the_nearest) {
  ASSERT_TRUE(deploy(kListings, A));
  const auto reply = deploy(R"(name: x
trigger: {executions: {allOf: [{name: listing, account: Account_A_ID}, {name: y, account: Account_Z}]}}
steps: [{run: echo}]
)",
                            C);
  ASSERT_FALSE(reply);
  ASSERT_EQ(reply.error().problems.size(), 2u);
  EXPECT_NE(reply.error().problems[0].text().find("did you mean 'listings'?"), std::string::npos);
  EXPECT_NE(reply.error().problems[1].text().find("Account_Z"), std::string::npos);
}

TEST_F(DeployTest, a_circle_is_refused_and_printed_and_an_offset_opens_it) {
  ASSERT_TRUE(deploy("name: a\ntrigger: {schedule: {hour: 1}}\nsteps: [{run: echo}]\n", A));
  ASSERT_TRUE(deploy("name: b\ntrigger: {executions: {allOf: [{name: a}]}}\nsteps: [{run: echo}]\n", A));
  const auto circle =
      deploy("name: a\nwindow: day\ntrigger: {executions: {allOf: [{name: b}]}}\nsteps: [{run: echo}]\n", A);
  ASSERT_FALSE(circle);
  EXPECT_NE(circle.error().message.find("111111111111/a -> 111111111111/b -> 111111111111/a"), std::string::npos)
      << circle.error().message;
  EXPECT_TRUE(deploy(
      "name: a\nwindow: day\ntrigger: {executions: {allOf: [{name: b, offset: -1}]}}\nsteps: [{run: echo}]\n", A));
}

TEST_F(DeployTest, a_pipeline_with_dependants_is_not_deleted_without_force) {
  ASSERT_TRUE(deploy(kListings, A));
  ASSERT_TRUE(deploy(kSearches, B));
  ASSERT_TRUE(deploy(kX, C));
  const auto refused = ask(api::DeletePipeline{"listings", {}, false, ""}, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("333333333333/pipeline-x"), std::string::npos);
  EXPECT_TRUE(ask(api::DeletePipeline{"listings", {}, true, "over"}, A));
}

TEST_F(DeployTest, runs_start_executions_and_hand_results_on_as_shared) {
  ASSERT_TRUE(deploy(std::string(kListings) + "share: {result: [path]}\nsince: 2026-01-01\n", A));
  ASSERT_TRUE(deploy(std::string(kSearches) + "since: 2026-01-01\n", B));
  ASSERT_TRUE(deploy(std::string(kX) + "since: 2026-01-01\n", C));
  ASSERT_TRUE(ask(api::StartRun{"listings", {}, "2026-11-19"}, A));
  ASSERT_TRUE(ask(api::StartRun{"searches", {}, "2026-11-19"}, B));
  ASSERT_EQ(started.size(), 2u);
  end(0, R"({"step-1":{"path":"/a.csv","rows":3}})");
  end(1, R"({"step-1":{"path":"/b.csv"}})");
  ASSERT_EQ(started.size(), 3u) << "pipeline-x starts when both have succeeded";
  const auto& input = started[2].input.text;
  EXPECT_NE(input.find(R"("key":"2026-11-19","date":"2026-11-19")"), std::string::npos) << input;
  EXPECT_NE(input.find(R"("status":"SUCCEEDED","parameters":{},"result":{"path":"/a.csv"})"), std::string::npos)
      << input;
  EXPECT_EQ(input.find("/b.csv"), std::string::npos) << "searches shares no result";
  const auto explained = ask(api::Explain{"pipeline-x", {}, "2026-11-19"}, C);
  ASSERT_TRUE(explained) << explained.error().message;
  EXPECT_EQ(explained->runs.size(), 1u);
  EXPECT_EQ(explained->clauses.size(), 2u);
  EXPECT_FALSE(explained->next_command.empty());
}

}  // namespace
}  // namespace weir::pipeline
