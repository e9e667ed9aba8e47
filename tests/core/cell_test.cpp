#include "core/cell.hpp"

#include <gtest/gtest.h>

#include "counter/counter_service.hpp"
#include "tests/core/drive.hpp"

namespace weir::core {
namespace {

using api::AddToCounter;
using api::CounterReply;
using api::ReadCounter;

struct House {
  explicit House(CellConfig config = {}) : cell(config), drive(cell, store) {
    counter.install(cell.registry());
    drive.open();
  }
  store::MemoryStore store;
  Cell cell;
  counter::CounterService counter;
  Drive drive;
};

template <class R>
std::function<void(api::Reply<R>)> into(std::optional<api::Reply<R>>& out) {
  return [&out](api::Reply<R> reply) { out = std::move(reply); };
}

TEST(Cell, answers_a_write_only_after_its_batch_is_durable) {
  House h;
  std::optional<api::Reply<CounterReply>> reply;
  h.drive.submit(AddToCounter{5}, "000000000001", into(reply));
  for (auto& a : h.cell.take_answers()) std::move(a).send();
  EXPECT_FALSE(reply);
  auto batch = h.cell.seal();
  ASSERT_TRUE(batch);
  EXPECT_TRUE(h.cell.take_answers().empty());
  h.cell.settled(batch->number, store::CommitOutcome::durable);
  for (auto& a : h.cell.take_answers()) std::move(a).send();
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->value, 5);
}

TEST(Cell, a_row_that_a_batch_puts_twice_is_stored_once_as_it_stands_last) {
  House h;
  std::optional<api::Reply<CounterReply>> first, second;
  h.drive.submit(AddToCounter{5}, "000000000001", into(first));
  h.drive.submit(AddToCounter{6}, "000000000001", into(second));
  auto batch = h.cell.seal();
  ASSERT_TRUE(batch);
  std::vector<std::int64_t> values;
  for (const auto& write : batch->writes)
    if (write.table->name == counter::kCounterTable.name)
      values.push_back(static_cast<const counter::CounterRow*>(write.row.get())->value);
  EXPECT_EQ(values, std::vector<std::int64_t>{11});
  // Refused, all of it is undone, also what was not in the batch.
  h.cell.settled(batch->number, store::CommitOutcome::refused);
  const auto now = h.drive.ask(ReadCounter{}, "000000000001");
  ASSERT_TRUE(now && *now);
  EXPECT_EQ((*now)->value, 0);
}

TEST(Cell, a_read_waits_for_the_batch_that_it_saw) {
  House h;
  h.drive.ask(AddToCounter{0, 1, {AccountId{"000000000001"}}}, "000000000002");  // the cold row is there and known
  std::optional<api::Reply<CounterReply>> write, read;
  h.drive.submit(AddToCounter{5}, "000000000001", into(write));
  auto batch = h.cell.seal();
  h.drive.submit(ReadCounter{}, "000000000001", into(read));
  for (auto& a : h.cell.take_answers()) std::move(a).send();
  EXPECT_FALSE(read) << "the read saw a value that is not durable";
  h.cell.settled(batch->number, store::CommitOutcome::durable);
  for (auto& a : h.cell.take_answers()) std::move(a).send();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->value, 6);
}

TEST(Cell, decides_the_next_batch_while_one_is_committing) {
  House h;
  h.drive.submit(AddToCounter{1}, "000000000001", [](auto) {});
  auto first = h.cell.seal();
  h.drive.submit(AddToCounter{1}, "000000000001", [](auto) {});
  EXPECT_FALSE(h.cell.seal()) << "one batch at a time";
  h.cell.settled(first->number, store::CommitOutcome::durable);
  auto second = h.cell.seal();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number, first->number + 1);
}

TEST(Cell, a_refused_batch_is_undone_with_all_after_it) {
  House h;
  ASSERT_TRUE(h.drive.ask(AddToCounter{10}));
  std::optional<api::Reply<CounterReply>> first, second, read;
  h.drive.submit(AddToCounter{1}, "000000000001", into(first));
  auto batch = h.cell.seal();
  h.drive.submit(AddToCounter{1}, "000000000001", into(second));
  h.cell.settled(batch->number, store::CommitOutcome::refused, "no space");
  for (auto& a : h.cell.take_answers()) std::move(a).send();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->error().code, api::ErrorCode::Unavailable);
  EXPECT_EQ(second->error().code, api::ErrorCode::Unavailable);
  EXPECT_EQ(h.counter.value(AccountId{"000000000001"}), 10);
  EXPECT_EQ((*h.drive.ask(AddToCounter{1}))->value, 11);
}

TEST(Cell, a_waiter_that_is_woken_in_vain_still_ends_when_its_time_is_over) {
  House h;
  h.drive.ask(AddToCounter{0, 1, {AccountId{"000000000001"}}}, "000000000002");  // the cold row is known
  std::optional<api::Reply<CounterReply>> poll;
  h.drive.submit(ReadCounter{100, 20}, "000000000001", into(poll));
  for (int i = 0; i < 19; ++i) {
    h.drive.pass(std::chrono::seconds{1});
    ASSERT_TRUE(h.drive.ask(AddToCounter{1}));
    ASSERT_FALSE(poll);
  }
  h.drive.pass(std::chrono::seconds{1});
  ASSERT_TRUE(poll) << "every wake-up prolonged the wait";
  EXPECT_EQ((*poll)->value, 20);
  EXPECT_EQ(h.cell.waiting(), 0u);
}

TEST(Cell, a_failing_command_leaves_no_trace) {
  House h;
  auto reply = h.drive.ask(AddToCounter{-1});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error().code, api::ErrorCode::InvalidInput);
  EXPECT_FALSE(h.cell.has_writes());
}

TEST(Cell, delivers_between_accounts_in_the_same_commit_up_to_the_budget) {
  House h({0, 1, 2, 0});
  h.drive.submit(AddToCounter{1, 7, {AccountId{"000000000002"}, AccountId{"000000000003"}, AccountId{"000000000004"}}},
                 "000000000001", [](auto) {});
  h.drive.settle();
  EXPECT_EQ(h.counter.value(AccountId{"000000000002"}), 7);
  EXPECT_EQ(h.counter.value(AccountId{"000000000003"}), 7);
  EXPECT_EQ(h.counter.value(AccountId{"000000000004"}), 7);
  EXPECT_EQ(h.cell.stats().deliveries_inline, 2);
  EXPECT_EQ(h.cell.stats().deliveries_worked_off, 1);
  EXPECT_EQ(h.cell.owed(), 0u);
}

TEST(Cell, a_failing_delivery_never_fails_the_sender_and_ends_as_a_dead_letter) {
  House h;
  auto reply = h.drive.ask(AddToCounter{1, 7, {AccountId{"000000000001"}}});  // to itself: refused by the receiver
  ASSERT_TRUE(reply && *reply);
  h.drive.pass(std::chrono::hours{1});
  ASSERT_EQ(h.cell.owed(), 1u);
  const auto& row = **h.cell.deliveries().rows().begin();
  EXPECT_TRUE(row.dead);
  EXPECT_EQ(row.attempts, limits::kDeliveryAttempts);
  EXPECT_NE(row.last_error.find("to itself"), std::string::npos);
}

TEST(Cell, timers_fire_at_their_time_and_survive_a_restart) {
  House h;
  h.drive.ask(AddToCounter{3, 0, {}, Millis{5000}});
  h.drive.pass(Millis{4999});
  EXPECT_EQ(h.counter.value(AccountId{"000000000001"}), 0);
  h.drive.load();  // as after a crash
  h.drive.pass(Millis{1});
  EXPECT_EQ(h.counter.value(AccountId{"000000000001"}), 3);
}

TEST(Cell, a_miss_parks_the_command_until_the_row_is_fetched) {
  House h;
  h.drive.ask(AddToCounter{0, 4, {AccountId{"000000000002"}}});
  h.cell.evict(0, 100);
  EXPECT_EQ(h.cell.cold_rows(), 0u);
  std::optional<api::Reply<CounterReply>> read;
  h.drive.submit(ReadCounter{}, "000000000002", into(read));
  EXPECT_EQ(h.cell.parked(), 1u);
  h.drive.settle();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->received, 4);
}

TEST(Cell, a_write_during_a_fetch_wins_over_what_the_fetch_brings) {
  House h;
  h.drive.ask(AddToCounter{0, 4, {AccountId{"000000000002"}}});
  h.cell.evict(0, 100);
  std::optional<api::Reply<CounterReply>> read;
  h.drive.submit(ReadCounter{}, "000000000002", into(read));
  auto fetches = h.cell.take_fetches();
  ASSERT_EQ(fetches.size(), 1u);
  auto stale = h.store.fetch(*fetches[0].table, fetches[0].key);
  h.drive.ask(AddToCounter{0, 6, {AccountId{"000000000002"}}});  // a second reader of the row: fetches and writes
  h.cell.evict(0, 100);
  h.cell.fetched(fetches[0].ticket, stale, h.drive.now);
  h.drive.settle();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->received, 10);
}

TEST(Cell, a_waiting_read_is_woken_by_the_change_or_ends_with_its_time) {
  House h;
  std::optional<api::Reply<CounterReply>> woken, late;
  h.drive.submit(ReadCounter{3, 20}, "000000000001", into(woken));
  h.drive.submit(ReadCounter{99, 20}, "000000000001", into(late));
  h.drive.settle();
  EXPECT_EQ(h.cell.waiting(), 2u);
  h.drive.ask(AddToCounter{3});
  ASSERT_TRUE(woken && *woken);
  EXPECT_EQ((*woken)->value, 3);
  EXPECT_FALSE(late);
  h.drive.pass(std::chrono::seconds{20});
  ASSERT_TRUE(late && *late);
  EXPECT_EQ((*late)->value, 3);
}

TEST(Cell, effects_start_after_their_commit_and_end_by_a_command) {
  House h;
  int performed = 0;
  h.drive.perform = [&](const EffectRow& row) {
    ++performed;
    return EffectDone{row.id, performed >= 3, "no answer", {}};
  };
  h.drive.submit(AddToCounter{100}, "000000000001", [](auto) {});
  EXPECT_TRUE(h.cell.take_effects(h.drive.now).empty()) << "not durable yet";
  h.drive.settle();
  EXPECT_EQ(performed, 1);
  h.drive.pass(std::chrono::minutes{1});
  EXPECT_EQ(performed, 3);
  EXPECT_EQ(h.cell.effects().size(), 0u);
}

TEST(Cell, effects_are_resumed_after_a_crash) {
  House h;
  h.drive.ask(AddToCounter{100});  // handed out, and then the process dies
  h.drive.load();
  EXPECT_EQ(h.cell.take_effects(h.drive.now).size(), 1u);
}

TEST(Cell, refuses_growth_under_the_low_water_mark_and_goes_on_reading) {
  House h;
  h.cell.set_low_space(true);
  EXPECT_EQ(h.drive.ask(AddToCounter{1})->error().code, api::ErrorCode::OutOfSpace);
  EXPECT_TRUE(h.drive.ask(ReadCounter{})->has_value());
  h.cell.set_low_space(false);
  EXPECT_TRUE(h.drive.ask(AddToCounter{1})->has_value());
}

TEST(Cell, ids_never_repeat_across_restarts) {
  House h;
  h.drive.ask(AddToCounter{1, 0, {}, Millis{1'000'000}});
  const auto first = h.cell.next_due();
  h.drive.load();
  h.drive.ask(AddToCounter{1, 0, {}, Millis{1'000'000}});
  EXPECT_EQ(h.cell.next_due(), first) << "two rows with one id would have been one";
  h.drive.pass(Millis{1'000'000});
  EXPECT_EQ(h.counter.value(AccountId{"000000000001"}), 2);
}

TEST(Cell, time_never_runs_backwards) {
  House h;
  h.drive.ask(AddToCounter{1, 0, {}, Millis{1000}});
  const auto due = *h.cell.next_due();
  h.cell.tick(due);
  EXPECT_EQ(h.counter.value(AccountId{"000000000001"}), 1);
  h.cell.decide({api::Message::of(AddToCounter{1, 0, {}, Millis{1000}}), {AccountId{"000000000001"}, "", false}, {}, 0},
                due - std::chrono::hours{1});
  EXPECT_EQ(h.cell.next_due(), due + Millis{1000});
}

}  // namespace
}  // namespace weir::core
