// What every driver of a cell keeps, whichever way it drives: one thread on virtual time (tests/core/drive.hpp), or the
// host with its threads.
#include "tests/core/drive.hpp"
#include "tests/host/house.hpp"

namespace weir::host {
namespace {

using What = store::Call::What;

// A driver under test, over the faulty store and the clock of a House.
class Driver {
 public:
  virtual ~Driver() = default;
  virtual void start() = 0;
  virtual Asked submit(api::Message request, const std::string& account) = 0;
  // Lets the driver do what is due until `is` holds.
  virtual bool until(const std::function<bool()>& is) = 0;
  virtual void pass(Millis span) = 0;
  // How effects end; each is told with its id.
  std::function<core::EffectDone(const core::EffectRow&)> perform;
};

class OneThread : public Driver {
 public:
  explicit OneThread(House& house) : house_(house), drive_(house.cell, house.store) {}
  void start() override {
    drive_.perform = perform;
    drive_.open();
  }
  Asked submit(api::Message request, const std::string& account) override {
    Asked asked;
    house_.cell.decide({std::move(request), of(account), asked.fn(), ++id_}, drive_.now);
    drive_.settle();
    return asked;
  }
  bool until(const std::function<bool()>& is) override {
    drive_.settle();
    return is();
  }
  void pass(Millis span) override { drive_.pass(span); }

 private:
  House& house_;
  core::Drive drive_;
  core::CommandId id_ = 0;
};

class Threads : public Driver {
 public:
  explicit Threads(House& house) : house_(house) {}
  ~Threads() override {
    if (house_.host) house_.host->stop();
  }
  void start() override {
    if (perform)
      house_.options.perform = [this](const std::shared_ptr<const core::EffectRow>& effect) {
        house_.host->submit(api::Message::of(perform(*effect)), {effect->account, "run", true}, {});
      };
    house_.start();
  }
  Asked submit(api::Message request, const std::string& account) override {
    Asked asked;
    house_.host->submit(std::move(request), of(account), asked.fn());
    return asked;
  }
  bool until(const std::function<bool()>& is) override { return static_cast<bool>(house_.until(is)); }
  void pass(Millis span) override {
    house_.now_ms += span.count();
    (void)house_.ask(ReadCounter{}, "000000009997");
  }

 private:
  House& house_;
};

class DriverContract : public ::testing::TestWithParam<bool> {
 protected:
  DriverContract() {
    if (GetParam())
      driver = std::make_unique<Threads>(h);
    else
      driver = std::make_unique<OneThread>(h);
  }
  template <class Request>
  Asked submit(Request request, const std::string& account = kA) {
    return driver->submit(api::Message::of(std::move(request)), account);
  }
  template <class Request>
  CounterAnswer ask(Request request, const std::string& account = kA) {
    auto asked = submit(std::move(request), account);
    EXPECT_TRUE(driver->until([&] { return asked.times() > 0; })) << "no answer";
    return asked.times() > 0 ? asked.get() : CounterAnswer(api::refuse(ErrorCode::Internal, "no answer"));
  }
  std::int64_t value(const std::string& account = kA) {
    const auto reply = ask(ReadCounter{}, account);
    return reply ? reply->value : -1;
  }

  House h;
  std::unique_ptr<Driver> driver;  // ends before the house
};
INSTANTIATE_TEST_SUITE_P(Drivers, DriverContract, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "host" : "one_thread"; });

TEST_P(DriverContract, an_acknowledged_change_is_in_the_store) {
  driver->start();
  ASSERT_EQ(ask(AddToCounter{5})->value, 5);
  const auto row = h.memory.fetch(counter::kCounterTable, {kA});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(static_cast<const counter::CounterRow*>(row->get())->value, 5);
}

TEST_P(DriverContract, an_error_is_answered_and_changes_nothing) {
  driver->start();
  EXPECT_EQ(ask(AddToCounter{-1}).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(value(), 0);
  EXPECT_EQ(h.memory.last_batch(), 0);
}

TEST_P(DriverContract, a_row_that_is_not_in_memory_is_fetched) {
  driver->start();
  ASSERT_TRUE(ask(AddToCounter{1, 7, {AccountId{kB}}}));
  ASSERT_TRUE(driver->until([&] { return ask(ReadCounter{}, kB)->received == 7; }));
  EXPECT_EQ(value(kB), 7);
}

TEST_P(DriverContract, what_is_owed_is_delivered_also_beyond_the_budget_of_one_command) {
  driver->start();
  AddToCounter gifts{1, 2, {}};
  for (int i = 0; i < 3 * limits::kCommandDeliveries; ++i)
    gifts.to.push_back(AccountId{"0000000001" + std::to_string(10 + i)});
  ASSERT_TRUE(ask(gifts));
  for (const auto& to : gifts.to) EXPECT_TRUE(driver->until([&] { return value(to.value) == 2; })) << to.value;
}

TEST_P(DriverContract, a_timer_fires_when_it_is_due_and_not_before) {
  driver->start();
  AddToCounter later{3};
  later.in_ms = Millis{1'000};
  ASSERT_TRUE(ask(later));
  driver->pass(Millis{999});
  EXPECT_EQ(value(), 0);
  driver->pass(Millis{1});
  EXPECT_TRUE(driver->until([&] { return value() == 3; }));
}

TEST_P(DriverContract, a_poll_ends_by_the_change_or_by_its_time) {
  driver->start();
  auto first = submit(ReadCounter{5, 20});
  auto second = submit(ReadCounter{50, 20});
  ASSERT_TRUE(driver->until([&] { return value(kB) == 0; }));
  EXPECT_EQ(first.times() + second.times(), 0);
  ASSERT_TRUE(ask(AddToCounter{5}));
  ASSERT_TRUE(driver->until([&] { return first.times() == 1; }));
  EXPECT_EQ(first.get()->value, 5);
  driver->pass(Millis{20'000});
  ASSERT_TRUE(driver->until([&] { return second.times() == 1; }));
  EXPECT_EQ(second.get()->value, 5);
}

TEST_P(DriverContract, an_effect_is_handed_out_after_its_commit_until_it_succeeds) {
  std::atomic<int> attempts = 0;
  std::atomic<bool> durable = true;
  driver->perform = [&](const core::EffectRow& effect) {
    const auto row = h.memory.fetch(core::kEffectTable, {effect.id});
    if (!row || !*row) durable = false;
    return core::EffectDone{effect.id, ++attempts == 2, "not today", {}};
  };
  driver->start();
  ASSERT_TRUE(ask(AddToCounter{100}));
  ASSERT_TRUE(driver->until([&] { return attempts == 1; }));
  ASSERT_TRUE(driver->until([&] {
    driver->pass(Millis{1'000});
    return attempts == 2;
  }));
  ASSERT_TRUE(driver->until([&] { return h.memory.rows(core::kEffectTable) == 0; }));
  EXPECT_TRUE(durable);
}

TEST_P(DriverContract, a_refused_commit_is_undone_answered_retryable_and_followed_by_others) {
  h.fault(What::commit, 2, Fault::Kind::refuse);
  driver->start();
  ASSERT_TRUE(ask(AddToCounter{10}));
  EXPECT_EQ(ask(AddToCounter{5}).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(value(), 10);
  EXPECT_EQ(ask(AddToCounter{1})->value, 11);
}

TEST_P(DriverContract, after_an_unknown_commit_memory_is_what_the_store_holds) {
  h.fault(What::commit, 2, Fault::Kind::fail_before);
  h.fault(What::commit, 4, Fault::Kind::fail_after);
  driver->start();
  ASSERT_TRUE(ask(AddToCounter{10}));
  auto lost = submit(AddToCounter{5});
  EXPECT_TRUE(driver->until([&] { return value() == 10; }));
  ASSERT_EQ(ask(AddToCounter{1})->value, 11);
  auto kept = submit(AddToCounter{5});
  EXPECT_TRUE(driver->until([&] { return value() == 16; }));
  for (auto* asked : {&lost, &kept}) {
    EXPECT_LE(asked->times(), 1);
    if (asked->times() == 1) {
      EXPECT_EQ(asked->get().error().code, ErrorCode::OutcomeUnknown);
    }
  }
}

}  // namespace
}  // namespace weir::host
