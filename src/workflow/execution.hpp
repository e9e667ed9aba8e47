// An execution in memory: a tree of frames. The root frame runs the machine's states; a Parallel or Map state has a
// child frame for each branch or iteration, which keeps its output until all are done.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/workflow.hpp"
#include "workflow/machine.hpp"

namespace weir::workflow {

// A document between states, with its text: printed once, however often it is shown and stored.
struct Data {
  json::Value value;
  std::string text;
};
using DataPtr = std::shared_ptr<const Data>;
DataPtr data_of(json::Value value);

enum class Phase {
  READY,    // about to enter its state
  TASK,     // its work item waits or runs
  WAITING,  // a Wait state, until due
  BACKOFF,  // before the next attempt, until due
  JOINING,  // its children run
  DONE,     // a child that has its output
};
BOOST_DESCRIBE_ENUM(Phase, READY, TASK, WAITING, BACKOFF, JOINING, DONE)

struct Frame {
  std::int64_t id = 0;      // 1 is the root
  std::int64_t parent = 0;  // 0: none
  int generation = 0;       // rises when the frame drops its children
  int of_generation = 0;    // the parent's, when this child was made
  int index = 0;            // among its siblings
  int branch = 0;
  int state = 0;
  Phase phase = Phase::READY;
  std::int64_t last_event = 0;
  std::int64_t entered_event = 0;
  Instant entered_at{};
  std::optional<Instant> due;
  std::int64_t item = 0;     // TASK: the work item
  bool heartbeats = false;   // TASK: silence is States.HeartbeatTimeout
  std::string worker;        // TASK, once begun
  std::vector<int> retries;  // used up, of each Retrier
  int started = 0;           // JOINING: children made
  int open = 0;              // JOINING: children that are not done
  DataPtr input;             // of the state; DONE: the output
  DataPtr items;             // JOINING at a Map: what it goes over
  DataPtr given;             // an iteration: its item

  int attempt() const {
    int out = 1;
    for (const int n : retries) out += n;
    return out;
  }
};
using FramePtr = std::shared_ptr<const Frame>;

struct Execution {
  std::int64_t id = 0;
  std::string account, machine, name;
  Instant started_at{};
  std::optional<Instant> deadline;
  DataPtr input;
  api::ExecutionStatus status = api::ExecutionStatus::RUNNING;
  DataPtr output;  // SUCCEEDED
  std::string error, cause;
  std::int64_t next_event = 1;
  std::int64_t next_frame = 1;
  std::map<std::int64_t, FramePtr> frames;
  std::set<std::int64_t> ready;                          // frames in Phase::READY
  std::set<std::pair<Instant, std::int64_t>> deadlines;  // of frames with a due

  // When step has something to do by itself; nothing while only tasks can go on.
  std::optional<Instant> due() const;
};

}  // namespace weir::workflow
