#include "pipeline/dependency_graph.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

using Path = std::vector<std::int64_t>;

TEST(DependencyGraph, finds_the_shortest_cycle_through_a_node) {
  DependencyGraph graph;
  graph.add_edge(1, 2);
  graph.add_edge(2, 3);
  graph.add_edge(3, 1);
  graph.add_edge(2, 1);
  EXPECT_EQ(graph.cycle_through(1), (Path{1, 2, 1}));
  EXPECT_EQ(graph.cycle_through(3), (Path{3, 1, 2, 3}));
}

TEST(DependencyGraph, a_diamond_is_no_cycle) {
  DependencyGraph graph;
  graph.add_edge(1, 2);
  graph.add_edge(1, 3);
  graph.add_edge(2, 4);
  graph.add_edge(3, 4);
  for (int node = 1; node <= 4; ++node) EXPECT_TRUE(graph.cycle_through(node).empty());
  EXPECT_EQ(graph.topological(), (Path{1, 2, 3, 4}));
}

TEST(DependencyGraph, a_pipeline_that_waits_for_itself_is_a_cycle) {
  DependencyGraph graph;
  graph.add_edge(5, 5);
  EXPECT_EQ(graph.cycle_through(5), (Path{5, 5}));
}

TEST(DependencyGraph, orders_upstream_first_and_puts_cycles_last) {
  DependencyGraph graph;
  graph.add_edge(9, 1);
  graph.add_edge(2, 3);
  graph.add_edge(3, 2);
  EXPECT_EQ(graph.topological(), (Path{9, 1, 2, 3}));
}

TEST(DependencyGraph, connected_is_what_is_above_and_below_not_beside) {
  DependencyGraph graph;
  graph.add_edge(1, 2);
  graph.add_edge(2, 3);
  graph.add_edge(1, 4);
  graph.add_edge(5, 3);
  EXPECT_EQ(graph.connected(2), (std::set<std::int64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace weir::pipeline
