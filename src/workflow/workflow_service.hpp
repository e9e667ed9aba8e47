// State machines and executions (api/workflow.hpp says what each operation means).
//
//   work::WorkService work(cell.registry());
//   workflow::WorkflowService workflow(cell.registry());   // before the cell loads; must outlive it
//
// Emits ExecutionStatusChanged when an execution starts and when it ends, StepChanged for each attempt of a task. All
// rows of a step are in place before its events are emitted, so an observer may start and stop executions.
#pragma once

#include <map>

#include "api/work.hpp"
#include "core/registry.hpp"
#include "store/store.hpp"
#include "workflow/step.hpp"
#include "workflow/tables.hpp"

namespace weir::workflow {

// Deliveries of this service to itself.
struct TaskAnswer {
  std::int64_t execution = 0;
  std::int64_t frame = 0;
  std::int64_t item = 0;
  api::WorkOutcome outcome = api::WorkOutcome::SUCCEEDED;
  JsonText result;
  std::string error, cause;
  std::string skipped;
};
BOOST_DESCRIBE_STRUCT(TaskAnswer, (), (execution, frame, item, outcome, result, error, cause, skipped))

struct StopTasks {
  std::vector<std::int64_t> items;
};
BOOST_DESCRIBE_STRUCT(StopTasks, (), (items))

struct SweepFrames {
  std::int64_t execution = 0;
  std::vector<std::int64_t> frames;
};
BOOST_DESCRIBE_STRUCT(SweepFrames, (), (execution, frames))

class WorkflowService {
 public:
  explicit WorkflowService(core::Registry& registry);
  WorkflowService(const WorkflowService&) = delete;
  WorkflowService& operator=(const WorkflowService&) = delete;

  const ExecutionTable& executions() const { return executions_; }
  // The execution as its rows have it, or nullptr; not from the cache.
  std::shared_ptr<const Execution> rebuild(std::int64_t id) const;
  // As it is held for the next step; nullptr when nothing is held.
  std::shared_ptr<const Execution> held(std::int64_t id) const;

 private:
  using Tx = core::Transaction;

  // machines.cpp
  api::Reply<api::MachineReply> create(Tx& tx, const api::CreateStateMachine& request);
  api::Reply<api::MachineReply> update(Tx& tx, const api::UpdateStateMachine& request);
  api::Reply<api::MachineReply> put_machine(Tx& tx, const std::string& name, const JsonText& definition);
  api::Reply<api::DeleteMachineReply> erase_machine(Tx& tx, const api::DeleteStateMachine& request);
  api::Reply<api::MachineInfo> describe_machine(Tx& tx, const api::DescribeStateMachine& request);
  // By name or ARN.
  const MachineRow* find_machine(const AccountId& account, const std::string& machine) const;
  std::shared_ptr<const Machine> compiled(std::int64_t machine, int revision);
  std::shared_ptr<const Machine> keep_compiled(std::shared_ptr<const RevisionRow> row,
                                               std::shared_ptr<const Machine> machine);
  void drop_revision_if_unused(Tx& tx, std::int64_t machine, int revision);

  // executions.cpp
  api::Reply<api::StartExecutionReply> start(Tx& tx, const api::StartExecution& request);
  api::Reply<api::StopExecutionReply> stop(Tx& tx, const api::StopExecution& request);
  api::Reply<api::ExecutionInfo> describe(Tx& tx, const api::DescribeExecution& request);

  // advance.cpp: one step, stored
  std::shared_ptr<const Execution> current(const ExecutionRow& row);
  api::ExecutionStatus advance(Tx& tx, ExecutionRow row, const Execution& before, const Trigger& trigger, bool fresh);
  void advance(Tx& tx, std::int64_t execution, const Trigger& trigger);
  void schedule(Tx& tx, const ExecutionRow& row, StepOutput& out);
  void store_frames(Tx& tx, const ExecutionRow& row, const Execution& before, const StepOutput& out);
  void store_history(Tx& tx, ExecutionRow& row, const StepOutput& out);
  void store_end(Tx& tx, const ExecutionRow& row, const Execution& after, bool fresh);
  void emit_steps(Tx& tx, const ExecutionRow& row, const StepOutput& out);
  Result<void> sweep(Tx& tx, const AccountId& account, const SweepFrames& request);
  Result<void> stop_tasks(Tx& tx, const AccountId& account, const StopTasks& request);
  Result<void> answered(Tx& tx, const TaskAnswer& answer);
  // Does a frame of the execution still wait for this work item?
  bool wants(const Tx& tx, std::int64_t execution, std::int64_t frame, std::int64_t item) const;
  std::optional<Instant> next_due() const;
  void fire(Tx& tx);

  MachineTable machines_{kMachineTable};
  RevisionTable revisions_{kRevisionTable};
  ExecutionTable executions_{kExecutionTable};
  ExecutionInputTable inputs_{kExecutionInputTable};
  FrameTable frames_{kFrameTable};
  FrameDataTable frame_data_{kFrameDataTable};
  core::LogTable<HistoryRow> history_{kHistoryTable};
  core::ColdTable<RecordRow> records_{kRecordTable};
  core::ColdTable<NameRow> names_{kNameTable};

  // Derived, and checked against the rows at every use: an undone command may have left something else here.
  // The newest; bounded.
  struct Compiled {
    std::shared_ptr<const RevisionRow> row;
    std::shared_ptr<const Machine> machine;
  };
  std::map<std::pair<std::int64_t, int>, Compiled> compiled_;
  struct Held {
    std::int64_t version = 0;
    std::shared_ptr<const Execution> execution;
  };
  std::map<std::int64_t, Held> held_;
};

// Queries: read committed rows.
api::Reply<api::HistoryReply> get_execution_history(store::Store& store, const api::Principal& principal,
                                                    const api::GetExecutionHistory& request);
api::Reply<api::ListExecutionsReply> list_executions(store::Store& store, const api::Principal& principal,
                                                     const api::ListExecutions& request);

}  // namespace weir::workflow
