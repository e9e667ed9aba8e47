#include "store/faulty/faulty_store.hpp"

#include <gtest/gtest.h>

#include "store/memory/memory_store.hpp"
#include "tests/store/rows.hpp"

namespace weir::store::test {
namespace {

using Kind = Fault::Kind;

class Faulty : public testing::Test {
 protected:
  // The given fault for the n-th call of a kind, none for others.
  void fail(Call::What what, std::int64_t nth, Kind kind) {
    store_.set_policy(
        [=](const Call& call) { return call.what == what && call.nth == nth ? Fault{kind, {}} : Fault{}; });
  }
  void SetUp() override { ASSERT_TRUE(store_.open(kTables)); }

  MemoryStore memory_;
  FaultyStore store_{memory_, {}};
};

TEST_F(Faulty, refused_commit_is_not_written_and_the_next_goes_on) {
  fail(Call::What::commit, 1, Kind::refuse);
  EXPECT_EQ(commit(store_, {put(boat(1))}).outcome, CommitOutcome::refused);
  EXPECT_EQ(memory_.rows(kBoat), 0u);
  EXPECT_EQ(commit(store_, {put(boat(1))}).outcome, CommitOutcome::durable);
}

TEST_F(Faulty, unknown_commit_needs_a_reopen_whether_it_was_written_or_not) {
  for (const auto kind : {Kind::fail_before, Kind::fail_after}) {
    MemoryStore memory;
    FaultyStore store(memory, [kind](const Call& call) {
      return call.what == Call::What::commit && call.nth == 1 ? Fault{kind, {}} : Fault{};
    });
    ASSERT_TRUE(store.open(kTables));
    EXPECT_EQ(commit(store, {put(boat(1))}).outcome, CommitOutcome::unknown);
    EXPECT_EQ(store.commit(Batch{1, {}}).outcome, CommitOutcome::unknown);
    EXPECT_FALSE(store.fetch(kBoat, {std::int64_t{1}}));
    EXPECT_FALSE(store.load(kBoat, [](Row) {}));
    ASSERT_TRUE(store.reopen());
    EXPECT_EQ(store.last_batch(), kind == Kind::fail_after ? 1 : 0);
    EXPECT_EQ(memory.rows(kBoat), kind == Kind::fail_after ? 1u : 0u);
    EXPECT_EQ(commit(store, {put(boat(2))}).outcome, CommitOutcome::durable);
  }
}

TEST_F(Faulty, reopen_may_fail_several_times) {
  store_.set_policy([](const Call& call) {
    const bool fails = call.what == Call::What::commit || (call.what == Call::What::reopen && call.nth <= 2);
    return fails ? Fault{Kind::fail_before, {}} : Fault{};
  });
  EXPECT_EQ(commit(store_, {}).outcome, CommitOutcome::unknown);
  EXPECT_FALSE(store_.reopen());
  EXPECT_FALSE(store_.reopen());
  EXPECT_TRUE(store_.reopen());
}

TEST_F(Faulty, crash_ends_everything_until_the_restart) {
  fail(Call::What::commit, 2, Kind::crash_after);
  ASSERT_EQ(commit(store_, {put(boat(1))}).outcome, CommitOutcome::durable);
  EXPECT_EQ(commit(store_, {put(boat(2))}).outcome, CommitOutcome::unknown);
  EXPECT_TRUE(store_.crashed());
  EXPECT_FALSE(store_.reopen());
  EXPECT_FALSE(store_.open(kTables));
  memory_.crash();
  store_.restart();
  ASSERT_TRUE(store_.open(kTables));
  EXPECT_EQ(store_.last_batch(), 2);
  EXPECT_EQ(all<BoatRow>(store_, kBoat).size(), 2u);
}

TEST_F(Faulty, reads_fail_one_by_one) {
  store_.set_policy(
      [](const Call& call) { return call.table == "boat" && call.nth == 1 ? Fault{Kind::fail_before, {}} : Fault{}; });
  EXPECT_FALSE(store_.fetch(kBoat, {std::int64_t{1}}));
  EXPECT_TRUE(store_.fetch(kBoat, {std::int64_t{1}}));
  EXPECT_FALSE(store_.query({&kBoat}));
  EXPECT_TRUE(store_.query({&kBoat}));
}

TEST_F(Faulty, hold_runs_between_the_work_and_the_answer) {
  std::size_t rows = 99;
  store_.set_policy([&](const Call&) { return Fault{Kind::none, [&] { rows = memory_.rows(kBoat); }}; });
  ASSERT_EQ(commit(store_, {put(boat(1))}).outcome, CommitOutcome::durable);
  EXPECT_EQ(rows, 1u);
}

}  // namespace
}  // namespace weir::store::test
