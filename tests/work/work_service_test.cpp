#include "work/work_service.hpp"

#include "json/text.hpp"
#include "tests/core/drive.hpp"

namespace weir::work {
namespace {

struct Work : testing::Test {
  core::Cell cell;
  WorkService work{cell.registry()};
  store::MemoryStore store;
  core::Drive drive{cell, store};
  std::vector<api::WorkEnded> ended;
  std::vector<api::WorkStarted> started;
  bool wanted = true;

  void SetUp() override {
    cell.registry().observe<api::WorkEnded>([this](auto&, const api::WorkEnded& e) { ended.push_back(e); });
    cell.registry().observe<api::WorkStarted>([this](auto&, const api::WorkStarted& e) { started.push_back(e); });
    cell.registry().on<api::WorkWanted>(
        [this](auto&, const auto&) -> api::Reply<api::WorkWantedReply> { return api::WorkWantedReply{wanted}; });
    drive.open();
  }
  std::int64_t enqueue(const std::string& account = "000000000001", const std::string& queue = "default",
                       int heartbeat_s = 0) {
    api::EnqueueWork request;
    request.queue = queue;
    request.kind = "step";
    request.payload.text = R"({"a":1.0})";
    request.owner = {"test", 7, 1};
    request.heartbeat_s = heartbeat_s;
    return (*drive.ask(request, account))->id;
  }
  static api::ClaimWork claim(int slots = 1, int wait_s = 0, int lease_s = 30) {
    return {"default", "w1", slots, wait_s, lease_s};
  }
  std::vector<api::ClaimedWork> claimed(const api::ClaimWork& request, const std::string& account = "000000000001") {
    return (*drive.ask(request, account))->items;
  }
  // As a worker of the house, which serves all accounts.
  std::optional<api::ClaimWorkReply> house_reply;
  void house_claims(const api::ClaimWork& request) {
    house_reply.reset();
    cell.decide({api::Message::of(request),
                 {AccountId{"000000000000"}, "house", true},
                 [this](api::Reply<api::Message> r) { house_reply = *r->as<api::ClaimWorkReply>(); },
                 99},
                drive.now);
    drive.settle();
  }
};

TEST_F(Work, hands_out_items_in_the_order_they_came) {
  const auto a = enqueue(), b = enqueue(), c = enqueue();
  const auto first = claimed(claim(2));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].id, a);
  EXPECT_EQ(first[1].id, b);
  EXPECT_EQ(first[0].payload.text, R"({"a":1.0})");
  EXPECT_EQ(claimed(claim(2)).at(0).id, c);
  EXPECT_TRUE(claimed(claim(2)).empty());
  EXPECT_EQ(started.size(), 3u);
}

TEST_F(Work, says_whose_an_item_is) {
  enqueue();
  EXPECT_EQ(claimed(claim()).at(0).owner, (api::WorkOwner{"test", 7, 1}));
}

// The stop of an item that its owner gave up may still be on its way.
TEST_F(Work, tells_the_worker_that_nobody_waits_for_the_result_any_more) {
  enqueue(), enqueue();
  const auto items = claimed(claim(2));
  wanted = false;
  EXPECT_TRUE((*drive.ask(api::CompleteWork{items[0].id, items[0].lease, {"1"}}))->stopped);
  EXPECT_TRUE((*drive.ask(api::FailWork{items[1].id, items[1].lease, "E", ""}))->stopped);
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].outcome, api::WorkOutcome::STOPPED);
  EXPECT_EQ(ended[0].result.text, "");
  EXPECT_EQ(ended[1].outcome, api::WorkOutcome::STOPPED);
}

TEST_F(Work, wakes_a_waiting_claim_exactly_when_an_item_comes) {
  std::optional<api::ClaimWorkReply> reply;
  drive.submit(claim(1, 20), "000000000001", [&](api::Reply<api::ClaimWorkReply> r) { reply = *r; });
  drive.pass(Millis{5'000});
  EXPECT_FALSE(reply);
  enqueue("000000000001", "other");
  EXPECT_FALSE(reply);
  const auto id = enqueue();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->items.at(0).id, id);
}

TEST_F(Work, answers_an_empty_list_when_the_wait_is_over) {
  std::optional<api::ClaimWorkReply> reply;
  drive.submit(claim(1, 20), "000000000001", [&](api::Reply<api::ClaimWorkReply> r) { reply = *r; });
  drive.pass(Millis{20'000});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->items.empty());
}

TEST_F(Work, a_worker_of_an_account_gets_nothing_of_another) {
  enqueue("000000000002");
  EXPECT_TRUE(claimed(claim()).empty());
}

TEST_F(Work, a_worker_of_the_house_serves_accounts_in_turns) {
  enqueue("000000000001"), enqueue("000000000001"), enqueue("000000000001");
  enqueue("000000000002");
  enqueue("000000000003");
  std::string order;
  for (int i = 0; i < 5; ++i) {
    house_claims(claim());
    order += house_reply->items.at(0).account.str().back();
  }
  EXPECT_EQ(order, "12311");
}

TEST_F(Work, ends_an_item_once_with_its_result) {
  enqueue();
  const auto item = claimed(claim()).at(0);
  EXPECT_TRUE(drive.ask(api::CompleteWork{item.id, item.lease, {"[1]"}})->has_value());
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].result.text, "[1]");
  EXPECT_EQ(ended[0].owner, (api::WorkOwner{"test", 7, 1}));
  const auto again = *drive.ask(api::CompleteWork{item.id, item.lease, {"[1]"}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, api::ErrorCode::Conflict);
  EXPECT_EQ(ended.size(), 1u);
  EXPECT_EQ(store.rows(kWorkTable), 0u);
  EXPECT_EQ(store.rows(kWorkPayloadTable), 0u);
}

TEST_F(Work, refuses_an_old_lease) {
  enqueue();
  const auto item = claimed(claim()).at(0);
  EXPECT_EQ((*drive.ask(api::FailWork{item.id, item.lease + 1, "E", ""})).error().code, api::ErrorCode::Conflict);
}

TEST_F(Work, fails_an_item_whose_result_is_too_big) {
  enqueue();
  const auto item = claimed(claim()).at(0);
  const std::string big = json::quote(std::string(limits::kPayloadBytes, 'x'));
  EXPECT_TRUE(drive.ask(api::CompleteWork{item.id, item.lease, {big}})->has_value());
  EXPECT_EQ(ended.at(0).outcome, api::WorkOutcome::FAILED);
  EXPECT_EQ(ended.at(0).error, "States.DataLimitExceeded");
}

TEST_F(Work, a_lease_without_heartbeats_ends_the_item_as_lost) {
  enqueue();
  const auto item = claimed(claim(1, 0, 10)).at(0);
  drive.pass(Millis{9'999});
  EXPECT_TRUE(ended.empty());
  drive.pass(Millis{1});
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].outcome, api::WorkOutcome::LOST);
  EXPECT_EQ(ended[0].error, "Weir.WorkerLost");
  const auto beat = *drive.ask(api::HeartbeatWork{"w1", {{item.id, item.lease}}, 10});
  EXPECT_EQ(beat->lost, std::vector{item.id});
}

TEST_F(Work, heartbeats_keep_the_lease) {
  enqueue();
  const auto item = claimed(claim(1, 0, 10)).at(0);
  for (int i = 0; i < 10; ++i) {
    drive.pass(Millis{6'000});
    EXPECT_TRUE((*drive.ask(api::HeartbeatWork{"w1", {{item.id, item.lease}}, 10}))->lost.empty());
  }
  EXPECT_TRUE(ended.empty());
}

TEST_F(Work, a_lease_is_no_longer_than_the_owner_wants_heartbeats) {
  enqueue("000000000001", "default", 3);
  EXPECT_EQ(claimed(claim(1, 0, 60)).at(0).lease_s, 3);
  drive.pass(Millis{3'000});
  EXPECT_EQ(ended.size(), 1u);
}

TEST_F(Work, stopping_a_waiting_item_ends_it_at_once) {
  const auto id = enqueue();
  drive.ask(api::StopWork{id});
  EXPECT_EQ(ended.at(0).outcome, api::WorkOutcome::STOPPED);
  EXPECT_TRUE(claimed(claim()).empty());
}

TEST_F(Work, a_running_item_hears_of_its_stop_with_the_next_heartbeat) {
  enqueue();
  const auto item = claimed(claim()).at(0);
  drive.ask(api::StopWork{item.id});
  EXPECT_TRUE(ended.empty());
  EXPECT_EQ((*drive.ask(api::HeartbeatWork{"w1", {{item.id, item.lease}}, 10}))->stop, std::vector{item.id});
  EXPECT_TRUE((*drive.ask(api::CompleteWork{item.id, item.lease, {"1"}}))->stopped);
  EXPECT_EQ(ended.at(0).outcome, api::WorkOutcome::STOPPED);
}

TEST_F(Work, survives_a_restart) {
  const auto id = enqueue();
  const auto other = enqueue();
  const auto item = claimed(claim(1, 0, 10)).at(0);
  drive.load();
  EXPECT_EQ(claimed(claim()).at(0).id, other);
  EXPECT_TRUE(drive.ask(api::CompleteWork{id, item.lease, {"1"}})->has_value());
}

TEST_F(Work, lists_what_waits_and_runs_of_the_account) {
  enqueue(), enqueue(), enqueue("000000000002");
  claimed(claim());
  const api::Principal me{AccountId{"000000000001"}, "me"};
  EXPECT_EQ(list_work(store, me, {})->items.size(), 2u);
  api::ListWork leased;
  leased.status = api::WorkStatus::LEASED;
  const auto list = list_work(store, me, leased);
  ASSERT_EQ(list->items.size(), 1u);
  EXPECT_EQ(list->items[0].worker, "w1");
  api::ListWork paged;
  paged.limit = 1;
  const auto page = list_work(store, me, paged);
  ASSERT_TRUE(page->next);
  paged.after = page->next;
  EXPECT_EQ(list_work(store, me, paged)->items.size(), 1u);
}

}  // namespace
}  // namespace weir::work
