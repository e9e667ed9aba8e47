// The trigger engine under the model's names: told the same events, asked for the same runs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model/row_words.hpp"
#include "tests/pipeline/trigger_bench.hpp"

namespace weir::model {

class Beside : RowNumbers {
 public:
  explicit Beside(pipeline::TriggerOptions options) : bench_(options) {}

  // False: it was refused. Times before the event pass first, an outage apart.
  bool apply(const Event& event);

  // All that counts, by identity.
  std::vector<Run> runs() const;
  std::multiset<Occurrence> waiting() const;
  std::set<Occurrence> asking() const;
  int restarts() const { return restarts_; }

 private:
  template <class Act>
  bool ask(Act act);
  bool start(const Event& event);
  bool decide(const Event& event);
  void deploy(const PipelineDecl& decl);
  const pipeline::PipelineRow& row_of(int pipeline) const {
    return *bench_.tables.pipelines.find(ids_[static_cast<std::size_t>(pipeline)]);
  }
  std::int64_t id_of(const RunId& run) const;  // 0: there is none
  int number(std::int64_t pipeline) const override;
  Occurrence occurrence(std::int64_t pipeline, std::int64_t window) const override;

  pipeline::TriggerBench bench_;
  std::vector<std::int64_t> ids_;
  std::vector<std::string> names_;
  std::map<Occurrence, std::vector<std::int64_t>> adhoc_;
  int restarts_ = 0;
};

}  // namespace weir::model
