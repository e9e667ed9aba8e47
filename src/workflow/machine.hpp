// A compiled state machine: an immutable tree with every path and expression compiled.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "workflow/choice.hpp"
#include "workflow/template.hpp"

namespace weir::workflow {

enum class StateType { Task, Pass, Choice, Wait, Parallel, Map, Succeed, Fail };
std::string_view word_of(StateType type);  // "Task"

struct Retrier {
  std::vector<std::string> errors;
  int interval_s = 1;
  int max_attempts = 3;
  double backoff = 2;
  std::optional<int> max_delay_s;
  bool full_jitter = false;
};

// Where a result is put: whole (the default), nowhere (null), or at a place in the state's input.
struct ResultPath {
  enum class Kind { ROOT, DISCARD, PLACE };
  Kind kind = Kind::ROOT;
  json::Path place;
};

struct Catcher {
  std::vector<std::string> errors;
  ResultPath result_path;
  int next = 0;
};

struct State {
  StateType type = StateType::Pass;
  std::string name;
  bool end = false;
  int next = -1;  // index in its branch

  std::optional<Expression> input_path, output_path;  // nothing: null, which is {}
  std::optional<Template> parameters;                 // Parameters; of a Map the ItemSelector
  std::optional<Template> result_selector;
  ResultPath result_path;
  std::vector<Retrier> retriers;
  std::vector<Catcher> catchers;

  std::optional<json::Value> result;  // Pass

  std::optional<std::int64_t> seconds;  // Wait
  std::optional<Instant> timestamp;
  std::optional<Expression> seconds_path, timestamp_path;

  std::vector<ChoiceRule> rules;  // Choice
  int default_next = -1;

  std::string error, cause;  // Fail
  std::optional<Expression> error_path, cause_path;

  std::string resource, queue;  // Task
  std::optional<std::int64_t> timeout_s, heartbeat_s;
  std::optional<Expression> timeout_path, heartbeat_path;

  std::vector<int> branches;  // Parallel: its branches; Map: one. Indices in Machine::branches
  std::optional<Expression> items_path;
  int max_concurrency = 0;  // 0: as many as the engine allows
  std::optional<Expression> max_concurrency_path;
};

struct Branch {
  std::vector<State> states;
  int start = 0;
};

struct Machine {
  std::vector<Branch> branches;  // [0] is the machine itself
  std::optional<std::int64_t> timeout_s;

  const State& state(int branch, int index) const {
    return branches[static_cast<std::size_t>(branch)].states[static_cast<std::size_t>(index)];
  }
};

// Every problem of the definition, each with its place: "/States/A/Next".
std::expected<std::shared_ptr<const Machine>, std::vector<Problem>> compile(std::string_view definition);

}  // namespace weir::workflow
