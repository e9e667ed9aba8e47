// What the tests of the host share: a house of a cell, the toy service and a host over a store that fails on order,
// a clock that the test sets, answers that count themselves, and gates to hold a thread at a known place.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>

#include "counter/counter_service.hpp"
#include "host/host.hpp"
#include "store/faulty/faulty_store.hpp"
#include "store/memory/memory_store.hpp"

namespace weir::host {

using api::AddToCounter;
using api::CounterReply;
using api::ErrorCode;
using api::ReadCounter;
using store::Fault;
using CounterAnswer = api::Reply<CounterReply>;

inline constexpr auto kPatience = std::chrono::seconds(60);  // only a broken build waits this long
inline const std::string kA = "000000000001", kB = "000000000002", kC = "000000000003";

// Whoever comes waits until it opens; the test can wait for somebody to have come.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++came_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void await_somebody() {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [&] { return came_ > 0; })) << "nobody comes to the gate";
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int came_ = 0;
  bool open_ = false;
};

// Answers that were promised; each must come exactly once.
class Asked {
 public:
  Asked() : state_(std::make_shared<State>()) {}
  core::AnswerFn fn() {
    return [state = state_](api::Reply<api::Message> reply) {
      if (++state->times > 1) return;
      state->promise.set_value(reply ? CounterAnswer(*reply->as<CounterReply>())
                                     : CounterAnswer(std::unexpected(reply.error())));
    };
  }
  CounterAnswer get() {
    auto future = state_->future;
    if (future.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "no answer comes";
      std::abort();
    }
    return future.get();
  }
  int times() const { return state_->times; }

 private:
  struct State {
    std::promise<CounterAnswer> promise;
    std::shared_future<CounterAnswer> future = promise.get_future().share();
    std::atomic<int> times = 0;
  };
  std::shared_ptr<State> state_;
};

inline api::Principal of(const std::string& account) { return {AccountId{account}, "test", false}; }

struct House {
  explicit House(store::Store* inside = nullptr)
      : store(inside ? *inside : memory, [this](const store::Call& call) {
          std::lock_guard lock(faults_mutex);
          const auto found = faults.find({call.what, call.nth});
          return found == faults.end() ? Fault{} : found->second;
        }) {
    counter.install(cell.registry());
    options.clock = [this] { return instant_of_ms(now_ms); };
    options.fatal = [this](const std::string& why) { fatal.set_value(why); };
  }
  ~House() {
    if (host) host->stop();
  }
  void start() {
    host = std::make_unique<Host>(cell, store, options);
    const auto started = host->start();
    ASSERT_TRUE(started.has_value()) << started.error().text();
  }
  void fault(store::Call::What what, std::int64_t nth, Fault::Kind kind, std::function<void()> hold = {}) {
    std::lock_guard lock(faults_mutex);
    faults[{what, nth}] = {kind, std::move(hold)};
  }
  template <class Request>
  Asked submit(Request request, const std::string& account = kA) {
    Asked asked;
    last_id = host->submit(api::Message::of(std::move(request)), of(account), asked.fn());
    return asked;
  }
  template <class Request>
  CounterAnswer ask(Request request, const std::string& account = kA) {
    return submit(std::move(request), account).get();
  }
  std::int64_t value(const std::string& account = kA) {
    const auto reply = ask(ReadCounter{}, account);
    return reply ? reply->value : -1;
  }
  // Asks on until it holds: each question makes the host look at the clock and at what is due.
  template <class Is>
  ::testing::AssertionResult until(Is is) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (is()) return ::testing::AssertionSuccess();
      (void)ask(ReadCounter{}, "000000009999");
    }
    return ::testing::AssertionFailure() << "it does not come about";
  }
  // Keeps the deciding thread in an answer until the gate opens: what is submitted meanwhile is admitted, not decided.
  Asked hold_decisions(Gate& gate) {
    auto reached = std::make_shared<Asked>();
    host->submit(api::Message::of(AddToCounter{-1}), of("000000009998"),
                 [&gate, fn = reached->fn()](api::Reply<api::Message> reply) {
                   gate.pass();
                   fn(std::move(reply));
                 });
    gate.await_somebody();
    return *reached;
  }

  store::MemoryStore memory;
  std::mutex faults_mutex;
  std::map<std::pair<store::Call::What, std::int64_t>, Fault> faults;
  store::FaultyStore store;
  core::Cell cell;
  counter::CounterService counter;
  std::atomic<std::int64_t> now_ms = 1'000'000;
  std::promise<std::string> fatal;
  HostOptions options;
  core::CommandId last_id = 0;
  std::unique_ptr<Host> host;
};

}  // namespace weir::host
