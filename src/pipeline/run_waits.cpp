// For what a run that is QUEUED waits: the limit that holds it, who holds that, and its place in the line.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kHoldersNamed = 3;
constexpr std::ptrdiff_t kPlacesCounted = 10'000;  // of a longer line it is said that it is longer

std::string ordinal(std::ptrdiff_t n) {
  const auto tens = n % 100 / 10, ones = n % 10;
  return fmt::format("{}{}", n, tens == 1 ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th");
}

}  // namespace

std::string TriggerEngine::waits_for(std::int64_t run) const {
  const auto row = tables_.active.share(run);
  if (!row || row->status != RunState::QUEUED) return {};
  const auto* pipeline = tables_.pipelines.find(row->pipeline);
  if (pipeline == nullptr) return {};

  const auto& by_run = tables_.active.index<by_pipeline>();
  const auto [first, last] = by_run.equal_range(std::make_tuple(row->pipeline, RunState::RUNNING));
  int working = 0;
  std::string own;
  for (auto at = first; at != last; ++at) {
    if ((*at)->adhoc) continue;
    if ((*at)->window == row->window) return fmt::format("run {}, of the same key", (*at)->run);
    if (static_cast<std::size_t>(working++) < kHoldersNamed)
      own += fmt::format("{}run {}", own.empty() ? "" : ", ", (*at)->run);
  }
  if (by_rule(row->cause) && tables_.find_pause(*pipeline) != nullptr) return "the end of a pause";
  if (pipeline->max_runs > 0 && working >= pipeline->max_runs)
    return fmt::format("maxRuns: {} of {} work: {}{}", working, pipeline->max_runs, own,
                       static_cast<std::size_t>(working) > kHoldersNamed ? ", ..." : "");
  const auto* pool = tables_.pools.find(pipeline->pool);
  if (pool == nullptr) return "its turn";

  std::string holders;
  std::size_t in_use = 0;
  const auto& line = tables_.active.index<by_pool>();
  const auto [h_first, h_last] = line.equal_range(std::make_tuple(pool->id, RunState::RUNNING));
  for (auto at = h_first; at != h_last; ++at)
    if (in_use++ < kHoldersNamed) {
      const auto* holder = tables_.pipelines.find((*at)->pipeline);
      holders +=
          fmt::format("{}{} {} (run {})", holders.empty() ? " by " : ", ", holder != nullptr ? holder->name : "?",
                      holder != nullptr ? label_of(*holder, (*at)->window) : "", (*at)->run);
    }
  if (in_use > kHoldersNamed) holders += fmt::format(" and {} more", in_use - kHoldersNamed);
  std::ptrdiff_t place = 1;
  auto at = line.lower_bound(std::make_tuple(pool->id, RunState::QUEUED));
  for (; at != line.end() && (*at)->run != run && place < kPlacesCounted; ++at) ++place;
  return fmt::format("a slot of pool {}: {} of {} in use{}; {}{} in its line", pool->name, in_use, pool->slots, holders,
                     place >= kPlacesCounted ? "at least " : "", ordinal(place));
}

}  // namespace weir::pipeline
