// The interpreter: what happened and an execution as it is give the execution as it will be, history events and what
// must be done outside. Pure: no clock, no I/O, no randomness but the number that is passed in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "workflow/execution.hpp"

namespace weir::workflow {

// Triggers.
struct Started {
  std::string state;  // of the machine itself; empty: its StartAt
};
struct Continued {};  // time passed, or the last step ended before all was done
struct TaskStarted {
  std::int64_t frame = 0, item = 0;
  std::string worker;
};
struct TaskSucceeded {
  std::int64_t frame = 0, item = 0;
  json::Value result;
  std::string skipped;  // why nothing had to be done
};
struct TaskFailed {
  std::int64_t frame = 0, item = 0;
  std::string error, cause;
  bool silent = false;  // no heartbeat came
};
struct Stopped {
  std::string error, cause;
};
using Trigger = std::variant<Started, Continued, TaskStarted, TaskSucceeded, TaskFailed, Stopped>;

struct Event {
  std::int64_t id = 0, previous = 0;
  std::string type;     // "TaskStateEntered"
  std::string details;  // a JSON object
};

// Actions. The caller puts the work item's id into the frame (Frame::item) when it schedules.
struct ScheduleTask {
  std::int64_t frame = 0;
  std::string queue, state;
  DataPtr payload;
  int attempt = 1;
  Millis timeout{0};
  int heartbeat_s = 0;
};
struct StopTask {
  std::int64_t item = 0;
};

// One attempt of a task that began, ended or was given up; QUEUED notes come with ScheduleTask.
struct StepNote {
  std::string state;
  int attempt = 1;
  api::StepStatus status = api::StepStatus::RUNNING;
  std::int64_t item = 0;
  std::string worker, error, cause;
  bool will_retry = false;
  std::string skipped;
  std::string result;  // SUCCEEDED: JSON
};

struct StepOutput {
  std::shared_ptr<Execution> execution;
  std::vector<std::int64_t> changed;  // frames made or changed, sorted; those that went too
  std::vector<Event> events;
  std::vector<ScheduleTask> schedule;
  std::vector<StopTask> stop;
  std::vector<StepNote> notes;
  int transitions = 0;
  bool more = false;  // the bound of one step was met: call again with Continued
};

// At most limits::kTransitionsPerCommand transitions and about 64 changed frames. A trigger that the execution does
// not wait for (an old item, an ended execution) changes nothing.
StepOutput step(const Machine& machine, const Execution& before, const Trigger& trigger, Instant now,
                std::uint64_t random);

}  // namespace weir::workflow
