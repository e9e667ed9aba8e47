#include "api/workflow.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> workflow_operations() {
  static const std::array table{
      operation<CreateStateMachine>("CreateStateMachine", "workflow", Access::write, Growth::grows, "POST",
                                    "/v1/state-machines", "name definition", "Creates a state machine."),
      operation<UpdateStateMachine>("UpdateStateMachine", "workflow", Access::write, Growth::grows, "PUT",
                                    "/v1/state-machines/{name}", "name definition",
                                    "Gives a state machine a new definition; running executions keep theirs."),
      operation<DeleteStateMachine>("DeleteStateMachine", "workflow", Access::write, Growth::frees, "DELETE",
                                    "/v1/state-machines/{name}", "name", "Deletes a state machine."),
      operation<DescribeStateMachine>("DescribeStateMachine", "workflow", Access::read, Growth::neutral, "GET",
                                      "/v1/state-machines/{name}", "name", "Shows a state machine."),
      operation<StartExecution>("StartExecution", "workflow", Access::write, Growth::grows, "POST", "/v1/executions",
                                "machine", "Starts an execution of a state machine."),
      operation<StopExecution>("StopExecution", "workflow", Access::write, Growth::frees, "POST",
                               "/v1/executions/{id}/stop", "id", "Aborts a running execution."),
      operation<DescribeExecution>("DescribeExecution", "workflow", Access::read, Growth::neutral, "GET",
                                   "/v1/executions/{id}", "id", "Shows an execution with its input and output."),
      operation<GetExecutionHistory>("GetExecutionHistory", "workflow", Access::query, Growth::neutral, "GET",
                                     "/v1/executions/{id}/history", "id", "The events of an execution."),
      operation<ListExecutions>("ListExecutions", "workflow", Access::query, Growth::neutral, "GET", "/v1/executions",
                                "", "Lists executions, the newest first."),
  };
  return table;
}

}  // namespace weir::api
