// How the host lives through a store that fails: refused, unknown, unknown again.
#include <stdlib.h>

#include <filesystem>

#include "store/sqlite/sqlite_store.hpp"
#include "tests/host/house.hpp"

namespace weir::host {
namespace {

using What = store::Call::What;

// Runs over the store in memory and over SQLite in a folder of its own.
class FailingStore : public ::testing::TestWithParam<bool> {
 protected:
  FailingStore() {
    if (!GetParam()) return;
    std::string name = (std::filesystem::path(::testing::TempDir()) / "weir-host-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    sqlite_ = std::make_unique<store::SqliteStore>(folder_ / "store", store::SqliteOptions{.reserve_bytes = 0});
  }
  ~FailingStore() override {
    sqlite_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  store::Store* inside() { return sqlite_.get(); }

  std::filesystem::path folder_;
  std::unique_ptr<store::SqliteStore> sqlite_;
};
INSTANTIATE_TEST_SUITE_P(Stores, FailingStore, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "sqlite" : "memory"; });

TEST_P(FailingStore, a_refused_commit_is_a_retryable_error_and_the_host_goes_on) {
  House h(inside());
  h.fault(What::commit, 2, Fault::Kind::refuse);
  h.start();
  EXPECT_EQ(h.ask(AddToCounter{10})->value, 10);
  const auto refused = h.ask(AddToCounter{5});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(h.ask(AddToCounter{1})->value, 11);
  EXPECT_TRUE(h.until([&] { return h.host->stats().refused == 1; }));
  EXPECT_TRUE(h.until([&] { return h.host->stats().commits == 2; }));
}

TEST_P(FailingStore, what_was_decided_on_a_refused_batch_is_refused_with_it) {
  House h(inside());
  Gate commit;
  h.fault(What::commit, 1, Fault::Kind::refuse, [&] { commit.pass(); });
  h.start();
  auto first = h.submit(AddToCounter{1});
  commit.await_somebody();
  auto read = h.submit(AddToCounter{0});
  auto done = h.submit(AddToCounter{2}, kB);
  commit.open();
  EXPECT_FALSE(first.get());
  // Decided before the refusal they go with it, after it they are done; in either case the answer is the truth.
  const bool b = done.get().has_value();
  (void)read.get();
  EXPECT_EQ(h.value(), 0);
  EXPECT_EQ(h.value(kB), b ? 2 : 0);
}

TEST_P(FailingStore, an_account_that_waits_for_the_next_batch_goes_on_after_a_refused_one) {
  House h(inside());
  Gate commit;
  h.fault(What::commit, 3, Fault::Kind::refuse, [&] { commit.pass(); });
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{1}, kB));
  ASSERT_TRUE(h.ask(AddToCounter{1}));  // two accounts are at work: none may fill a batch
  auto first = h.submit(AddToCounter{1});
  commit.await_somebody();
  std::vector<Asked> flood;
  for (int i = 0; i < 200; ++i) flood.push_back(h.submit(AddToCounter{1}));
  commit.open();
  EXPECT_FALSE(first.get());
  int done = 1;
  for (auto& one : flood) done += one.get().has_value();
  EXPECT_EQ(h.value(), done);
}

TEST_P(FailingStore, an_unknown_commit_that_was_not_written_is_told_as_unknown_and_is_not_there) {
  House h(inside());
  h.fault(What::commit, 2, Fault::Kind::fail_before);
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{10}));
  EXPECT_EQ(h.ask(AddToCounter{5}).error().code, ErrorCode::OutcomeUnknown);
  EXPECT_EQ(h.value(), 10);
  EXPECT_EQ(h.ask(AddToCounter{1})->value, 11);
  EXPECT_TRUE(h.until([&] { return h.host->stats().reloads == 1; }));
  EXPECT_TRUE(h.host->ready());
}

TEST_P(FailingStore, an_unknown_commit_that_was_written_is_told_as_unknown_and_is_there) {
  House h(inside());
  h.fault(What::commit, 2, Fault::Kind::fail_after);
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{10}));
  EXPECT_EQ(h.ask(AddToCounter{5}).error().code, ErrorCode::OutcomeUnknown);
  EXPECT_EQ(h.value(), 15);
  EXPECT_EQ(h.ask(AddToCounter{1})->value, 16);
}

TEST_P(FailingStore, polls_hear_unknown_too_and_timers_outlive_the_reload) {
  House h(inside());
  h.fault(What::commit, 2, Fault::Kind::fail_before);
  h.start();
  AddToCounter later{7};
  later.in_ms = Millis{1'000};
  ASSERT_TRUE(h.ask(later));
  auto poll = h.submit(ReadCounter{100, 20}, kB);
  ASSERT_TRUE(h.until([&] { return h.host->stats().waiting_polls == 1; }));
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutcomeUnknown);
  EXPECT_EQ(poll.get().error().code, ErrorCode::OutcomeUnknown);
  EXPECT_EQ(h.value(), 0);
  h.now_ms += 1'000;
  EXPECT_TRUE(h.until([&] { return h.value() == 7; }));
  h.host->stop();
  EXPECT_EQ(poll.times(), 1);
}

TEST_P(FailingStore, unknown_now_and_then_is_survived_as_often_as_it_comes) {
  House h(inside());
  for (int nth = 2; nth <= 10; nth += 2) h.fault(What::commit, nth, Fault::Kind::fail_after);
  h.start();
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(h.ask(AddToCounter{1}).has_value(), i % 2 == 1) << i;
  EXPECT_EQ(h.value(), 10);
  EXPECT_TRUE(h.until([&] { return h.host->stats().reloads == 5; }));
}

TEST_P(FailingStore, a_second_failure_in_a_row_is_fatal) {
  House h(inside());
  h.fault(What::commit, 1, Fault::Kind::fail_before);
  h.fault(What::commit, 2, Fault::Kind::fail_before);
  h.start();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutcomeUnknown);
  auto why = h.fatal.get_future();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutcomeUnknown);
  ASSERT_EQ(why.wait_for(kPatience), std::future_status::ready);
  EXPECT_NE(why.get().find("again"), std::string::npos);
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::Unavailable);
  h.host->stop();
}

TEST_P(FailingStore, a_store_that_cannot_be_opened_anew_is_fatal) {
  House h(inside());
  h.fault(What::commit, 1, Fault::Kind::fail_before);
  h.fault(What::reopen, 1, Fault::Kind::fail_before);
  h.start();
  auto why = h.fatal.get_future();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutcomeUnknown);
  ASSERT_EQ(why.wait_for(kPatience), std::future_status::ready);
  EXPECT_NE(why.get().find("reopened"), std::string::npos);
  EXPECT_FALSE(h.host->ready());
}

TEST_P(FailingStore, a_table_that_cannot_be_loaded_anew_is_fatal_and_nothing_is_decided_on_half_of_it) {
  House h(inside());
  h.fault(What::commit, 2, Fault::Kind::fail_before);
  h.start();
  ASSERT_TRUE(h.ask(AddToCounter{1}));
  for (int nth = 1; nth < 20; ++nth) h.fault(What::load, nth + 5, Fault::Kind::fail_before);
  auto why = h.fatal.get_future();
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::OutcomeUnknown);
  ASSERT_EQ(why.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(h.ask(AddToCounter{1}).error().code, ErrorCode::Unavailable);
}

TEST_P(FailingStore, a_store_that_cannot_be_opened_is_a_problem_of_start) {
  House h(inside());
  h.fault(What::open, 1, Fault::Kind::fail_before);
  h.host = std::make_unique<Host>(h.cell, h.store, h.options);
  EXPECT_FALSE(h.host->start());
  EXPECT_FALSE(h.host->ready());
}

}  // namespace
}  // namespace weir::host
