#include "pipeline/dependency_graph.hpp"

#include <algorithm>
#include <deque>

namespace weir::pipeline {

std::vector<std::int64_t> cycle_through(std::int64_t start,
                                        const std::function<std::vector<std::int64_t>(std::int64_t)>& down) {
  // Breadth first, so that the shortest cycle is the one that is shown.
  std::map<std::int64_t, std::int64_t> came_from;
  std::deque<std::int64_t> next{start};
  while (!next.empty()) {
    const auto node = next.front();
    next.pop_front();
    for (const auto to : down(node)) {
      if (to == start) {
        std::vector<std::int64_t> path{start};
        for (auto at = node; at != start; at = came_from.at(at)) path.push_back(at);
        path.push_back(start);
        std::ranges::reverse(path);
        return path;
      }
      if (came_from.emplace(to, node).second) next.push_back(to);
    }
  }
  return {};
}

std::vector<std::int64_t> DependencyGraph::cycle_through(std::int64_t start) const {
  return pipeline::cycle_through(start, [&](std::int64_t node) -> std::vector<std::int64_t> {
    const auto edges = down_.find(node);
    if (edges == down_.end()) return {};
    return {edges->second.begin(), edges->second.end()};
  });
}

std::vector<std::int64_t> DependencyGraph::topological() const {
  std::map<std::int64_t, std::size_t> missing;
  std::set<std::int64_t> ready;
  for (const auto& [node, edges] : down_) {
    const auto up = up_.find(node);
    const auto count = up == up_.end() ? 0 : up->second.size();
    if (count == 0)
      ready.insert(node);
    else
      missing[node] = count;
  }
  std::vector<std::int64_t> out;
  while (!ready.empty()) {
    const auto node = *ready.begin();
    ready.erase(ready.begin());
    out.push_back(node);
    for (const auto to : down_.at(node))
      if (--missing.at(to) == 0) {
        missing.erase(to);
        ready.insert(to);
      }
  }
  for (const auto& [node, count] : missing) out.push_back(node);
  return out;
}

std::set<std::int64_t> DependencyGraph::connected(std::int64_t node) const {
  std::set<std::int64_t> out{node};
  for (const auto* direction : {&down_, &up_}) {
    std::deque<std::int64_t> next{node};
    std::set<std::int64_t> seen{node};
    while (!next.empty()) {
      const auto at = next.front();
      next.pop_front();
      const auto edges = direction->find(at);
      if (edges == direction->end()) continue;
      for (const auto to : edges->second)
        if (seen.insert(to).second) next.push_back(to);
    }
    out.insert(seen.begin(), seen.end());
  }
  return out;
}

}  // namespace weir::pipeline
