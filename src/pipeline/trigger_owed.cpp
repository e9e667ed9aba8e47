// An upstream may have tens of thousands of dependants. What of them is owed is cut into pieces, so that no command
// reads and writes again the whole of what is left.
#include <algorithm>

#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kKeysTogether = 64;
constexpr std::size_t kPieces = 64;  // each is a row of the command that owes it

}  // namespace

// Upstreams first, as one command would judge them. The last piece stays, for owe_rest().
void TriggerEngine::Work::owe_many() {
  std::size_t count = 0;
  for (const auto& [p, windows] : dirty_) count += windows.size();
  if (count <= kKeysTogether) return;
  std::vector<std::pair<int, std::int64_t>> order;
  for (const auto& [p, windows] : dirty_) order.emplace_back(rank(p), p);
  std::ranges::sort(order);
  std::vector<KeyToLookAt> keys;
  for (const auto& [place, p] : order)
    for (const auto w : dirty_.at(p)) keys.push_back({p, w});
  const auto piece = std::max(kKeysTogether, (count + kPieces - 1) / kPieces);
  dirty_.clear();
  for (std::size_t begin = 0; begin < count; begin += piece) {
    const auto end = std::min(count, begin + piece);
    if (end == count) {
      for (auto i = begin; i < end; ++i) look_at(keys[i].pipeline, keys[i].window);
      return;
    }
    LookAgain some;
    some.keys.assign(keys.begin() + static_cast<std::ptrdiff_t>(begin),
                     keys.begin() + static_cast<std::ptrdiff_t>(end));
    const auto* first = tables_.pipelines.find(some.keys.front().pipeline);
    tx_.deliver(first != nullptr ? first->account : tx_.account(), std::move(some));
  }
}

}  // namespace weir::pipeline
