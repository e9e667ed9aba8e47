#include "host/host.hpp"

#include <thread>

#include "tests/host/house.hpp"

namespace weir::host {
namespace {

using What = store::Call::What;

struct HowMany {
  using Reply = CounterReply;
  int unused = 0;
};
BOOST_DESCRIBE_STRUCT(HowMany, (), (unused))

TEST(Host, answers_what_the_command_did) {
  House h;
  h.start();
  EXPECT_EQ(h.ask(AddToCounter{5})->value, 5);
  EXPECT_EQ(h.ask(AddToCounter{2})->value, 7);
  EXPECT_EQ(h.ask(AddToCounter{-1}).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(h.value(), 7);
}

TEST(Host, answers_each_of_many_clients_exactly_once) {
  House h;
  h.start();
  constexpr int kClients = 8, kEach = 200;
  std::vector<std::vector<Asked>> asked(kClients);
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c)
    clients.emplace_back([&, c] {
      const auto account = "00000000000" + std::to_string(c % 4 + 1);
      for (int i = 0; i < kEach; ++i) {
        Asked one;
        h.host->submit(api::Message::of(AddToCounter{i % 10 == 9 ? -1 : 1}), of(account), one.fn());
        asked[static_cast<std::size_t>(c)].push_back(one);
        if (i % 20 == 0) (void)one.get();
      }
    });
  for (auto& client : clients) client.join();
  int done = 0, refused = 0;
  for (auto& each : asked)
    for (auto& one : each) ++(one.get() ? done : refused);
  EXPECT_EQ(done, kClients * kEach * 9 / 10);
  EXPECT_EQ(refused, kClients * kEach / 10);
  EXPECT_EQ(h.value("000000000001") + h.value("000000000002") + h.value("000000000003") + h.value("000000000004"),
            done);
  h.host->stop();
  for (auto& each : asked)
    for (auto& one : each) EXPECT_EQ(one.times(), 1);
}

TEST(Host, all_that_came_while_a_commit_was_under_way_share_the_next_one) {
  House h;
  Gate commit;
  h.fault(What::commit, 1, Fault::Kind::none, [&] { commit.pass(); });
  h.start();
  auto first = h.submit(AddToCounter{1});
  commit.await_somebody();
  std::vector<Asked> more;
  for (int i = 0; i < 100; ++i) more.push_back(h.submit(AddToCounter{1}));
  // All are decided before the commit ends: else the last would, rightly, go into a third.
  while (h.host->stats().cell.commands < 101) std::this_thread::yield();
  EXPECT_EQ(first.times(), 0);
  EXPECT_EQ(more.front().times(), 0);
  commit.open();
  for (auto& one : more) EXPECT_TRUE(one.get());
  h.host->stop();
  EXPECT_EQ(h.memory.last_batch(), 2);
}

TEST(Host, while_two_accounts_are_at_work_neither_fills_a_batch) {
  House h;
  Gate commit;
  h.fault(What::commit, 3, Fault::Kind::none, [&] { commit.pass(); });
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{1}, kB));
  ASSERT_TRUE(h.ask(AddToCounter{1}));
  auto first = h.submit(AddToCounter{1});
  commit.await_somebody();
  std::atomic<int> flooded = 0, before_b = -1;  // A's answers; how many had come when B's came
  std::vector<Asked> flood;
  for (int i = 0; i < 200; ++i) {
    Asked one;
    h.host->submit(api::Message::of(AddToCounter{1}), of(kA), [&, fn = one.fn()](auto reply) {
      ++flooded;
      fn(std::move(reply));
    });
    flood.push_back(one);
  }
  Asked other;
  h.host->submit(api::Message::of(AddToCounter{1}), of(kB), [&, fn = other.fn()](auto reply) {
    before_b = flooded.load();
    fn(std::move(reply));
  });
  commit.open();
  ASSERT_TRUE(other.get());
  EXPECT_LT(before_b, 100);
  for (auto& one : flood) EXPECT_TRUE(one.get());
  EXPECT_TRUE(first.get());
}

TEST(Host, a_batch_takes_no_more_commands_than_the_bound_while_it_waits) {
  House h;
  Gate commit;
  h.fault(What::commit, 1, Fault::Kind::none, [&] { commit.pass(); });
  h.start();
  auto first = h.submit(AddToCounter{1});
  commit.await_somebody();
  std::vector<Asked> more;
  for (int i = 0; i < 3 * limits::kBatchCommands; ++i)
    more.push_back(h.submit(AddToCounter{1}, "00000000000" + std::to_string(i % 3 + 1)));
  commit.open();
  for (auto& one : more) EXPECT_TRUE(one.get());
  h.host->stop();
  EXPECT_GE(h.memory.last_batch(), 4);
}

TEST(Host, a_flood_of_one_account_does_not_starve_another) {
  House h;
  h.start();
  Gate gate;
  auto holder = h.hold_decisions(gate);
  std::mutex mutex;
  std::string order;
  std::vector<Asked> asked;
  const auto submit = [&](const std::string& account, char name) {
    Asked one;
    h.host->submit(api::Message::of(AddToCounter{1}), of(account), [&, name, fn = one.fn()](auto reply) {
      {
        std::lock_guard lock(mutex);
        order += name;
      }
      fn(std::move(reply));
    });
    asked.push_back(one);
  };
  for (int i = 0; i < 1'000; ++i) submit(kA, 'A');
  for (int i = 0; i < 3; ++i) submit(kB, 'B');
  submit(kC, 'C');
  gate.open();
  for (auto& one : asked) EXPECT_TRUE(one.get());
  EXPECT_EQ(order.substr(0, 8), "ABCABABA");
}

TEST(Host, an_account_is_told_to_slow_down_at_its_bound_and_others_are_not) {
  House h;
  h.options.account_queue = 3;
  h.start();
  Gate gate;
  auto holder = h.hold_decisions(gate);
  std::vector<Asked> asked;
  for (int i = 0; i < 3; ++i) asked.push_back(h.submit(AddToCounter{1}));
  auto fourth = h.submit(AddToCounter{1});
  auto other = h.submit(AddToCounter{1}, kB);
  EXPECT_EQ(fourth.get().error().code, ErrorCode::Throttled);
  EXPECT_TRUE(api::retryable(ErrorCode::Throttled));
  gate.open();
  for (auto& one : asked) EXPECT_TRUE(one.get());
  EXPECT_TRUE(other.get());
  EXPECT_EQ(h.value(), 3);
  EXPECT_EQ(h.host->stats().throttled, 1u);
}

TEST(Host, a_clock_that_is_set_forward_ends_a_poll_that_nothing_else_would) {
  House h;
  h.start();
  auto poll = h.submit(ReadCounter{10, 20});
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 1; }));
  h.now_ms += 19'999;
  (void)h.value(kB);
  EXPECT_EQ(poll.times(), 0);
  h.now_ms += 1;
  (void)h.value(kB);
  EXPECT_EQ(poll.get()->value, 0);
}

TEST(Host, a_poll_is_woken_by_the_change_it_waits_for) {
  House h;
  h.start();
  auto poll = h.submit(ReadCounter{10, 20});
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 1; }));
  ASSERT_TRUE(h.ask(AddToCounter{4}));
  EXPECT_EQ(poll.times(), 0);
  ASSERT_TRUE(h.ask(AddToCounter{6}));
  EXPECT_EQ(poll.get()->value, 10);
}

TEST(Host, a_poll_ends_with_a_retryable_error_when_the_host_stops) {
  House h;
  h.start();
  auto poll = h.submit(ReadCounter{10, 20});
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 1; }));
  h.host->stop();
  EXPECT_EQ(poll.get().error().code, ErrorCode::Unavailable);
  EXPECT_EQ(poll.times(), 1);
}

TEST(Host, a_cancelled_poll_is_dropped_and_never_answered) {
  House h;
  h.start();
  auto poll = h.submit(ReadCounter{10, 20});
  const auto id = h.last_id;
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 1; }));
  h.host->cancel(id);
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 0; }));
  ASSERT_TRUE(h.ask(AddToCounter{10}));
  h.host->stop();
  EXPECT_EQ(poll.times(), 0);
}

TEST(Host, a_command_that_is_cancelled_before_its_turn_is_not_decided) {
  House h;
  h.start();
  Gate gate;
  auto holder = h.hold_decisions(gate);
  auto gone = h.submit(AddToCounter{1});
  h.host->cancel(h.last_id);
  gate.open();
  EXPECT_EQ(h.value(), 0);
  h.host->stop();
  EXPECT_EQ(gone.times(), 0);
}

TEST(Host, an_effect_is_performed_after_its_commit_and_again_until_it_succeeds) {
  House h;
  std::atomic<int> attempts = 0;
  std::atomic<bool> durable = true;
  h.options.perform = [&](const std::shared_ptr<const core::EffectRow>& effect) {
    const auto row = h.memory.fetch(core::kEffectTable, {effect->id});
    if (!row || !*row) durable = false;
    const bool ok = ++attempts == 3;
    h.host->submit(api::Message::of(core::EffectDone{effect->id, ok, "not today", {}}), {effect->account, "run", true},
                   {});
  };
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{100}));
  ASSERT_TRUE(h.until([&] { return attempts == 1; }));
  EXPECT_TRUE(h.until([&] { return h.host->stats().effects == 1; }));
  ASSERT_TRUE(h.until([&] {
    h.now_ms += 1'000;
    return attempts == 3;
  }));
  ASSERT_TRUE(h.until([&] { return h.host->stats().effects == 0; }));
  EXPECT_TRUE(durable);
}

TEST(Host, the_end_of_an_effect_is_heard_while_its_account_floods) {
  House h;
  h.options.account_queue = 2;
  std::promise<core::EffectRow> performed;
  h.options.perform = [&](const std::shared_ptr<const core::EffectRow>& effect) { performed.set_value(*effect); };
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{100}));
  const auto effect = performed.get_future().get();
  Gate gate;
  auto holder = h.hold_decisions(gate);
  std::vector<Asked> flood;
  for (int i = 0; i < 2; ++i) flood.push_back(h.submit(AddToCounter{1}));
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::Throttled);
  h.host->submit(api::Message::of(core::EffectDone{effect.id, true, "", {}}), {effect.account, "run", true}, {});
  gate.open();
  EXPECT_TRUE(h.until([&] { return h.host->stats().effects == 0; }));
}

TEST(Host, under_the_low_water_mark_growth_is_refused_and_the_rest_goes_on) {
  House h;
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{5}));
  h.memory.set_free_bytes(limits::kLowWaterBytes - 1);
  h.now_ms += 2'000;
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutOfSpace);
  EXPECT_EQ(h.value(), 5);
  EXPECT_TRUE(h.until([&] { return h.host->stats().low_space; }));
  h.memory.set_free_bytes(limits::kLowWaterBytes);
  h.now_ms += 2'000;
  EXPECT_EQ(h.ask(AddToCounter{1})->value, 6);
}

TEST(Host, queries_run_on_a_reader_and_see_what_was_acknowledged) {
  House h;
  std::atomic<int> on_reader = 0;
  h.host = std::make_unique<Host>(h.cell, h.store, h.options);
  const auto test = std::this_thread::get_id();
  h.host->on_query<HowMany>(
      [&](store::Store& store, const api::Principal& principal, const HowMany&) -> api::Reply<CounterReply> {
        on_reader += std::this_thread::get_id() != test;
        auto row = store.fetch(counter::kCounterTable, {principal.account.value});
        if (!row || !*row) return api::refuse(ErrorCode::NotFound, "no counter");
        return CounterReply{static_cast<const counter::CounterRow*>(row->get())->value, 0};
      });
  ASSERT_TRUE(h.host->start());
  EXPECT_EQ(h.ask(HowMany{}).error().code, ErrorCode::NotFound);
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(h.ask(AddToCounter{1}));
    EXPECT_EQ(h.ask(HowMany{})->value, i);
  }
  EXPECT_EQ(on_reader, 51);
  EXPECT_EQ(h.host->stats().queries, 51u);
  h.host->stop();
  EXPECT_EQ(h.ask(HowMany{}).error().code, ErrorCode::Unavailable);
}

TEST(Host, a_read_that_the_store_cannot_serve_is_answered_retryable) {
  House h;
  h.fault(What::fetch, 1, Fault::Kind::fail_before);
  h.start();
  const auto first = h.ask(ReadCounter{});
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::Unavailable);
  EXPECT_TRUE(api::retryable(first.error().code));
  EXPECT_TRUE(h.ask(ReadCounter{}));
}

TEST(Host, stopping_loses_nothing_that_was_admitted_and_answers_all) {
  House h;
  h.start();
  Gate gate;
  auto holder = h.hold_decisions(gate);
  std::vector<Asked> asked;
  for (int i = 0; i < 500; ++i) asked.push_back(h.submit(AddToCounter{1}, i % 2 ? kA : kB));
  std::thread stop([&] { h.host->stop(); });
  while (h.host->ready()) std::this_thread::yield();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::Unavailable);
  gate.open();
  stop.join();
  int done = 0;
  for (auto& one : asked) done += one.get().has_value();
  EXPECT_EQ(done, 500);
  EXPECT_EQ(h.counter.value(AccountId{kA}) + h.counter.value(AccountId{kB}), 500);
  auto row = h.memory.fetch(counter::kCounterTable, {kA});
  EXPECT_EQ(static_cast<const counter::CounterRow*>(row->get())->value, 250);
  for (auto& one : asked) EXPECT_EQ(one.times(), 1);
}

TEST(Host, after_its_stop_everybody_is_refused_also_the_house) {
  House h;
  h.start();
  h.host->stop();
  h.host->stop();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::Unavailable);
  Asked own;
  h.host->submit(api::Message::of(AddToCounter{1}), {AccountId{kA}, "weir", true}, own.fn());
  EXPECT_EQ(own.get().error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace weir::host
