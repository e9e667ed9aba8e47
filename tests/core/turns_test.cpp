// Each account has its turn, whoever is owed the most.
#include "core/turns.hpp"

#include <gtest/gtest.h>

#include "counter/counter_service.hpp"
#include "tests/core/drive.hpp"

namespace weir::core {
namespace {

using api::AddToCounter;

const AccountId kMuch{"000000000001"}, kLittle{"000000000002"};
constexpr auto kSender = "000000000003";

struct House {
  House() : cell({0, 1, 1, 0}), drive(cell, store) {
    counter.install(cell.registry());
    drive.open();
  }
  // Decides only: nothing that is owed is worked off yet.
  void add(AddToCounter request, const std::string& account = kSender) {
    drive.submit(std::move(request), account, [](const auto&) {});
    bring();
  }
  // The stored rows that somebody waits for.
  void bring() {
    for (auto fetches = cell.take_fetches(); !fetches.empty(); fetches = cell.take_fetches())
      for (auto& fetch : fetches) cell.fetched(fetch.ticket, store.fetch(*fetch.table, fetch.key), drive.now);
  }
  void owe(int gifts) {
    for (constexpr int kOnce = 900; gifts > 0; gifts -= kOnce)
      add({0, 1, std::vector<AccountId>(static_cast<std::size_t>(std::min(gifts, kOnce)), kMuch)});
  }
  // Pieces of work until the counter of `account` has this value; 99: it takes longer.
  int pieces_until(const AccountId& account, std::int64_t value) {
    int n = 0;
    for (; n < 99 && counter.value(account) < value; ++n) {
      cell.tick(drive.now);
      bring();
    }
    return n;
  }
  store::MemoryStore store;
  Cell cell;
  counter::CounterService counter;
  Drive drive;
};

TEST(Turns, an_account_that_is_owed_little_does_not_wait_for_one_that_is_owed_much) {
  House h;
  h.owe(10'000);
  h.add({0, 7, {kMuch, kLittle}});
  ASSERT_GE(h.cell.owed(), 10'000u);
  EXPECT_LE(h.pieces_until(kLittle, 7), 2);
  EXPECT_GE(h.cell.owed(), 9'990u) << "the other has more to do";
}

TEST(Turns, what_is_owed_to_one_account_keeps_its_order) {
  House h;
  for (int i = 0; i < 3; ++i) h.add({0, 1, {kMuch, kLittle}});
  std::vector<std::int64_t> ids;
  while (h.cell.owed() > 0) {
    const auto& rows = h.cell.deliveries().rows();
    const auto first = std::ranges::find_if(rows, [](const auto& row) { return row->account == kMuch; });
    if (first != rows.end() && (ids.empty() || ids.back() != (*first)->id)) ids.push_back((*first)->id);
    h.cell.tick(h.drive.now);
    h.bring();
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(h.counter.value(kMuch), 3);
  EXPECT_EQ(h.counter.value(kLittle), 3);
}

TEST(Turns, what_the_clock_brings_does_not_wait_for_the_end_of_what_is_owed) {
  House h;
  h.add({3, 0, {}, Millis{1000}}, kLittle.value);
  h.owe(10'000);
  h.drive.now += Millis{1000};
  EXPECT_LE(h.pieces_until(kLittle, 3), 2);
  EXPECT_GE(h.cell.owed(), 9'990u);
}

TEST(Turns, a_delivery_that_waits_to_be_tried_again_lets_others_pass) {
  House h;
  h.add({0, 7, {AccountId{kSender}, AccountId{kSender}}});  // to itself: refused by the receiver
  h.drive.settle();
  ASSERT_GE(h.cell.owed(), 1u);
  h.add({0, 7, {kMuch, kLittle}});
  EXPECT_LE(h.pieces_until(kLittle, 7), 3);
}

}  // namespace
}  // namespace weir::core
