// The load of the workflow engine: machines of tasks, waits, branches and maps; executions with names of their own;
// workers that claim, beat, complete, fail, or die with what they hold. At rest every acknowledged execution has ended
// once, with a gapless history, and every acknowledged result stands in exactly one history.
#include <fmt/format.h>

#include <deque>

#include "api/work.hpp"
#include "api/workflow.hpp"
#include "tests/invariants/executions.hpp"
#include "tests/sim/driver.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::sim {
namespace {

using invariants::Told;

constexpr std::string_view kTask = R"("Type":"Task","Resource":"arn:weir:work:::queue/default","TimeoutSeconds":3600,
  "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":2,"MaxAttempts":3,"BackoffRate":2.0}],
  "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Caught"}])";

// The shapes that a seed's machines have.
std::string definition(std::int64_t shape) {
  const auto caught = R"("Caught":{"Type":"Pass","End":true})";
  switch (shape) {
    case 0:
      return fmt::format(
          R"({{"StartAt":"A","States":{{"A":{{{0},"ResultPath":"$.a","Next":"B"}},"B":{{{0},"ResultPath":"$.b","Next":"C"}},
        "C":{{{0},"End":true}},{1}}}}})",
          kTask, caught);
    case 1:
      return fmt::format(
          R"({{"StartAt":"W","States":{{"W":{{"Type":"Wait","Seconds":90,"Next":"A"}},"A":{{{0},"ResultPath":"$.a","Next":"Is"}},
        "Is":{{"Type":"Choice","Choices":[{{"Variable":"$.n","NumericGreaterThan":100,"Next":"Done"}}],"Default":"P"}},
        "P":{{"Type":"Pass","Result":1,"ResultPath":"$.p","Next":"Done"}},"Done":{{"Type":"Succeed"}},{1}}}}})",
          kTask, caught);
    case 2:
      return R"({"StartAt":"Both","States":{"Both":{"Type":"Parallel","Branches":[
        {"StartAt":"L","States":{"L":{"Type":"Task","Resource":"arn:weir:work:::queue/default","Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":5}],"End":true}}},
        {"StartAt":"R","States":{"R":{"Type":"Wait","Seconds":5,"Next":"S"},"S":{"Type":"Task","Resource":"arn:weir:work:::queue/default","TimeoutSeconds":40,"End":true}}}],
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Caught"}],"End":true},"Caught":{"Type":"Fail","Error":"Lost","Cause":"a branch failed"}}})";
    default:
      return R"({"StartAt":"Each","States":{"Each":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"ItemProcessor":{"StartAt":"I","States":{
        "I":{"Type":"Task","Resource":"arn:weir:work:::queue/default","Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":8}],"End":true}}},
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Caught"}],"End":true},"Caught":{"Type":"Pass","End":true}}})";
  }
}

class WorkflowLoad : public Driver {
 public:
  using Driver::Driver;

 private:
  struct Held {
    api::ClaimedWork work;
    std::string account;
  };

  void install(core::Cell& cell) override {
    workflow_.reset();
    work_.reset();
    work_ = std::make_unique<work::WorkService>(cell.registry());
    workflow_ = std::make_unique<workflow::WorkflowService>(cell.registry());
  }
  void check_answer(const std::string&, const api::Message& reply) override {
    // Who hears of a start or an end must find it in the store.
    if (const auto* started = reply.as<api::StartExecutionReply>()) {
      auto row = store_.fetch(workflow::kRecordTable, {started->id});
      if (!row || !*row) violated("I1: an execution was acknowledged before it was durable");
    }
  }

  void issue() override {
    const auto who = any_account();
    if (machines_[who] < 4) {
      const auto shape = machines_[who]++;
      ask(who, api::Message::of(api::PutMachine{"m" + std::to_string(shape), {definition(shape)}}),
          [](const api::Reply<api::Message>&) {});
      return;
    }
    const auto number = ++numbers_;
    if (random_.chance(0.1) && !running_.empty()) {
      // One of the last, so that it has not ended.
      const auto back = random_.between(1, std::min<std::int64_t>(5, static_cast<std::int64_t>(running_.size())));
      const auto& [account, id] = running_[running_.size() - static_cast<std::size_t>(back)];
      ask(account, api::Message::of(api::StopExecution{id, "Stopped", "by the simulation"}),
          [](const api::Reply<api::Message>&) {});
      return;
    }
    api::StartExecution start;
    start.machine = "m" + std::to_string(random_.below(4));
    start.name = "e" + std::to_string(number);
    start.input.text = fmt::format(R"({{"n":{},"items":[1,2,{}]}})", number, number);
    const auto promise = ledger_.promised({"execution", who, number, Told::nothing_yet, now_});
    ask(who, api::Message::of(start), [this, who, promise](const api::Reply<api::Message>& reply) {
      if (reply) running_.emplace_back(who, reply->as<api::StartExecutionReply>()->id);
      ledger_.told(promise, reply                                                  ? Told::done
                            : reply.error().code == api::ErrorCode::OutcomeUnknown ? Told::unknown
                                                                                   : Told::refused);
    });
  }

  // Workers: everything that a worker may do, and dying is to do nothing any more.
  void world() override {
    for (int i = 0; i < (healing() ? 8 : 2); ++i) {
      if (!held_.empty() && random_.chance(0.6)) {
        auto held = held_.front();
        held_.pop_front();
        end(held);
        continue;
      }
      const auto who = any_account();
      ask(who, api::Message::of(api::ClaimWork{"default", "w", static_cast<int>(random_.between(1, 3)), 0, 30}),
          [this, who](const api::Reply<api::Message>& reply) {
            if (reply)
              for (const auto& item : reply->as<api::ClaimWorkReply>()->items) held_.push_back({item, who});
          });
    }
  }
  bool at_rest() override { return Driver::at_rest() && workflow_->executions().size() == 0; }

  void end(const Held& held) {
    if (random_.chance(0.05)) {
      count("worker lost");
      return;
    }
    if (random_.chance(0.1)) {
      held_.push_back(held);
      ask(held.account, api::Message::of(api::HeartbeatWork{"w", {{held.work.id, held.work.lease}}, 30}),
          [](const api::Reply<api::Message>&) {});
      count("heartbeat");
      return;
    }
    if (random_.chance(0.15)) {
      ask(held.account, api::Message::of(api::FailWork{held.work.id, held.work.lease, "Planned", "by the simulation"}),
          [](const api::Reply<api::Message>&) {});
      count("step failed");
      return;
    }
    const auto number = ++numbers_;
    // A result must stand in the history of the execution whose item it was.
    const auto promise =
        results_.promised({"result", fmt::format("execution {}", held.work.owner.id), number, Told::nothing_yet, now_});
    ask(held.account,
        api::Message::of(api::CompleteWork{held.work.id, held.work.lease, {fmt::format(R"({{"token":{}}})", number)}}),
        [this, promise](const api::Reply<api::Message>& reply) {
          const bool stopped = reply && reply->as<api::EndWorkReply>()->stopped;
          if (stopped) count("result of a task that was given up");
          // A stopped item's result is nobody's.
          results_.told(promise, reply ? stopped ? Told::refused : Told::done
                                 : reply.error().code == api::ErrorCode::OutcomeUnknown ? Told::unknown
                                                                                        : Told::refused);
        });
    count("step completed");
  }

  void check_end() override {
    results_.cut_unanswered();
    std::vector<invariants::Trace> executions;
    const auto records = all_rows<workflow::RecordRow>(workflow::kRecordTable);
    const auto found = invariants::check_executions(all_rows<workflow::HistoryRow>(workflow::kHistoryTable), records);
    for (const auto& v : found.violations) violated(v);
    for (const auto& record : records) {
      if (record.name.starts_with("e"))
        executions.push_back({record.account.value, std::atoll(record.name.c_str() + 1), record.started_at});
      count(std::string("execution ") + std::string(name_of(record.status)));
    }
    for (auto& v : ledger_.check(executions)) violated(std::move(v));
    for (auto& v : results_.check(found.results)) violated(std::move(v));
    if (work_->items().size() != 0) violated("I8: work items are left");
  }

  std::unique_ptr<work::WorkService> work_;
  std::unique_ptr<workflow::WorkflowService> workflow_;
  std::map<std::string, std::int64_t> machines_;
  std::deque<Held> held_;
  std::vector<std::pair<std::string, std::int64_t>> running_;  // started: by whom, and their ids
  invariants::Ledger results_;
  std::int64_t numbers_ = 0;
};

}  // namespace

Outcome simulate_workflow(std::uint64_t seed) { return WorkflowLoad(seed).run(); }

}  // namespace weir::sim
