// The working state of one step; private to step*.cpp.
#pragma once

#include "workflow/step.hpp"

namespace weir::workflow {

class Engine {
 public:
  Engine(const Machine& machine, StepOutput& out, Instant now, std::uint64_t random)
      : machine_(machine), out_(out), x_(*out.execution), now_(now), random_(random) {}

  void run(const Trigger& trigger);

 private:
  // frames
  const Frame& at(std::int64_t id) const { return *x_.frames.at(id); }
  Frame& edit(std::int64_t id);  // a copy of its own, once a step
  void remove(std::int64_t id);
  void set_phase(Frame& frame, Phase phase, std::optional<Instant> due = std::nullopt);
  const State& state_of(const Frame& frame) const { return machine_.state(frame.branch, frame.state); }
  bool full() const;

  // history
  void event(Frame& frame, std::string type, std::string details);
  void final_event(std::string type, std::string details);

  // a state's life: enter, begin (again at every attempt), result, leave
  void transition(std::int64_t id);
  void begin(Frame& frame);
  void begin_wait(Frame& frame, const State& state, const json::Value& input);
  void begin_choice(Frame& frame, const State& state, const json::Value& input);
  void begin_fail(Frame& frame, const State& state, const json::Value& input);
  void begin_task(Frame& frame, const State& state, const json::Value& input);
  void begin_parallel(Frame& frame, const State& state, const json::Value& input);
  void begin_map(Frame& frame, const State& state, const json::Value& input);
  void result(Frame& frame, json::Value result);  // ResultSelector, ResultPath, OutputPath, then leave
  void pass_on(Frame& frame);                     // the effective input, through OutputPath
  void leave(Frame& frame, DataPtr output, int next = -1);
  void finish(Frame& frame, DataPtr output);

  // children
  Frame& make_child(Frame& parent, int branch, DataPtr input, DataPtr item);
  void start_iterations(std::int64_t parent);
  void child_done(std::int64_t parent, std::int64_t last_event);
  void join(Frame& frame);
  void drop_children(Frame& parent);
  int concurrency(const Frame& frame, const State& state);

  // errors
  Fault placed(const Frame& frame, Fault fault) const;  // a fault of the state itself, in the service's words
  // Retry, Catch, else fail; true when it is tried again. The frame may be gone afterwards.
  bool raise(Frame& frame, const Fault& fault);
  bool retry(Frame& frame, const State& state, const Fault& fault);
  bool catch_it(Frame& frame, const State& state, const Fault& fault);
  void fail(Frame& frame, const Fault& fault);

  // tasks
  void task_started(const TaskStarted& trigger);
  void task_succeeded(const TaskSucceeded& trigger);
  void task_failed(const TaskFailed& trigger);
  void task_timed_out(Frame& frame);
  Frame* task(std::int64_t frame, std::int64_t item);
  StepNote note(const Frame& frame, api::StepStatus status) const;
  void due_frames();

  // ends
  void end(api::ExecutionStatus status, const Fault& fault, DataPtr output);
  void drop_all();

  // what expressions see
  template <class F>
  auto with_scope(const Frame& frame, const json::Value& input, F&& use) {
    std::optional<json::Value> made;
    const std::function<const json::Value&()> context = [&]() -> const json::Value& {
      if (!made) made = context_of(frame);
      return *made;
    };
    return use(Scope{input, context});
  }
  json::Value context_of(const Frame& frame) const;
  Outcome<json::Value> filtered(const Frame& frame, const std::optional<Expression>& path, const json::Value& value);
  Outcome<std::optional<std::int64_t>> seconds(const Frame& frame, const json::Value& input,
                                               const std::optional<std::int64_t>& fixed,
                                               const std::optional<Expression>& path);

  const Machine& machine_;
  StepOutput& out_;
  Execution& x_;
  Instant now_;
  std::uint64_t random_;
  std::set<std::int64_t> touched_;
  bool exhausted_ = false;  // the history is full
};

// Details of events.
std::string named(const State& state, std::string_view key, const DataPtr& data);
std::string error_details(const Fault& fault);

}  // namespace weir::workflow
