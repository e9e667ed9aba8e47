#include "api/work.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> work_operations() {
  static const std::array table{
      operation<ClaimWork>("ClaimWork", "work", Access::write, Growth::neutral, "POST", "/v1/work/claim",
                           "queue worker", "Hands out work items of a queue with a lease on each, waiting when asked."),
      operation<HeartbeatWork>("HeartbeatWork", "work", Access::write, Growth::neutral, "POST", "/v1/work/heartbeat",
                               "worker items", "Prolongs leases; says which items to stop and which are lost."),
      operation<CompleteWork>("CompleteWork", "work", Access::write, Growth::frees, "POST", "/v1/work/{id}/complete",
                              "id lease", "Ends a work item with its result."),
      operation<FailWork>("FailWork", "work", Access::write, Growth::frees, "POST", "/v1/work/{id}/fail", "id lease",
                          "Ends a work item with an error."),
      operation<ListWork>("ListWork", "work", Access::query, Growth::neutral, "GET", "/v1/work", "",
                          "Lists the account's work items that wait or run."),
  };
  return table;
}

}  // namespace weir::api
