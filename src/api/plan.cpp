#include "api/plan.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> plan_operations() {
  using enum Access;
  using enum Growth;
  static const std::array table{
      operation<Rerun>("Rerun", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/rerun", "pipeline",
                       "Plans to run keys again, with all that follows from them."),
      operation<Backfill>("Backfill", "pipeline", write, grows, "POST", "/v1/pipelines/{pipeline}/backfill",
                          "pipeline from to", "Plans to run the windows of a range, oldest first; quiet by default."),
      operation<ListPlans>("ListPlans", "pipeline", read, neutral, "GET", "/v1/plans", "",
                           "Lists reruns and backfills, newest first."),
      operation<DescribePlan>("DescribePlan", "pipeline", read, neutral, "GET", "/v1/plans/{plan}", "plan",
                              "A plan with its pipelines and keys."),
      operation<AcceptPlan>("AcceptPlan", "pipeline", write, grows, "POST", "/v1/plans/{plan}/accept", "plan",
                            "Lets a plan that was shown run."),
      operation<PausePlan>("PausePlan", "pipeline", write, neutral, "POST", "/v1/plans/{plan}/pause", "plan",
                           "Starts no more of a plan's keys."),
      operation<ResumePlan>("ResumePlan", "pipeline", write, neutral, "POST", "/v1/plans/{plan}/resume", "plan",
                            "Goes on with a paused plan."),
      operation<CancelPlan>("CancelPlan", "pipeline", write, frees, "POST", "/v1/plans/{plan}/cancel", "plan",
                            "Drops what a plan has not started."),
  };
  return table;
}

}  // namespace weir::api
