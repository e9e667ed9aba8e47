// What triggers what, as a graph: cycles and orders. Pure; nodes are numbers, edges go from upstream to downstream.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace weir::pipeline {

// The nodes of the shortest cycle through `start`, in the order of the edges, beginning and ending with it; empty:
// none. `down` names the downstreams of a node, and is asked only for what `start` leads to.
std::vector<std::int64_t> cycle_through(std::int64_t start,
                                        const std::function<std::vector<std::int64_t>(std::int64_t)>& down);

class DependencyGraph {
 public:
  void add_node(std::int64_t node) { down_[node]; }
  void add_edge(std::int64_t upstream, std::int64_t downstream) {
    add_node(upstream);
    down_[upstream].insert(downstream);
    add_node(downstream);
    up_[downstream].insert(upstream);
  }

  // As the function above.
  std::vector<std::int64_t> cycle_through(std::int64_t start) const;
  // Upstream first; among equals the smaller number. Nodes on a cycle come last, by number.
  std::vector<std::int64_t> topological() const;
  // All that is connected with `node`, itself included: everything up and everything down.
  std::set<std::int64_t> connected(std::int64_t node) const;

 private:
  std::map<std::int64_t, std::set<std::int64_t>> down_, up_;
};

}  // namespace weir::pipeline
