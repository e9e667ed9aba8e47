#include "workflow/workflow_service.hpp"

#include <random>

#include "tests/core/drive.hpp"
#include "tests/workflow/play.hpp"
#include "tests/workflow/random_machine.hpp"
#include "work/work_service.hpp"

namespace weir::workflow {
namespace {

const std::string kTask =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:weir:work:::queue/default","TimeoutSeconds":60,
        "Retry":[{"ErrorEquals":["Weir.WorkerLost"],"IntervalSeconds":1,"MaxAttempts":1}],"End":true}}})";
const std::string kPass = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";

struct Workflow : testing::Test {
  core::Cell cell;
  work::WorkService work{cell.registry()};
  WorkflowService workflow{cell.registry()};
  store::MemoryStore store;
  core::Drive drive{cell, store};
  std::vector<api::ExecutionStatusChanged> changes;
  std::vector<api::StepChanged> steps;
  const api::Principal me{AccountId{"000000000001"}, "me"};

  void SetUp() override {
    cell.registry().observe<api::ExecutionStatusChanged>([this](auto&, const auto& e) { changes.push_back(e); });
    cell.registry().observe<api::StepChanged>([this](auto&, const auto& e) { steps.push_back(e); });
    drive.open();
  }
  void put(const std::string& definition, const std::string& name = "m") {
    const auto reply = *drive.ask(api::PutMachine{name, {definition}});
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
  }
  api::Reply<api::StartExecutionReply> start(const std::string& input = "{}", const std::string& name = "") {
    api::StartExecution request;
    request.machine = "m";
    request.name = name;
    request.input.text = input;
    return *drive.ask(request);
  }
  std::vector<api::ClaimedWork> claim(int slots = 1) {
    return (*drive.ask(api::ClaimWork{"default", "w", slots, 0, 30}))->items;
  }
  api::ExecutionInfo describe(std::int64_t id) { return **drive.ask(api::DescribeExecution{id}); }
  std::string step_words() const {
    std::string out;
    for (const auto& s : steps) out += std::string(name_of(s.status)) + std::to_string(s.attempt) + " ";
    return out;
  }
};

TEST_F(Workflow, runs_a_machine_to_its_end_within_the_start) {
  put(kPass);
  const auto reply = start(R"({"a":1.0})");
  EXPECT_EQ(reply->status, api::ExecutionStatus::SUCCEEDED);
  const auto info = describe(reply->id);
  EXPECT_EQ(info.output.text, R"({"a":1.0})");
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].status, api::ExecutionStatus::RUNNING);
  EXPECT_EQ(changes[1].status, api::ExecutionStatus::SUCCEEDED);
  EXPECT_EQ(store.rows(kExecutionTable) + store.rows(kFrameTable) + store.rows(kExecutionInputTable), 0u);
}

TEST_F(Workflow, a_task_is_worked_off_by_a_worker) {
  put(kTask);
  const auto id = start(R"({"x":1})")->id;
  const auto item = claim().at(0);
  EXPECT_EQ(item.payload.text, R"({"x":1})");
  EXPECT_EQ(item.timeout_ms, Millis{60'000});
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::RUNNING);
  drive.ask(api::CompleteWork{item.id, item.lease, {R"({"y":2})"}});
  EXPECT_EQ(describe(id).output.text, R"({"y":2})");
  EXPECT_EQ(step_words(), "QUEUED1 RUNNING1 SUCCEEDED1 ");
  EXPECT_EQ(store.rows(kFrameTable) + store.rows(kFrameDataTable), 0u);
  const auto history = get_execution_history(store, me, {id});
  ASSERT_EQ(history->events.size(), 7u);
  EXPECT_EQ(history->events[3].type, "TaskStarted");
}

TEST_F(Workflow, a_lost_worker_is_retried_as_the_machine_says) {
  put(kTask);
  const auto id = start()->id;
  claim();
  drive.pass(Millis{31'000});
  const auto again = claim();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt, 2);
  EXPECT_TRUE(steps.at(2).will_retry);
  drive.pass(Millis{31'000});
  EXPECT_EQ(describe(id).error, "Weir.WorkerLost");
  EXPECT_EQ(step_words(), "QUEUED1 RUNNING1 FAILED1 QUEUED2 RUNNING2 FAILED2 ");
}

TEST_F(Workflow, a_timeout_stops_the_worker_with_its_next_heartbeat) {
  put(kTask);
  const auto id = start()->id;
  const auto item = (*drive.ask(api::ClaimWork{"default", "w", 1, 0, 300}))->items.at(0);
  drive.pass(Millis{60'000});
  EXPECT_EQ(describe(id).error, "States.Timeout");
  EXPECT_EQ((*drive.ask(api::HeartbeatWork{"w", {{item.id, item.lease}}, 30}))->stop.size(), 1u);
}

TEST_F(Workflow, wants_the_item_that_a_state_waits_for_and_no_other) {
  const auto wants = [&](const api::ClaimedWork& item) {
    return (*drive.ask(api::WorkWanted{item.owner, item.id}))->wanted;
  };
  put(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[
      {"StartAt":"L","States":{"L":{"Type":"Task","Resource":"arn:weir:work:::queue/default","End":true,
          "Retry":[{"ErrorEquals":["Weir.WorkerLost"],"IntervalSeconds":1,"MaxAttempts":1}]}}},
      {"StartAt":"R","States":{"R":{"Type":"Task","Resource":"arn:weir:work:::queue/default","End":true}}}],
      "Catch":[{"ErrorEquals":["States.ALL"],"Next":"A"}],"End":true},
      "A":{"Type":"Task","Resource":"arn:weir:work:::queue/default","End":true}},"TimeoutSeconds":100})");
  start();
  const auto left = claim().at(0);
  drive.pass(Millis{20'000});
  const auto right = claim().at(0);
  EXPECT_TRUE(wants(left) && wants(right));
  drive.pass(Millis{12'000});  // the left one is lost, and tried again
  const auto again = claim().at(0);
  EXPECT_EQ(again.attempt, 2);
  EXPECT_FALSE(wants(left));
  EXPECT_TRUE(wants(again) && wants(right));
  drive.ask(api::FailWork{again.id, again.lease, "E", ""});  // both branches are dropped
  EXPECT_FALSE(wants(again) || wants(right));
  const auto after = claim().at(0);
  EXPECT_TRUE(wants(after));
  drive.now += std::chrono::seconds{100};  // the execution's time is over, and its timer has not had its turn
  EXPECT_FALSE(wants(after));
}

// What a worker is told is recorded, even when the task is given up before the next thing happens.
TEST_F(Workflow, an_acknowledged_result_stands_in_the_history_whatever_comes_next) {
  put(kTask);
  const auto id = start()->id;
  const auto item = (*drive.ask(api::ClaimWork{"default", "w", 1, 0, 300}))->items.at(0);
  const auto other = start()->id;
  const auto late = (*drive.ask(api::ClaimWork{"default", "w", 1, 0, 300}))->items.at(0);
  drive.now += std::chrono::seconds{60};  // both time limits are over, and nothing has had its turn
  std::optional<api::EndWorkReply> told, told_late;
  drive.submit(api::CompleteWork{item.id, item.lease, {"7"}}, "000000000001", [&](auto r) { told = *r; });
  drive.submit(api::StopExecution{id, "E", ""}, "000000000001", [](auto) {});
  drive.submit(api::StopExecution{other, "E", ""}, "000000000001", [](auto) {});
  drive.submit(api::CompleteWork{late.id, late.lease, {"8"}}, "000000000001", [&](auto r) { told_late = *r; });
  drive.settle();
  ASSERT_TRUE(told && told_late);
  EXPECT_FALSE(told->stopped);
  EXPECT_EQ(describe(id).output.text, "7");
  EXPECT_TRUE(told_late->stopped);
  EXPECT_EQ(describe(other).status, api::ExecutionStatus::ABORTED);
}

TEST_F(Workflow, stopping_ends_the_execution_and_its_work) {
  put(kTask);
  const auto id = start()->id;
  EXPECT_TRUE((*drive.ask(api::StopExecution{id, "E", "c"}))->stopped);
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::ABORTED);
  EXPECT_TRUE(claim().empty());
  const auto again = *drive.ask(api::StopExecution{id, "", ""});
  EXPECT_FALSE(again->stopped);
  EXPECT_EQ(again->status, api::ExecutionStatus::ABORTED);
  EXPECT_EQ(store.rows(kFrameTable), 0u);
}

TEST_F(Workflow, the_same_name_and_input_is_the_same_execution) {
  put(kTask);
  const auto first = start("{}", "n");
  EXPECT_EQ(start("{}", "n")->id, first->id);
  EXPECT_EQ(start("[]", "n").error().code, api::ErrorCode::AlreadyExists);
  const auto item = claim().at(0);
  drive.ask(api::CompleteWork{item.id, item.lease, {"1"}});
  cell.evict(0, 1000);
  const auto late = start("{}", "n");
  EXPECT_EQ(late->id, first->id);
  EXPECT_EQ(late->status, api::ExecutionStatus::SUCCEEDED);
  EXPECT_TRUE(claim().empty());
}

TEST_F(Workflow, a_running_execution_keeps_its_revision) {
  put(kTask);
  const auto id = start()->id;
  put(kPass);
  EXPECT_EQ(store.rows(kRevisionTable), 2u);
  EXPECT_EQ(start()->status, api::ExecutionStatus::SUCCEEDED);
  drive.load();
  const auto item = claim().at(0);
  drive.ask(api::CompleteWork{item.id, item.lease, {"7"}});
  EXPECT_EQ(describe(id).output.text, "7");
  EXPECT_EQ(store.rows(kRevisionTable), 1u);
}

TEST_F(Workflow, refuses_a_wrong_definition_with_all_its_problems) {
  const auto reply = *drive.ask(api::CreateStateMachine{"m", {R"({"StartAt":"B","States":{"A":{"Type":"Pass"}}})"}});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().problems.size(), 2u);
}

TEST_F(Workflow, waits_go_on_after_a_restart) {
  put(R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":3600,"End":true}}})");
  const auto id = start()->id;
  drive.load();
  drive.pass(Millis{3'600'000});
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::SUCCEEDED);
}

TEST_F(Workflow, an_endless_loop_lets_others_work) {
  put(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}})");
  const auto id = start()->id;
  put(kPass);
  EXPECT_EQ(start()->status, api::ExecutionStatus::SUCCEEDED);
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::RUNNING);
  drive.pass(Millis{1'000});
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::FAILED);
}

TEST_F(Workflow, another_account_sees_and_stops_nothing) {
  put(kTask);
  const auto id = start()->id;
  EXPECT_EQ((*drive.ask(api::DescribeExecution{id}, "000000000002")).error().code, api::ErrorCode::NotFound);
  EXPECT_EQ((*drive.ask(api::StopExecution{id, "", ""}, "000000000002")).error().code, api::ErrorCode::NotFound);
  const api::Principal other{AccountId{"000000000002"}, "you"};
  EXPECT_EQ(get_execution_history(store, other, {id}).error().code, api::ErrorCode::NotFound);
  EXPECT_TRUE(list_executions(store, other, {})->executions.empty());
}

TEST_F(Workflow, pages_through_history_and_lists) {
  put(kTask);
  for (int i = 0; i < 3; ++i) start();
  for (const auto& item : claim(3)) drive.ask(api::CompleteWork{item.id, item.lease, {"1"}});
  api::ListExecutions list;
  list.machine = "m";
  list.status = api::ExecutionStatus::SUCCEEDED;
  list.limit = 2;
  const auto first = list_executions(store, me, list);
  ASSERT_EQ(first->executions.size(), 2u);
  list.after = first->next;
  EXPECT_EQ(list_executions(store, me, list)->executions.size(), 1u);
  api::GetExecutionHistory history{first->executions[0].id, true, std::nullopt, 1};
  std::vector<std::int64_t> ids;
  for (;;) {
    const auto page = get_execution_history(store, me, history);
    for (const auto& e : page->events) ids.push_back(e.id);
    if (!page->next) break;
    history.after = page->next;
  }
  EXPECT_EQ(ids, (std::vector<std::int64_t>{7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(Workflow, a_big_map_leaves_no_frames_behind) {
  put(R"({"StartAt":"A","States":{"A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}})");
  std::string input = "[0";
  for (int i = 1; i < 1000; ++i) input += ",0";
  const auto id = start(input + "]")->id;
  drive.pass(Millis{10'000});
  EXPECT_EQ(describe(id).status, api::ExecutionStatus::SUCCEEDED);
  EXPECT_EQ(store.rows(kFrameTable) + store.rows(kFrameDataTable), 0u);
}

// Whatever a machine does: what the rows say is what is held in memory, also after restarts.
TEST(WorkflowRandom, stored_frames_are_the_frames_in_memory) {
  for (unsigned seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    core::Cell cell;
    work::WorkService work{cell.registry()};
    WorkflowService workflow{cell.registry()};
    store::MemoryStore store;
    core::Drive drive{cell, store};
    drive.open();
    ASSERT_TRUE((*drive.ask(api::PutMachine{"m", {random_machine(random)}})).has_value());
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 3; ++i) {
      api::StartExecution request;
      request.machine = "m";
      request.input.text = R"({"l":[1,2,3,4]})";
      ids.push_back((*drive.ask(request))->id);
    }
    for (int i = 0; i < 60 && workflow.executions().size() > 0; ++i) {
      for (const auto id : ids) {
        const auto held = workflow.held(id);
        if (!held) continue;
        ASSERT_EQ(dump(*workflow.rebuild(id)), dump(*held));
      }
      const auto dice = random() % 10;
      if (dice == 0)
        drive.load();
      else if (dice == 1)
        drive.pass(Millis{static_cast<int>(random() % 8000)});
      for (const auto& item : (*drive.ask(api::ClaimWork{"default", "w", 5, 0, 30}))->items) {
        if (random() % 4)
          drive.ask(api::CompleteWork{item.id, item.lease, {"{\"l\":[1,2]}"}});
        else if (random() % 4)
          drive.ask(api::FailWork{item.id, item.lease, random() % 2 ? "E" : "F", ""});
      }
      drive.pass(Millis{3000});
    }
    drive.pass(Millis{600'000});
    for (const auto id : ids) drive.ask(api::StopExecution{id, "", ""});
    drive.settle();
    EXPECT_EQ(workflow.executions().size(), 0u);
    EXPECT_EQ(store.rows(kFrameTable) + store.rows(kFrameDataTable), 0u);
    for (const auto id : ids) {
      std::int64_t expected = 1;
      std::string last;
      std::optional<std::int64_t> after;
      do {
        const auto page = get_execution_history(store, {AccountId{"000000000001"}, "me"}, {id, false, after, 1000});
        ASSERT_TRUE(page && !page->events.empty());
        for (const auto& e : page->events) EXPECT_EQ(e.id, expected++);
        last = page->events.back().type;
        after = page->next;
      } while (after);
      EXPECT_TRUE(last.starts_with("Execution")) << last;
    }
  }
}

}  // namespace
}  // namespace weir::workflow
