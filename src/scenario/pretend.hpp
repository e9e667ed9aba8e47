// The workflow engine and the work items of a whole world, and what its worker holds. The worker claims every item at
// once, does nothing, and ends it when the test says that the run ends.
#pragma once

#include <map>
#include <vector>

#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::scenario {

struct Whole {
  explicit Whole(core::Registry& registry) : work(registry), workflows(registry) {}
  work::WorkService work;
  workflow::WorkflowService workflows;
  std::map<std::int64_t, std::vector<api::HeldWork>> held;  // by execution
  Instant prolonged{};
};

// Leases last twelve hours, the longest there is; they are prolonged when half of that is over.
inline constexpr int kPretendLeaseS = 12 * 3600;

}  // namespace weir::scenario
