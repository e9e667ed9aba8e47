// Deleting pipelines and accounts: refused with the list of dependants, or forced (rule 12).
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

const std::string kListings =
    "name: listings\nsince: 2026-01-01\ntrigger: {schedule: {hour: 3}}\nsteps: [{run: echo}]\n";
const std::string kMetric =
    "name: metric\nsince: 2026-01-01\nnotifications: {type: ON_FAILURE, targets: {channel: LOG}}\n"
    "trigger: {executions: {allOf: [{name: listings, account: Account_A_ID}]}}\nsteps: [{run: echo}]\n";

struct Remove : ServiceBench {
  Remove() {
    drive.perform = [this](const core::EffectRow& effect) {
      effects.push_back(effect.payload.text);
      return core::EffectDone{effect.id, true, {}, {}};
    };
  }
  void SetUp() override {
    ASSERT_TRUE(deploy(kListings, A));
    ASSERT_TRUE(deploy(kMetric, B));
  }
  std::vector<std::string> audited(const std::string& account) {
    std::vector<std::string> out;
    const auto reply = account::list_audit(store, {AccountId{account}, "", false}, {});
    if (reply)
      for (const auto& entry : reply->entries)
        if (entry.account.value == account) out.push_back(entry.action + " " + entry.what);
    return out;
  }
  std::vector<std::string> effects;
};

TEST_F(Remove, a_forced_delete_blocks_the_clauses_and_tells_their_owner) {
  ASSERT_FALSE(ask(api::DeletePipeline{"listings", {}, false, ""}, A));
  ASSERT_TRUE(ask(api::DeletePipeline{"listings", {}, true, "over"}, A));
  const auto explained = ask(api::Explain{"metric", {}, "2026-11-19"}, B);
  ASSERT_TRUE(explained);
  ASSERT_EQ(explained->clauses.size(), 1u);
  EXPECT_NE(explained->clauses[0].why.find("the pipeline was deleted"), std::string::npos) << explained->clauses[0].why;
  const auto entries = audited(B);
  EXPECT_NE(std::ranges::find(entries, "UpstreamDeleted " + B + "/metric waits for " + A + "/listings"), entries.end());
  drive.settle();
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_NE(effects[0].find("metric: 111111111111/listings was deleted"), std::string::npos) << effects[0];
}

TEST_F(Remove, a_new_one_of_its_name_opens_the_clauses_again) {
  ASSERT_TRUE(ask(api::DeletePipeline{"listings", {}, true, "over"}, A));
  ASSERT_TRUE(deploy(kListings, A));
  ASSERT_TRUE(ask(api::StartRun{"listings", {}, "2026-11-20"}, A));
  end(0);
  EXPECT_EQ(started.size(), 2u);
}

TEST_F(Remove, an_account_with_dependants_elsewhere_is_refused_with_the_list) {
  const auto refused = ask(api::DeleteAccount{AccountId{A}, false, ""}, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("111111111111/listings by 222222222222/metric"), std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(ask(api::DescribePipeline{"listings", {}}, A));
}

TEST_F(Remove, an_account_whose_pipelines_only_need_each_other_goes_with_them) {
  ASSERT_TRUE(deploy("name: own\ntrigger: {executions: {allOf: [{name: metric}]}}\nsteps: [{run: echo}]\n", B));
  const auto gone = ask(api::DeleteAccount{AccountId{B}, false, "left"}, B);
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(gone->pipelines, (std::vector<std::string>{"metric", "own"}));
  EXPECT_FALSE(ask(api::ResolveAccount{"Account_B_ID"}, A));
  EXPECT_TRUE(ask(api::DeletePipeline{"listings", {}, false, ""}, A)) << "nobody needs it any more";
}

TEST_F(Remove, a_forced_delete_of_an_account_blocks_and_tells) {
  ASSERT_TRUE(ask(api::DeleteAccount{AccountId{A}, true, "left"}, A));
  const auto entries = audited(B);
  EXPECT_NE(std::ranges::find(entries, "UpstreamDeleted " + B + "/metric waits for " + A + "/listings"), entries.end());
  EXPECT_FALSE(ask(api::DescribePipeline{"listings", {A}}, B));
}

TEST_F(Remove, an_account_is_deleted_by_itself_only) {
  const auto refused = ask(api::DeleteAccount{AccountId{B}, true, ""}, A);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, api::ErrorCode::AccessDenied);
}

TEST_F(Remove, an_account_that_is_not_there_is_not_found) {
  const auto refused = ask(api::DeleteAccount{AccountId{"999999999999"}, false, ""}, A);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, api::ErrorCode::NotFound);
}

TEST_F(Remove, so_many_pipelines_go_with_an_account_and_one_more_not) {
  ASSERT_TRUE(ask(api::PutAccount{AccountId{C}, "c", "", {}}, C));
  const auto add = [&](std::size_t i) {
    ASSERT_TRUE(deploy("name: p" + std::to_string(i) + "\nsteps: [{run: echo}]\n", C));
  };
  for (std::size_t i = 0; i <= limits::kAccountDeletePipelines; ++i) add(i);
  const auto refused = ask(api::DeleteAccount{AccountId{C}, false, ""}, C);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, api::ErrorCode::LimitExceeded);
  ASSERT_TRUE(ask(api::DeletePipeline{"p0", {}, false, ""}, C));
  const auto gone = ask(api::DeleteAccount{AccountId{C}, false, ""}, C);
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(gone->pipelines.size(), limits::kAccountDeletePipelines);
}

}  // namespace
}  // namespace weir::pipeline
