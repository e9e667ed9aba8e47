#include "account/account_service.hpp"

#include <gtest/gtest.h>

#include "tests/core/drive.hpp"

namespace weir::account {
namespace {

struct AccountTest : testing::Test {
  AccountTest() {
    service.install(cell.registry());
    drive.open();
  }
  template <class R>
  auto ask(R request, const std::string& account = "111111111111") {
    return *drive.ask(std::move(request), account);
  }
  store::MemoryStore store;
  core::Cell cell;
  AccountService service;
  core::Drive drive{cell, store};
};

TEST_F(AccountTest, an_alias_names_the_account_without_case) {
  ASSERT_TRUE(ask(api::PutAccount{AccountId{"111111111111"}, "Account_A_ID", "core", {}}));
  EXPECT_EQ(service.resolve("account_a_id")->id, AccountId{"111111111111"});
  EXPECT_EQ(service.resolve("111111111111")->owner, "core");
  EXPECT_EQ(service.resolve("222222222222")->alias, "") << "any 12 digits are an account";
}

TEST_F(AccountTest, an_unknown_alias_is_refused_with_the_nearest) {
  ASSERT_TRUE(ask(api::PutAccount{AccountId{"111111111111"}, "finance", {}, {}}));
  const auto reply = service.resolve("finanse");
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("did you mean 'finance'"), std::string::npos);
}

TEST_F(AccountTest, an_alias_belongs_to_one_account) {
  ASSERT_TRUE(ask(api::PutAccount{AccountId{"111111111111"}, "finance", {}, {}}));
  EXPECT_EQ(ask(api::PutAccount{AccountId{"222222222222"}, "FINANCE", {}, {}}).error().code,
            api::ErrorCode::AlreadyExists);
  EXPECT_TRUE(ask(api::PutAccount{AccountId{"333333333333"}, "", {}, {}}));
  EXPECT_TRUE(ask(api::PutAccount{AccountId{"444444444444"}, "", {}, {}})) << "none is no alias";
}

TEST_F(AccountTest, refuses_what_is_no_account_or_alias) {
  EXPECT_FALSE(ask(api::PutAccount{AccountId{"12345678901"}, {}, {}, {}}));
  EXPECT_FALSE(ask(api::PutAccount{AccountId{"111111111111"}, "with space", {}, {}}));
  EXPECT_FALSE(ask(api::PutAccount{AccountId{"111111111111"}, "222222222222", {}, {}}));
}

TEST_F(AccountTest, a_grant_is_given_and_withdrawn_for_one_pipeline_or_all) {
  const AccountId a{"111111111111"}, b{"222222222222"};
  EXPECT_TRUE(service.granted(a, "listings", a)) << "one's own needs none";
  EXPECT_FALSE(service.granted(a, "listings", b));
  ASSERT_TRUE(ask(api::PutGrant{"Listings", b.value, false, ""}));
  EXPECT_TRUE(service.granted(a, "listings", b));
  EXPECT_FALSE(service.granted(a, "other", b));
  ASSERT_TRUE(ask(api::PutGrant{"listings", b.value, true, "over"}));
  EXPECT_FALSE(service.granted(a, "listings", b));
  ASSERT_TRUE(ask(api::PutGrant{"*", b.value, false, ""}));
  EXPECT_TRUE(service.granted(a, "other", b));
}

TEST_F(AccountTest, the_audit_tells_who_did_what_newest_first) {
  ASSERT_TRUE(ask(api::PutAccount{AccountId{"111111111111"}, "finance", {}, {}}));
  ASSERT_TRUE(ask(api::PutGrant{"listings", "222222222222", false, "they asked"}));
  const auto audit = list_audit(store, {AccountId{"111111111111"}, "", false}, {});
  ASSERT_EQ(audit->entries.size(), 2u);
  EXPECT_EQ(audit->entries[0].action, "PutGrant");
  EXPECT_EQ(audit->entries[0].who, "test");
  EXPECT_EQ(audit->entries[0].reason, "they asked");
  EXPECT_TRUE(list_audit(store, {AccountId{"222222222222"}, "", false}, {})->entries.empty());
}

}  // namespace
}  // namespace weir::account
