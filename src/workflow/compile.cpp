// From the States Language to a Machine, with every problem found on the way.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/limits.hpp"
#include "json/nearest.hpp"
#include "json/text.hpp"
#include "workflow/machine.hpp"

namespace weir::workflow {

std::string_view word_of(StateType type) {
  static constexpr std::array<std::string_view, 8> words{"Task",     "Pass", "Choice",  "Wait",
                                                         "Parallel", "Map",  "Succeed", "Fail"};
  return words[static_cast<std::size_t>(type)];
}

namespace {

using json::Object;
using json::Value;

constexpr int kParallelBranches = 40;
constexpr std::string_view kQueueResource = "arn:weir:work:::queue/";

class Compiler {
 public:
  std::expected<std::shared_ptr<const Machine>, std::vector<Problem>> run(std::string_view text) {
    if (text.size() > limits::kDefinitionBytes)
      return std::unexpected(std::vector{Problem{
          fmt::format("the definition has {} bytes, at most {} are allowed", text.size(), limits::kDefinitionBytes), "",
          ""}});
    auto root = json::parse(text);
    if (!root) return std::unexpected(std::vector{Problem{"not JSON: " + root.error().text(), "", ""}});
    if (!root->object()) return std::unexpected(std::vector{Problem{"a definition is a JSON object", "", ""}});
    check_keys(*root->object(), {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}, "");
    no_jsonata(*root->object(), "");
    if (const auto* version = root->find("Version"); version && !(version->string() && *version->string() == "1.0"))
      problem("/Version", "the version of the States Language is \"1.0\"");
    machine_.timeout_s = seconds(*root->object(), "TimeoutSeconds", "");
    branch(*root->object(), "");
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return std::make_shared<const Machine>(std::move(machine_));
  }

 private:
  void problem(std::string where, std::string what, std::string fix = {}) {
    problems_.push_back({std::move(what), std::move(where), std::move(fix)});
  }
  void check_keys(const Object& object, const std::vector<std::string_view>& known, const std::string& place) {
    for (const auto& [key, value] : object) {
      if (std::ranges::find(known, key) != known.end()) continue;
      const auto near = json::nearest(key, known);
      problem(place + "/" + key, fmt::format("unknown field '{}'", key),
              near.empty() ? std::string() : fmt::format("did you mean '{}'?", near));
    }
  }
  void no_jsonata(const Object& object, const std::string& place) {
    const auto* language = object.find("QueryLanguage");
    if (!language || (language->string() && *language->string() == "JSONPath")) return;
    problem(place + "/QueryLanguage", "only JSONPath is served by this version",
            "JSONata comes with version 0.2; write the paths in JSONPath");
  }
  const std::string* text(const Object& object, std::string_view key, const std::string& place, bool required = false) {
    const auto* value = object.find(key);
    if (!value) {
      if (required) problem(place, fmt::format("'{}' is missing", key));
      return nullptr;
    }
    if (!value->string()) problem(fmt::format("{}/{}", place, key), "must be a text");
    return value->string();
  }
  std::optional<std::int64_t> whole(const Object& object, std::string_view key, const std::string& place,
                                    std::int64_t least, std::int64_t most) {
    const auto* value = object.find(key);
    if (!value) return std::nullopt;
    const auto number = value->number() ? value->number()->as_int() : std::nullopt;
    if (!number || *number < least || *number > most) {
      problem(fmt::format("{}/{}", place, key), fmt::format("must be a whole number from {} to {}", least, most));
      return std::nullopt;
    }
    return number;
  }
  std::optional<std::int64_t> seconds(const Object& object, std::string_view key, const std::string& place) {
    return whole(object, key, place, 1, 99'999'999);
  }
  std::optional<Expression> path(const Object& object, std::string_view key, const std::string& place,
                                 bool functions = false) {
    const auto* written = text(object, key, place);
    if (!written) return std::nullopt;
    auto out = compile_expression(*written, functions);
    if (!out) {
      problems_.push_back(std::move(out.error()).in(fmt::format("{}/{}", place, key)));
      return std::nullopt;
    }
    return std::move(*out);
  }
  // InputPath, OutputPath: null is allowed, absent is "$".
  std::optional<Expression> filter_path(const Object& object, std::string_view key, const std::string& place) {
    const auto* value = object.find(key);
    if (!value) return Expression{};
    if (value->is_null()) return std::nullopt;
    return path(object, key, place);
  }
  ResultPath result_path(const Object& object, const std::string& place) {
    ResultPath out;
    const auto* value = object.find("ResultPath");
    if (!value) return out;
    const auto here = place + "/ResultPath";
    if (value->is_null()) {
      out.kind = ResultPath::Kind::DISCARD;
    } else if (!value->string()) {
      problem(here, "must be a path or null");
    } else if (auto compiled = json::compile_path(*value->string()); !compiled) {
      problems_.push_back(std::move(compiled.error()).in(here));
    } else if (!compiled->is_reference()) {
      problem(here, fmt::format("'{}' may name several places", *value->string()), "give a path to one place");
    } else if (compiled->text() != "$") {
      out.kind = ResultPath::Kind::PLACE;
      out.place = std::move(*compiled);
    }
    return out;
  }
  std::optional<Template> filled(const Object& object, std::string_view key, const std::string& place) {
    const auto* value = object.find(key);
    if (!value) return std::nullopt;
    return compile_template(*value, fmt::format("{}/{}", place, key), problems_);
  }

  int branch(const Object& object, const std::string& place) {
    const auto index = machine_.branches.size();
    machine_.branches.emplace_back();
    Branch out;
    const auto* states = object.find("States");
    if (!states || !states->object() || states->object()->empty()) {
      problem(place + "/States", "must be an object with at least one state");
      return static_cast<int>(index);
    }
    std::map<std::string, int> names;
    for (const auto& [name, state] : *states->object()) {
      names.emplace(name, static_cast<int>(names.size()));
      if (name.empty() || name.size() > 80) problem(place + "/States/" + name, "a state's name has 1 to 80 characters");
      if (!all_names_.insert(name).second)
        problem(place + "/States/" + name, "another state has this name; names are unique in the whole machine");
    }
    names_.push_back(&names);
    if (const auto* start = text(object, "StartAt", place, true)) out.start = target(*start, place + "/StartAt");
    for (const auto& [name, state] : *states->object()) {
      const auto here = place + "/States/" + name;
      if (state.object())
        out.states.push_back(this->state(name, *state.object(), here));
      else
        problem(here, "a state is an object");
    }
    names_.pop_back();
    machine_.branches[index] = std::move(out);
    return static_cast<int>(index);
  }
  int target(const std::string& name, const std::string& place) {
    const auto found = names_.back()->find(name);
    if (found != names_.back()->end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& [other, index] : *names_.back()) known.push_back(other);
    const auto near = json::nearest(name, known);
    problem(place, fmt::format("there is no state '{}' here", name),
            near.empty() ? std::string() : fmt::format("did you mean '{}'?", near));
    return 0;
  }
  void next(State& state, const Object& object, const std::string& place) {
    const auto* end = object.find("End");
    if (end && !end->boolean()) problem(place + "/End", "must be true or false");
    state.end = end && end->boolean() == true;
    const auto* next = text(object, "Next", place);
    if (next) state.next = target(*next, place + "/Next");
    if ((next != nullptr) == state.end) problem(place, "a state has either Next or \"End\": true");
  }

  State state(const std::string& name, const Object& object, const std::string& place);
  void task(State& state, const Object& object, const std::string& place);
  void wait(State& state, const Object& object, const std::string& place);
  void choice(State& state, const Object& object, const std::string& place);
  void fail_state(State& state, const Object& object, const std::string& place);
  void parallel(State& state, const Object& object, const std::string& place);
  void map(State& state, const Object& object, const std::string& place);
  void errors(std::vector<std::string>& out, const Value& value, const std::string& place, bool last);
  void retry(State& state, const Object& object, const std::string& place);
  void catching(State& state, const Object& object, const std::string& place);

  Machine machine_;
  std::vector<Problem> problems_;
  std::vector<const std::map<std::string, int>*> names_;  // of the branches around, the innermost last
  std::set<std::string> all_names_;
};

State Compiler::state(const std::string& name, const Object& object, const std::string& place) {
  State out;
  out.name = name;
  static constexpr std::array<std::string_view, 8> types{"Task",     "Pass", "Choice",  "Wait",
                                                         "Parallel", "Map",  "Succeed", "Fail"};
  const auto* type = text(object, "Type", place, true);
  if (!type) return out;
  const auto found = std::ranges::find(types, *type);
  if (found == types.end()) {
    const auto near = json::nearest(*type, types);
    problem(place + "/Type", fmt::format("unknown type '{}'", *type),
            near.empty() ? std::string() : fmt::format("did you mean '{}'?", near));
    return out;
  }
  out.type = static_cast<StateType>(found - types.begin());
  no_jsonata(object, place);
  const bool in_out = out.type != StateType::Fail;
  const bool goes_on = in_out && out.type != StateType::Choice && out.type != StateType::Succeed;
  const bool works = out.type == StateType::Task || out.type == StateType::Parallel || out.type == StateType::Map;
  std::vector<std::string_view> known{"Type", "Comment", "QueryLanguage"};
  if (in_out) known.insert(known.end(), {"InputPath", "OutputPath"});
  if (goes_on) known.insert(known.end(), {"Next", "End"});
  if (works) known.insert(known.end(), {"Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"});
  switch (out.type) {
    case StateType::Pass:
      known.insert(known.end(), {"Parameters", "ResultPath", "Result"});
      break;
    case StateType::Task:
      known.insert(known.end(), {"Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds",
                                 "HeartbeatSecondsPath", "Credentials"});
      break;
    case StateType::Wait:
      known.insert(known.end(), {"Seconds", "Timestamp", "SecondsPath", "TimestampPath"});
      break;
    case StateType::Choice:
      known.insert(known.end(), {"Choices", "Default"});
      break;
    case StateType::Fail:
      known.insert(known.end(), {"Error", "Cause", "ErrorPath", "CausePath"});
      break;
    case StateType::Parallel:
      known.insert(known.end(), {"Branches"});
      break;
    case StateType::Map:
      known.insert(known.end(), {"ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "MaxConcurrency",
                                 "MaxConcurrencyPath", "Label"});
      break;
    case StateType::Succeed:
      break;
  }
  check_keys(object, known, place);
  if (!in_out) out.input_path = Expression{};
  if (in_out) {
    out.input_path = filter_path(object, "InputPath", place);
    out.output_path = filter_path(object, "OutputPath", place);
  }
  if (goes_on) next(out, object, place);
  if (works || out.type == StateType::Pass) {
    out.parameters = filled(object, "Parameters", place);
    out.result_path = result_path(object, place);
  }
  if (works) {
    out.result_selector = filled(object, "ResultSelector", place);
    retry(out, object, place);
    catching(out, object, place);
  }
  switch (out.type) {
    case StateType::Pass:
      if (const auto* result = object.find("Result")) out.result = *result;
      break;
    case StateType::Task:
      task(out, object, place);
      break;
    case StateType::Wait:
      wait(out, object, place);
      break;
    case StateType::Choice:
      choice(out, object, place);
      break;
    case StateType::Fail:
      fail_state(out, object, place);
      break;
    case StateType::Parallel:
      parallel(out, object, place);
      break;
    case StateType::Map:
      map(out, object, place);
      break;
    case StateType::Succeed:
      break;
  }
  return out;
}

void Compiler::task(State& state, const Object& object, const std::string& place) {
  const auto* resource = text(object, "Resource", place, true);
  if (!resource) return;
  state.resource = *resource;
  if (!resource->starts_with(kQueueResource) || resource->size() == kQueueResource.size() ||
      resource->size() > kQueueResource.size() + 80)
    problem(place + "/Resource", fmt::format("'{}' is not served", *resource),
            fmt::format("give {}NAME, a work queue", kQueueResource));
  else
    state.queue = resource->substr(kQueueResource.size());
  state.timeout_s = seconds(object, "TimeoutSeconds", place);
  state.timeout_path = path(object, "TimeoutSecondsPath", place);
  state.heartbeat_s = seconds(object, "HeartbeatSeconds", place);
  state.heartbeat_path = path(object, "HeartbeatSecondsPath", place);
  if (object.contains("TimeoutSeconds") && object.contains("TimeoutSecondsPath"))
    problem(place, "give TimeoutSeconds or TimeoutSecondsPath, not both");
  if (object.contains("HeartbeatSeconds") && object.contains("HeartbeatSecondsPath"))
    problem(place, "give HeartbeatSeconds or HeartbeatSecondsPath, not both");
  if (state.heartbeat_s && state.timeout_s && *state.heartbeat_s >= *state.timeout_s)
    problem(place + "/HeartbeatSeconds", "must be smaller than TimeoutSeconds");
}

void Compiler::wait(State& state, const Object& object, const std::string& place) {
  int given = 0;
  for (const auto key : {"Seconds", "Timestamp", "SecondsPath", "TimestampPath"}) given += object.contains(key);
  if (given != 1) problem(place, "a Wait has exactly one of Seconds, Timestamp, SecondsPath, TimestampPath");
  state.seconds = whole(object, "Seconds", place, 0, 99'999'999);
  state.seconds_path = path(object, "SecondsPath", place);
  state.timestamp_path = path(object, "TimestampPath", place);
  if (const auto* at = text(object, "Timestamp", place)) {
    state.timestamp = instant_from_text(*at);
    if (!state.timestamp || at->find('T') == std::string::npos)
      problem(place + "/Timestamp", fmt::format("'{}' is no time", *at), "write it like 2026-11-21T03:50:07Z");
  }
}

void Compiler::choice(State& state, const Object& object, const std::string& place) {
  const auto* choices = object.find("Choices");
  if (!choices || !choices->array() || choices->array()->empty()) {
    problem(place + "/Choices", "must be a list with at least one rule");
  } else {
    for (std::size_t i = 0; i < choices->array()->size(); ++i) {
      const auto& rule = (*choices->array())[i];
      const auto here = fmt::format("{}/Choices/{}", place, i);
      ChoiceRule out;
      out.condition = compile_condition(rule, true, here, problems_);
      if (rule.object())
        if (const auto* next = text(*rule.object(), "Next", here, true)) out.next = target(*next, here + "/Next");
      state.rules.push_back(std::move(out));
    }
  }
  if (const auto* other = text(object, "Default", place)) state.default_next = target(*other, place + "/Default");
}

void Compiler::fail_state(State& state, const Object& object, const std::string& place) {
  if (const auto* error = text(object, "Error", place)) state.error = *error;
  if (const auto* cause = text(object, "Cause", place)) state.cause = *cause;
  state.error_path = path(object, "ErrorPath", place, true);
  state.cause_path = path(object, "CausePath", place, true);
  if (object.contains("Error") && object.contains("ErrorPath")) problem(place, "give Error or ErrorPath, not both");
  if (object.contains("Cause") && object.contains("CausePath")) problem(place, "give Cause or CausePath, not both");
}

void Compiler::parallel(State& state, const Object& object, const std::string& place) {
  const auto* branches = object.find("Branches");
  const auto here = place + "/Branches";
  if (!branches || !branches->array() || branches->array()->empty())
    return problem(here, "must be a list with at least one branch");
  if (branches->array()->size() > kParallelBranches)
    return problem(here, fmt::format("at most {} branches", kParallelBranches), "use a Map");
  for (std::size_t i = 0; i < branches->array()->size(); ++i) {
    const auto& one = (*branches->array())[i];
    const auto at = fmt::format("{}/{}", here, i);
    if (!one.object()) {
      problem(at, "a branch is an object with StartAt and States");
      continue;
    }
    check_keys(*one.object(), {"Comment", "StartAt", "States"}, at);
    state.branches.push_back(branch(*one.object(), at));
  }
}

void Compiler::map(State& state, const Object& object, const std::string& place) {
  const auto* iterator = object.find("Iterator");
  const auto* processor = object.find("ItemProcessor");
  if ((iterator != nullptr) == (processor != nullptr)) problem(place, "a Map has either ItemProcessor or Iterator");
  if (object.contains("Parameters") && object.contains("ItemSelector"))
    problem(place, "give ItemSelector or Parameters, not both");
  if (object.contains("ItemSelector")) state.parameters = filled(object, "ItemSelector", place);
  state.items_path = path(object, "ItemsPath", place);
  state.max_concurrency = static_cast<int>(whole(object, "MaxConcurrency", place, 0, 100'000).value_or(0));
  state.max_concurrency_path = path(object, "MaxConcurrencyPath", place);
  const auto* body = processor ? processor : iterator;
  if (!body) return;
  const auto here = place + (processor ? "/ItemProcessor" : "/Iterator");
  if (!body->object()) return problem(here, "must be an object with StartAt and States");
  check_keys(*body->object(), {"Comment", "StartAt", "States", "ProcessorConfig"}, here);
  if (const auto* config = body->find("ProcessorConfig")) {
    const auto* mode = config->find("Mode");
    if (mode && !(mode->string() && *mode->string() == "INLINE"))
      problem(here + "/ProcessorConfig/Mode", "only INLINE is served");
  }
  state.branches.push_back(branch(*body->object(), here));
}

void Compiler::errors(std::vector<std::string>& out, const Value& value, const std::string& place, bool last) {
  const auto* list = value.find("ErrorEquals");
  const auto here = place + "/ErrorEquals";
  if (!list || !list->array() || list->array()->empty())
    return problem(here, "must be a list with at least one error name");
  for (const auto& one : *list->array()) {
    if (!one.string()) {
      problem(here, "an error name is a text");
      continue;
    }
    out.push_back(*one.string());
    if (out.back() == "States.ALL" && (!last || list->array()->size() > 1))
      problem(here, "States.ALL stands alone and in the last entry");
  }
}

void Compiler::retry(State& state, const Object& object, const std::string& place) {
  const auto* list = object.find("Retry");
  if (!list) return;
  if (!list->array()) return problem(place + "/Retry", "must be a list");
  for (std::size_t i = 0; i < list->array()->size(); ++i) {
    const auto& one = (*list->array())[i];
    const auto here = fmt::format("{}/Retry/{}", place, i);
    if (!one.object()) {
      problem(here, "must be an object");
      continue;
    }
    check_keys(*one.object(),
               {"Comment", "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
                "JitterStrategy"},
               here);
    Retrier out;
    errors(out.errors, one, here, i + 1 == list->array()->size());
    out.interval_s = static_cast<int>(whole(*one.object(), "IntervalSeconds", here, 1, 99'999'999).value_or(1));
    out.max_attempts = static_cast<int>(whole(*one.object(), "MaxAttempts", here, 0, 99'999'999).value_or(3));
    if (const auto delay = whole(*one.object(), "MaxDelaySeconds", here, 1, 31'622'400)) {
      out.max_delay_s = static_cast<int>(*delay);
      if (*delay <= out.interval_s) problem(here + "/MaxDelaySeconds", "must be greater than IntervalSeconds");
    }
    if (const auto* rate = one.find("BackoffRate")) {
      if (!rate->number() || !(rate->number()->value >= 1))
        problem(here + "/BackoffRate", "must be at least 1.0");
      else
        out.backoff = rate->number()->value;
    }
    if (const auto* jitter = text(*one.object(), "JitterStrategy", here)) {
      if (*jitter != "FULL" && *jitter != "NONE") problem(here + "/JitterStrategy", "must be FULL or NONE");
      out.full_jitter = *jitter == "FULL";
    }
    state.retriers.push_back(std::move(out));
  }
}

void Compiler::catching(State& state, const Object& object, const std::string& place) {
  const auto* list = object.find("Catch");
  if (!list) return;
  if (!list->array()) return problem(place + "/Catch", "must be a list");
  for (std::size_t i = 0; i < list->array()->size(); ++i) {
    const auto& one = (*list->array())[i];
    const auto here = fmt::format("{}/Catch/{}", place, i);
    if (!one.object()) {
      problem(here, "must be an object");
      continue;
    }
    check_keys(*one.object(), {"Comment", "ErrorEquals", "ResultPath", "Next"}, here);
    Catcher out;
    errors(out.errors, one, here, i + 1 == list->array()->size());
    out.result_path = result_path(*one.object(), here);
    if (const auto* next = text(*one.object(), "Next", here, true)) out.next = target(*next, here + "/Next");
    state.catchers.push_back(std::move(out));
  }
}

}  // namespace

std::expected<std::shared_ptr<const Machine>, std::vector<Problem>> compile(std::string_view definition) {
  return Compiler().run(definition);
}

}  // namespace weir::workflow
