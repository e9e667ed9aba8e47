#include "host/admission.hpp"

#include <gtest/gtest.h>

namespace weir::host {
namespace {

const AccountId kA{"000000000001"}, kB{"000000000002"}, kC{"000000000003"};

void push(Admission<int>& admission, const AccountId& account, int item) { ASSERT_TRUE(admission.push(account, item)); }
std::vector<int> all(Admission<int>& admission) {
  std::vector<int> out;
  while (auto item = admission.pop()) out.push_back(*item);
  return out;
}

TEST(Admission, serves_one_account_first_come_first_served) {
  Admission<int> admission;
  for (int i = 1; i <= 3; ++i) push(admission, kA, i);
  EXPECT_EQ(all(admission), (std::vector{1, 2, 3}));
  EXPECT_TRUE(admission.empty());
}

TEST(Admission, accounts_take_turns_however_much_one_has_waiting) {
  Admission<int> admission;
  for (int i = 1; i <= 4; ++i) push(admission, kA, i);
  push(admission, kB, 10);
  push(admission, kB, 11);
  push(admission, kC, 20);
  EXPECT_EQ(all(admission), (std::vector{1, 10, 20, 2, 11, 3, 4}));
}

TEST(Admission, an_account_that_comes_back_queues_behind_the_others) {
  Admission<int> admission;
  push(admission, kA, 1);
  push(admission, kB, 10);
  EXPECT_EQ(admission.pop(), 1);
  push(admission, kA, 2);
  EXPECT_EQ(all(admission), (std::vector{10, 2}));
}

TEST(Admission, the_bound_is_the_accounts_own) {
  Admission<int> admission(3);
  for (int i = 1; i <= 3; ++i) push(admission, kA, i);
  int fourth = 4;
  EXPECT_FALSE(admission.push(kA, fourth));
  EXPECT_EQ(admission.size(), 3u);
  push(admission, kB, 10);
  EXPECT_EQ(admission.pop(), 1);
  push(admission, kA, 5);
  EXPECT_EQ(all(admission), (std::vector{10, 2, 3, 5}));
}

TEST(Admission, a_refused_item_is_untouched) {
  Admission<std::string> admission(1);
  std::string first = "first", item = "a text that is longer than a small string";
  ASSERT_TRUE(admission.push(kA, first));
  EXPECT_FALSE(admission.push(kA, item));
  EXPECT_EQ(item, "a text that is longer than a small string");
  EXPECT_EQ(admission.pop(), "first");
  EXPECT_FALSE(admission.pop());
}

TEST(Admission, the_houses_own_reports_know_no_bound) {
  Admission<int> admission(1);
  push(admission, kA, 1);
  int own = 2;
  admission.push_always(kA, own);
  EXPECT_EQ(all(admission), (std::vector{1, 2}));
}

TEST(Admission, takes_out_what_is_no_longer_wanted) {
  Admission<int> admission;
  push(admission, kA, 1);
  push(admission, kB, 10);
  push(admission, kA, 2);
  EXPECT_TRUE(admission.remove_if([](int item) { return item == 10; }));
  EXPECT_FALSE(admission.remove_if([](int item) { return item == 10; }));
  EXPECT_EQ(admission.size(), 2u);
  push(admission, kB, 11);
  EXPECT_EQ(all(admission), (std::vector{1, 11, 2}));
}

TEST(Admission, an_account_that_has_spent_its_share_waits_for_the_next_batch) {
  Admission<int> admission;
  for (int i = 1; i <= 3; ++i) push(admission, kA, i);
  EXPECT_EQ(admission.pop(), 1);
  admission.charge(kA, 3, 4);  // one below its share
  EXPECT_EQ(admission.pop(), 2);
  admission.charge(kA, 1, 4);  // at its share
  EXPECT_FALSE(admission.has_turn());
  EXPECT_FALSE(admission.pop());
  push(admission, kB, 10);
  push(admission, kA, 4);
  EXPECT_EQ(admission.pop(), 10);
  EXPECT_FALSE(admission.has_turn());
  EXPECT_EQ(admission.size(), 2u);
  admission.next_batch();
  EXPECT_EQ(all(admission), (std::vector{3, 4}));
}

TEST(Admission, what_is_held_can_be_taken_out) {
  Admission<int> admission;
  push(admission, kA, 1);
  push(admission, kA, 2);
  EXPECT_EQ(admission.pop(), 1);
  admission.charge(kA, 1, 1);
  EXPECT_TRUE(admission.remove_if([](int item) { return item == 2; }));
  admission.next_batch();
  EXPECT_FALSE(admission.has_turn());
  push(admission, kA, 3);
  EXPECT_EQ(all(admission), (std::vector{3}));
}

}  // namespace
}  // namespace weir::host
