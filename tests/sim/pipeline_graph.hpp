// The pipelines of one seed: who owns them, what they need of each other, and their pipeline.yaml.
//
// Upstreams have smaller numbers, so a deploy in order finds them; a clause on the pipeline itself looks at the window
// before. Half of the graphs hold a diamond; half of the zones change their clocks within the simulated days.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/mix.hpp"

namespace weir::sim {

struct DrawnClause {
  int upstream = 0;
  std::string more;  // ", offset: -1": what the clause says beside name, account and status
  std::string status = "SUCCESS";
  bool any_of = false;
  bool operator==(const DrawnClause&) const = default;
};

struct DrawnPipeline {
  std::string name;
  std::string account;
  std::string zone = "UTC";
  std::string grain = "day";
  std::string schedule;  // "hour: 3, minute: 30"; empty: none
  std::string both;      // "AND", "OR": with a schedule and clauses
  std::vector<DrawnClause> clauses;
  bool blocks_or = false;
  std::string rerun;    // onUpstreamRerun; empty: not said
  std::string catchup;  // empty: not said
  int parallel = 1;
  int max_runs = 0;
  int steps = 1;
  bool pooled = false;  // its runs share the slots of its account's pool
  int priority = 0;     // there
};

class PipelineGraph {
 public:
  // Owners are named by `accounts`.
  PipelineGraph(Random& random, std::vector<std::string> accounts);

  const std::vector<DrawnPipeline>& pipelines() const { return pipelines_; }
  bool has_diamond() const { return diamond_; }
  // `number` tells the deploys of one pipeline apart.
  std::string yaml(int pipeline, std::int64_t number) const;
  // Another clause, another limit or another hour; the grain stays.
  void change(int pipeline, Random& random);

 private:
  DrawnPipeline source(int number, Random& random);
  DrawnPipeline dependant(int number, Random& random);
  std::string each_on(int upstream, const DrawnPipeline& down, Random& random);
  DrawnClause clause_on(int upstream, const DrawnPipeline& down, Random& random);

  std::vector<std::string> accounts_;
  std::vector<DrawnPipeline> pipelines_;
  bool diamond_ = false;
};

}  // namespace weir::sim
