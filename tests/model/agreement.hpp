// One history, played by the model and by the engine: the same runs on the same evidence, the same line, the same
// refusals after each event.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pipeline/trigger_engine.hpp"
#include "tests/model/audit.hpp"
#include "tests/model/features.hpp"
#include "tests/model/reference.hpp"

namespace weir::model {

struct Played {
  Model model;
  std::string difference;  // empty: they agreed
  Counts counts;           // of the engine's runs, when they agreed
  Features features;
  int restarts = 0;
  bool good() const { return difference.empty() && counts.clean(); }
};

using Next = std::function<std::optional<Event>(const Model&)>;
Played play(const Next& next, pipeline::TriggerOptions options = {});
// Events that make no sense any more (an end of a run that never started) are left out.
Played play(const History& history, pipeline::TriggerOptions options = {});

// For people: what differed, the history, and how to see it again: as a test file for `weir test`, and in one line.
std::string report(const Played& played, std::uint64_t seed);

}  // namespace weir::model
