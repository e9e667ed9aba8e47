// Deploys through the service.
#include <gtest/gtest.h>

#include "base/base64.hpp"
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

TEST_F(DeployTest, a_dry_run_says_what_it_would_change_and_changes_nothing) {
  ASSERT_TRUE(deploy(kListings, A));
  api::DeployPipeline request;
  request.yaml = std::string(kListings) + "owner: else\n";
  request.dry_run = true;
  const auto reply = ask(request, A);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_FALSE(reply->deployed);
  EXPECT_EQ(reply->version, 2);
  ASSERT_EQ(reply->changes.size(), 1u);
  EXPECT_EQ(reply->changes[0].part, "owner");
  EXPECT_EQ(ask(api::DescribePipeline{"listings", {}}, A)->version, 1);
}

TEST_F(DeployTest, a_rollback_is_a_new_version_with_the_old_text) {
  ASSERT_TRUE(deploy(kListings, A));
  ASSERT_TRUE(deploy(std::string(kListings) + "owner: else\n", A));
  const auto back = ask(api::RollbackPipeline{"listings", {}, 1, true, false, "it was better"}, A);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->version, 3);
  const auto versions = ask(api::ListVersions{"listings", {}, {}, 2}, A);
  ASSERT_TRUE(versions);
  ASSERT_EQ(versions->versions.size(), 2u);
  EXPECT_EQ(versions->versions[0].version, 3);
  EXPECT_TRUE(versions->versions[0].in_force);
  EXPECT_EQ(versions->versions[0].rolled_back_to, 1);
  EXPECT_EQ(versions->next, 2);
  EXPECT_EQ(ask(api::ListVersions{"listings", {}, 2, 5}, A)->versions.size(), 1u);
  const auto third = ask(api::DescribeVersion{"listings", {}, 0}, A);
  EXPECT_EQ(third->yaml, kListings);
  ASSERT_EQ(third->changes.size(), 1u);
  EXPECT_EQ(third->changes[0].kind, api::ChangeKind::REMOVED);
  EXPECT_EQ(ask(api::RollbackPipeline{"listings", {}, 3}, A).error().code, api::ErrorCode::Conflict);
  EXPECT_EQ(ask(api::RollbackPipeline{"listings", {}, 9}, A).error().code, api::ErrorCode::NotFound);
}

TEST_F(DeployTest, variables_are_those_of_the_environment_and_each_is_a_version_of_its_own) {
  api::DeployPipeline request;
  request.yaml = "name: v\ntrigger: {schedule: {hour: \"${var.HOUR}\"}}\nsteps: [{run: 'echo ${var.HOUR}'}]\n";
  request.project_yaml = "variables: {default: {HOUR: 3}, prod: {HOUR: 5}}\n";
  ASSERT_TRUE(ask(request, A));
  request.environment = "prod";
  const auto prod = ask(request, A);
  ASSERT_TRUE(prod) << prod.error().message;
  EXPECT_EQ(prod->version, 2);
  EXPECT_NE(prod->sentence.find("05:00"), std::string::npos) << prod->sentence;
  EXPECT_FALSE(ask(request, A)->changed);
  request.environment = "prdo";
  EXPECT_NE(ask(request, A).error().message.find("did you mean 'prod'?"), std::string::npos);
}

TEST_F(DeployTest, several_are_deployed_together_upstreams_first_or_none_of_them) {
  const auto one = [](const std::string& yaml, const std::string& file) {
    api::DeployPipeline out;
    out.yaml = yaml;
    out.file = file;
    return out;
  };
  api::DeployAll all;
  all.pipelines = {one("name: c\ntrigger: {executions: {allOf: [{name: b}]}}\nsteps: [{run: echo}]\n", "c.yaml"),
                   one("name: b\ntrigger: {executions: {allOf: [{name: a}]}}\nsteps: [{run: echo}]\n", "b.yaml"),
                   one("name: a\ntrigger: {schedule: {hour: 1}}\nsteps: [{run: echo}]\n", "a.yaml")};
  all.dry_run = true;
  const auto rehearsed = ask(all, A);
  ASSERT_TRUE(rehearsed) << rehearsed.error().message;
  EXPECT_FALSE(rehearsed->deployed);
  ASSERT_EQ(rehearsed->pipelines.size(), 3u);
  EXPECT_FALSE(ask(api::DescribePipeline{"a", {}}, A)) << "a dry run leaves nothing";

  all.dry_run = false;
  all.pipelines.push_back(
      one("name: d\ntrigger: {executions: {allOf: [{name: zz}]}}\nsteps: [{run: echo}]\n", "d.yaml"));
  const auto refused = ask(all, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("d.yaml:2:"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(ask(api::DescribePipeline{"a", {}}, A)) << "one mistake, and none is deployed";

  all.pipelines.pop_back();
  const auto reply = ask(all, A);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->pipelines[0].pipeline, "a");
  EXPECT_EQ(reply->pipelines[2].pipeline, "c");
  EXPECT_EQ(reply->pipelines[2].grain, "day");
}

TEST_F(DeployTest, an_upstream_that_two_ways_lead_to_plans_for_both) {
  ASSERT_TRUE(deploy("name: raw\ntrigger: {schedule: {hour: 3}}\nsteps: [{run: echo}]\n", A));
  for (const std::string side : {"left", "right"})
    ASSERT_TRUE(deploy("name: " + side + "\ntrigger: {executions: {allOf: [{name: raw}]}}\nsteps: [{run: echo}]\n", A));
  ASSERT_TRUE(
      deploy("name: both\ntrigger: {executions: {allOf: [{name: left}, {name: right}]}}\nsteps: [{run: echo}]\n", A));
  const auto week =
      deploy("name: w\nwindow: week\ntrigger: {executions: {allOf: [{name: both}]}}\nsteps: [{run: echo}]\n", A);
  EXPECT_TRUE(week) << week.error().message;
}

TEST_F(DeployTest, pipelines_that_need_each_other_in_other_windows_come_together) {
  api::DeployAll all;
  all.pipelines.resize(2);
  all.pipelines[0].yaml =
      "name: a\nwindow: day\ntrigger: {executions: {allOf: [{name: b, offset: -1}]}}\nsteps: [{run: echo}]\n";
  all.pipelines[1].yaml = "name: b\nwindow: day\ntrigger: {executions: {allOf: [{name: a}]}}\nsteps: [{run: echo}]\n";
  const auto reply = ask(all, A);
  ASSERT_TRUE(reply) << reply.error().message;
  for (const auto& one : reply->pipelines) EXPECT_TRUE(one.warnings.empty());
  EXPECT_EQ(ask(api::Graph{}, A)->edges.size(), 2u);
}

TEST_F(DeployTest, a_calendar_travels_with_the_deploy_and_is_part_of_the_version) {
  api::DeployPipeline request;
  request.yaml =
      "name: d\ntimezone: UTC\ntrigger: {schedule: {hour: 6, calendar: days/off.txt}}\nsteps: [{run: echo}]\n";
  const auto missing = ask(request, A);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("the project has no file 'days/off.txt'"), std::string::npos);
  request.files = {{"days/off.txt", false, base64_encode("2026-11-23\n2026-11-24\n")}};
  ASSERT_TRUE(ask(request, A));
  // 2026-11-20 is a Friday.
  EXPECT_EQ(ask(api::NextTimes{"d", {}, 1, {}}, A)->times[0].key, "2026-11-25");
  request.files = {{"days/off.txt", false, base64_encode("2026-11-23\n")}};
  EXPECT_EQ(ask(request, A)->version, 2);
  EXPECT_EQ(ask(api::NextTimes{"d", {}, 1, {}}, A)->times[0].key, "2026-11-24");
}

TEST_F(DeployTest, next_times_are_bounded) {
  ASSERT_TRUE(deploy(kListings, A));
  EXPECT_FALSE(ask(api::NextTimes{"listings", {}, 0, {}}, A));
  EXPECT_EQ(ask(api::NextTimes{"listings", {}, limits::kNextTimes - 1, {}}, A)->times.size(), 999u);
  EXPECT_EQ(ask(api::NextTimes{"listings", {}, limits::kNextTimes, {}}, A)->times.size(), 1'000u);
  EXPECT_FALSE(ask(api::NextTimes{"listings", {}, limits::kNextTimes + 1, {}}, A));
}

}  // namespace
}  // namespace weir::pipeline
