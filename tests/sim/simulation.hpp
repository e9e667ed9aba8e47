// One seed: the cell with its services on virtual time, a store that fails, clients that ask, crashes in between.
// Nothing but the seed decides; the same seed gives the same trace hash.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "pipeline/trigger_engine.hpp"

namespace weir::sim {

// How often each thing happened, over all seeds; a zero means that the simulation does not test it.
using Coverage = std::map<std::string, std::int64_t>;

struct Outcome {
  std::uint64_t trace_hash = 0;
  std::vector<std::string> violations;
  Coverage coverage;
  std::int64_t commands = 0;
  Millis simulated{0};
};

// The toy service; the workflow engine with its work items; pipelines with all that they stand on.
Outcome simulate(std::uint64_t seed);
Outcome simulate_workflow(std::uint64_t seed);
Outcome simulate_pipelines(std::uint64_t seed, pipeline::PlantedBug bug = pipeline::PlantedBug::none);

}  // namespace weir::sim
