// The trigger engine on a cell of its own: virtual time, a store in memory, and runs that end when the test says so.
// Pipelines are declared as rows or as the text of a pipeline.yaml.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pipeline/trigger_engine.hpp"
#include "tests/core/drive.hpp"

namespace weir::pipeline {

// A step of the test, inside a command of the cell.
struct TestStep {
  using Reply = api::EmptyReply;
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(TestStep, (), (number))

class TriggerBench {
 public:
  explicit TriggerBench(TriggerOptions options = {});

  // Runs `step` as one command, and all that it owes.
  void act(const std::function<void(core::Transaction&)>& step);
  // Everything in memory is dropped and loaded again.
  void restart();
  void until(Instant at) { drive.pass(at - drive.now); }

  // Version and id are given here; the row's name decides whether it is new.
  std::int64_t deploy(PipelineRow row, const std::optional<TriggerSpec>& trigger);
  void set_grant(std::int64_t upstream, std::int64_t downstream, bool given);
  void end(std::int64_t run, RunStatus status);

  Tables tables;
  std::vector<std::int64_t> launched;  // run ids, in order
  std::vector<std::int64_t> halted;
  bool launch_fails = false;

 private:
  core::Cell cell_;
  store::MemoryStore store_;

 public:
  core::Drive drive{cell_, store_};
  TriggerEngine engine;

 private:
  std::set<std::pair<std::int64_t, std::int64_t>> withdrawn_;
  std::function<void(core::Transaction&)> step_;
};

}  // namespace weir::pipeline
