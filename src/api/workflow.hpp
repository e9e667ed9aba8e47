// State machines in the States Language, and their executions.
//
// A machine belongs to an account and has a name; each change of its definition is a new revision. An execution runs
// the revision it was started with to its end. Names of executions are unique for a machine: a second start with the
// same name and input answers with the first execution, with another input it is refused.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::api {

enum class ExecutionStatus { RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED };
BOOST_DESCRIBE_ENUM(ExecutionStatus, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED)

struct MachineReply {
  std::int64_t id = 0;
  int revision = 0;  // from 1
  std::string arn;   // "arn:weir:states::<account>:stateMachine:<name>"
};
BOOST_DESCRIBE_STRUCT(MachineReply, (), (id, revision, arn))

// Refused with every problem of the definition, each with its place ("/States/A/Next").
struct CreateStateMachine {
  using Reply = MachineReply;
  std::string name;
  JsonText definition;
};
BOOST_DESCRIBE_STRUCT(CreateStateMachine, (), (name, definition))

struct UpdateStateMachine {
  using Reply = MachineReply;
  std::string name;
  JsonText definition;
};
BOOST_DESCRIBE_STRUCT(UpdateStateMachine, (), (name, definition))

// Internal: creates or updates; the same definition makes no new revision.
struct PutMachine {
  using Reply = MachineReply;
  std::string name;
  JsonText definition;
};
BOOST_DESCRIBE_STRUCT(PutMachine, (), (name, definition))

struct DeleteMachineReply {
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(DeleteMachineReply, (), (deleted))

// Running executions go on.
struct DeleteStateMachine {
  using Reply = DeleteMachineReply;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(DeleteStateMachine, (), (name))

struct MachineInfo {
  std::int64_t id = 0;
  std::string name;
  std::string arn;
  int revision = 0;
  Instant updated_at{};
  JsonText definition;
};
BOOST_DESCRIBE_STRUCT(MachineInfo, (), (id, name, arn, revision, updated_at, definition))

struct DescribeStateMachine {
  using Reply = MachineInfo;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(DescribeStateMachine, (), (name))

struct StartExecutionReply {
  std::int64_t id = 0;
  std::string name;
  ExecutionStatus status = ExecutionStatus::RUNNING;  // it may have ended within the start
  Instant started_at{};
};
BOOST_DESCRIBE_STRUCT(StartExecutionReply, (), (id, name, status, started_at))

struct StartExecution {
  using Reply = StartExecutionReply;
  std::string machine;          // a name of this account, or an ARN
  std::string name;             // empty: one is given, and nothing is looked up
  JsonText input;               // absent: {}
  std::string owner;            // internal callers: comes back in every event of the execution ("run/17")
  std::optional<int> revision;  // internal callers: not the newest one
  std::string start_at;         // internal callers: a state of the machine itself; empty: its StartAt
};
BOOST_DESCRIBE_STRUCT(StartExecution, (), (machine, name, input, owner, revision, start_at))

struct StopExecutionReply {
  bool stopped = false;  // false: it had ended already
  ExecutionStatus status = ExecutionStatus::ABORTED;
};
BOOST_DESCRIBE_STRUCT(StopExecutionReply, (), (stopped, status))

struct StopExecution {
  using Reply = StopExecutionReply;
  std::int64_t id = 0;
  std::string error;
  std::string cause;
};
BOOST_DESCRIBE_STRUCT(StopExecution, (), (id, error, cause))

struct ExecutionInfo {
  std::int64_t id = 0;
  std::string name;
  std::string machine;
  int revision = 0;
  ExecutionStatus status = ExecutionStatus::RUNNING;
  Instant started_at{};
  std::optional<Instant> ended_at;
  JsonText input;   // only from DescribeExecution
  JsonText output;  // only from DescribeExecution
  std::string error;
  std::string cause;
};
BOOST_DESCRIBE_STRUCT(ExecutionInfo, (),
                      (id, name, machine, revision, status, started_at, ended_at, input, output, error, cause))

struct DescribeExecution {
  using Reply = ExecutionInfo;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(DescribeExecution, (), (id))

// As the AWS service names them: "TaskStateEntered" with {"name", "input"} and so on in `details`.
struct HistoryEvent {
  std::int64_t id = 0;        // 1, 2, 3, ...
  std::int64_t previous = 0;  // the event that led to this one; 0 for the first
  Instant at{};
  std::string type;
  JsonText details;
};
BOOST_DESCRIBE_STRUCT(HistoryEvent, (), (id, previous, at, type, details))

struct HistoryReply {
  std::vector<HistoryEvent> events;
  std::optional<std::int64_t> next;  // pass as `after`
};
BOOST_DESCRIBE_STRUCT(HistoryReply, (), (events, next))

// A page ends with the events of one command, so it may hold a few more than `limit`.
struct GetExecutionHistory {
  using Reply = HistoryReply;
  std::int64_t id = 0;
  bool reverse = false;
  std::optional<std::int64_t> after;
  int limit = 100;
};
BOOST_DESCRIBE_STRUCT(GetExecutionHistory, (), (id, reverse, after, limit))

struct ListExecutionsReply {
  std::vector<ExecutionInfo> executions;  // newest first
  std::optional<std::int64_t> next;       // pass as `after`
};
BOOST_DESCRIBE_STRUCT(ListExecutionsReply, (), (executions, next))

struct ListExecutions {
  using Reply = ListExecutionsReply;
  std::optional<std::string> machine;  // a name of this account
  std::optional<ExecutionStatus> status;
  std::optional<std::int64_t> after;
  int limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListExecutions, (), (machine, status, after, limit))

// --- events -----------------------------------------------------------------------------------------------------

struct ExecutionStatusChanged {
  std::int64_t execution_id = 0;
  AccountId account;
  std::string machine;
  std::string name;
  std::string owner;  // as given at the start
  ExecutionStatus status = ExecutionStatus::RUNNING;
  JsonText output;
  std::string error;
  std::string cause;
};
BOOST_DESCRIBE_STRUCT(ExecutionStatusChanged, (),
                      (execution_id, account, machine, name, owner, status, output, error, cause))

enum class StepStatus { QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED };
BOOST_DESCRIBE_ENUM(StepStatus, QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED)

// One attempt of a Task state that went to a queue.
struct StepChanged {
  std::int64_t execution_id = 0;
  AccountId account;
  std::string owner;  // of the execution
  std::string state;  // the state's name
  int attempt = 1;
  StepStatus status = StepStatus::QUEUED;
  std::int64_t item = 0;  // the work item
  std::string worker;     // empty while nobody has it
  std::string error;
  std::string cause;
  bool will_retry = false;  // FAILED and TIMED_OUT: another attempt follows
  Instant at{};
  std::string skipped;  // SUCCEEDED: why nothing had to be done; empty: it was done
  JsonText result;      // SUCCEEDED: as the worker gave it
};
BOOST_DESCRIBE_STRUCT(StepChanged, (),
                      (execution_id, account, owner, state, attempt, status, item, worker, error, cause, will_retry, at,
                       skipped, result))

std::span<const OperationInfo> workflow_operations();

}  // namespace weir::api
