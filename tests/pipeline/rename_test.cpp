// `formerly:`: a rename in one deploy keeps identity, history, fired keys, grants and dependants (rule 12).
#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

std::string listings(const std::string& name, const std::string& more = "") {
  return "name: " + name + "\nsince: 2026-01-01\n" + more + "trigger: {schedule: {hour: 3}}\nsteps: [{run: echo}]\n";
}
std::string metric(const std::string& upstream) {
  return "name: metric\nsince: 2026-01-01\ntrigger: {executions: {allOf: [{name: " + upstream +
         ", account: Account_A_ID}]}}\nsteps: [{run: echo}]\n";
}

struct Rename : ServiceBench {
  explicit Rename(Sharing sharing = Sharing::open) : ServiceBench(sharing) {}
  void SetUp() override { ASSERT_TRUE(deploy(listings("old"), A)); }
  void rename() {
    const auto reply = deploy(listings("new", "formerly: old\n"), A);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->version, 2);
  }
};
struct GrantedRename : Rename {
  GrantedRename() : Rename(Sharing::granted) {}
};

TEST_F(Rename, what_has_fired_stays_fired_and_dependants_follow) {
  ASSERT_TRUE(deploy(metric("old"), B));
  ASSERT_TRUE(ask(api::StartRun{"old", {}, "2026-11-19"}, A));
  end(0);
  ASSERT_EQ(started.size(), 2u);
  end(1);
  rename();
  EXPECT_EQ(started.size(), 2u) << "nothing fires again";
  ASSERT_TRUE(ask(api::StartRun{"new", {}, "2026-11-18"}, A));
  end(2);
  EXPECT_EQ(started.size(), 4u) << "metric runs for the 18th";
  const auto shown = ask(api::DescribePipeline{"metric", {}}, B);
  EXPECT_EQ(shown->upstreams, std::vector<std::string>{A + "/new"});
  EXPECT_EQ(ask(api::DescribePipeline{"new", {}}, A)->dependants, std::vector<std::string>{B + "/metric"});
}

TEST_F(Rename, the_old_name_still_finds_it_and_a_deploy_warns) {
  rename();
  EXPECT_EQ(ask(api::DescribePipeline{"old", {}}, A)->pipeline, "new");
  api::ListRuns log;
  log.pipeline = "old";
  EXPECT_TRUE(list_runs(store, {AccountId{A}, "", false}, log, {}));
  const auto reply = deploy(metric("old"), B);
  ASSERT_TRUE(reply) << reply.error().message;
  ASSERT_EQ(reply->warnings.size(), 1u);
  EXPECT_NE(reply->warnings[0].find("is now called new"), std::string::npos) << reply->warnings[0];
}

TEST_F(Rename, the_key_may_stay_in_the_file) {
  rename();
  const auto again = deploy(listings("new", "formerly: old\ndescription: more\n"), A);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->version, 3);
}

TEST_F(Rename, a_clause_that_waits_for_the_new_name_finds_it) {
  api::DeployPipeline request;
  request.yaml = metric("new");
  request.allow_missing = true;
  ASSERT_TRUE(ask(request, B));
  rename();
  EXPECT_EQ(ask(api::DescribePipeline{"new", {}}, A)->dependants, std::vector<std::string>{B + "/metric"});
}

TEST_F(Rename, onto_a_name_that_is_taken_is_refused) {
  ASSERT_TRUE(deploy(listings("new"), A));
  const auto refused = deploy(listings("new", "formerly: old\n"), A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("has both 'new' and 'old'"), std::string::npos) << refused.error().message;
}

TEST_F(Rename, of_nothing_is_a_new_pipeline_and_says_so) {
  const auto reply = deploy(listings("other", "formerly: never\n"), A);
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->warnings.size(), 1u);
  EXPECT_NE(reply->warnings[0].find("no pipeline 'never'"), std::string::npos) << reply->warnings[0];
}

TEST_F(Rename, the_name_it_has_is_refused) {
  const auto refused = deploy(listings("old", "formerly: OLD\n"), A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("the name it has now"), std::string::npos) << refused.error().message;
}

TEST_F(GrantedRename, a_grant_follows_it) {
  ASSERT_TRUE(ask(api::PutGrant{"old", C, false, ""}, A));
  ASSERT_TRUE(deploy(metric("old"), C));
  rename();
  EXPECT_TRUE(deploy(metric("new"), C));
  ASSERT_TRUE(ask(api::PutGrant{"old", C, true, ""}, A));
  EXPECT_FALSE(deploy(metric("new") + "description: more\n", C));
}

}  // namespace
}  // namespace weir::pipeline
