// A state's life: entered, begun (again at every attempt), its result put in place, left.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/text.hpp"
#include "workflow/engine.hpp"

namespace weir::workflow {

void Engine::transition(std::int64_t id) {
  auto& frame = edit(id);
  const auto& state = state_of(frame);
  set_phase(frame, Phase::JOINING);
  event(frame, std::string(word_of(state.type)) + "StateEntered", named(state, "input", frame.input));
  frame.entered_event = frame.last_event;
  frame.entered_at = now_;
  frame.retries.assign(state.retriers.size(), 0);
  begin(frame);
}

Outcome<json::Value> Engine::filtered(const Frame& frame, const std::optional<Expression>& path,
                                      const json::Value& value) {
  if (!path) return json::Value(json::Object{});
  if (path->is_root()) return value;
  return with_scope(frame, value, [&](const Scope& scope) { return evaluate(*path, scope); });
}

void Engine::begin(Frame& frame) {
  const auto& state = state_of(frame);
  // What changes nothing shares its document.
  const bool same_in = state.input_path && state.input_path->is_root();
  const bool same_out = state.output_path && state.output_path->is_root();
  const bool plain_pass = state.type == StateType::Pass && !state.parameters && !state.result &&
                          state.result_path.kind == ResultPath::Kind::ROOT;
  if (same_in && same_out && (plain_pass || state.type == StateType::Succeed)) return leave(frame, frame.input);

  std::optional<json::Value> made;
  if (!same_in) {
    auto input = filtered(frame, state.input_path, frame.input->value);
    if (!input) return void(raise(frame, placed(frame, input.error())));
    made = std::move(*input);
  }
  const auto keep = frame.input;
  const auto& input = made ? *made : keep->value;
  switch (state.type) {
    case StateType::Task:
      return begin_task(frame, state, input);
    case StateType::Wait:
      return begin_wait(frame, state, input);
    case StateType::Choice:
      return begin_choice(frame, state, input);
    case StateType::Fail:
      return begin_fail(frame, state, input);
    case StateType::Parallel:
      return begin_parallel(frame, state, input);
    case StateType::Map:
      return begin_map(frame, state, input);
    case StateType::Succeed:
      return pass_on(frame);
    case StateType::Pass:
      break;
  }
  if (state.result) return result(frame, *state.result);
  if (!state.parameters) return result(frame, input);
  auto value = with_scope(frame, input, [&](const Scope& scope) { return fill(*state.parameters, scope); });
  if (!value) return void(raise(frame, placed(frame, value.error())));
  result(frame, std::move(*value));
}

Outcome<std::optional<std::int64_t>> Engine::seconds(const Frame& frame, const json::Value& input,
                                                     const std::optional<std::int64_t>& fixed,
                                                     const std::optional<Expression>& path) {
  if (!path) return fixed;
  auto value = with_scope(frame, input, [&](const Scope& scope) { return evaluate(*path, scope); });
  if (!value) return std::unexpected(value.error());
  const auto whole = value->number() ? value->number()->as_int() : std::nullopt;
  if (!whole || *whole < 0 || *whole > 99'999'999)
    return std::unexpected(Fault{
        "States.Runtime", fmt::format("The value at '{}' must be a number of seconds from 0 to 99999999", path->text)});
  return whole;
}

void Engine::begin_wait(Frame& frame, const State& state, const json::Value& input) {
  auto until = state.timestamp;
  if (state.timestamp_path) {
    auto value = with_scope(frame, input, [&](const Scope& scope) { return evaluate(*state.timestamp_path, scope); });
    if (!value) return void(raise(frame, placed(frame, value.error())));
    until = value->string() ? instant_from_text(*value->string()) : std::nullopt;
    if (!until)
      return void(raise(frame, placed(frame, {"States.Runtime", fmt::format("The value at '{}' is no timestamp",
                                                                            state.timestamp_path->text)})));
  } else if (!until) {
    auto span = seconds(frame, input, state.seconds, state.seconds_path);
    if (!span) return void(raise(frame, placed(frame, span.error())));
    until = now_ + std::chrono::seconds(**span);
  }
  if (*until <= now_) return pass_on(frame);
  set_phase(frame, Phase::WAITING, until);
}

void Engine::begin_choice(Frame& frame, const State& state, const json::Value& input) {
  int next = state.default_next;
  for (const auto& rule : state.rules) {
    const auto yes = with_scope(frame, input, [&](const Scope& scope) { return holds(rule.condition, scope); });
    if (!yes) return void(raise(frame, placed(frame, yes.error())));
    if (!*yes) continue;
    next = rule.next;
    break;
  }
  if (next < 0)
    return void(
        raise(frame, placed(frame, {"States.NoChoiceMatched", "No choice rule matched and there is no Default."})));
  auto output = filtered(frame, state.output_path, input);
  if (!output) return void(raise(frame, placed(frame, output.error())));
  const bool same =
      state.output_path && state.output_path->is_root() && state.input_path && state.input_path->is_root();
  leave(frame, same ? frame.input : data_of(std::move(*output)), next);
}

void Engine::begin_fail(Frame& frame, const State& state, const json::Value& input) {
  Fault fault{state.error, state.cause};
  for (const auto& [path, into] :
       {std::pair(&state.error_path, &fault.error), std::pair(&state.cause_path, &fault.cause)}) {
    if (!*path) continue;
    auto value = with_scope(frame, input, [&](const Scope& scope) { return evaluate(**path, scope); });
    if (!value) return void(raise(frame, placed(frame, value.error())));
    if (!value->string())
      return void(raise(
          frame, placed(frame, {"States.Runtime", fmt::format("The value at '{}' must be a text", (*path)->text)})));
    *into = *value->string();
  }
  fail(frame, fault);
}

void Engine::result(Frame& frame, json::Value result) {
  const auto& state = state_of(frame);
  if (state.result_selector) {
    auto selected = with_scope(frame, result, [&](const Scope& scope) { return fill(*state.result_selector, scope); });
    if (!selected) return void(raise(frame, placed(frame, selected.error())));
    result = std::move(*selected);
  }
  if (state.result_path.kind == ResultPath::Kind::DISCARD) {
    if (state.output_path && state.output_path->is_root()) return leave(frame, frame.input);
    result = frame.input->value;
  } else if (state.result_path.kind == ResultPath::Kind::PLACE) {
    auto whole = frame.input->value;
    if (auto put = state.result_path.place.assign(whole, std::move(result)); !put)
      return void(raise(
          frame, placed(frame, {"States.ResultPathMatchFailure",
                                fmt::format("Unable to apply ReferencePath {} to input {}: {}",
                                            state.result_path.place.text(), frame.input->text, put.error().what)})));
    result = std::move(whole);
  }
  auto output = filtered(frame, state.output_path, result);
  if (!output) return void(raise(frame, placed(frame, output.error())));
  auto data = data_of(std::move(*output));
  if (data->text.size() > limits::kPayloadBytes)
    return void(raise(frame, {"States.DataLimitExceeded",
                              fmt::format("The state/task '{}' returned a result with a size exceeding the maximum "
                                          "number of bytes service limit.",
                                          state.name)}));
  leave(frame, std::move(data));
}

void Engine::pass_on(Frame& frame) {
  const auto& state = state_of(frame);
  if (state.input_path && state.input_path->is_root() && state.output_path && state.output_path->is_root())
    return leave(frame, frame.input);
  auto input = filtered(frame, state.input_path, frame.input->value);
  if (!input) return void(raise(frame, placed(frame, input.error())));
  auto output = filtered(frame, state.output_path, *input);
  if (!output) return void(raise(frame, placed(frame, output.error())));
  leave(frame, data_of(std::move(*output)));
}

void Engine::leave(Frame& frame, DataPtr output, int next) {
  const auto& state = state_of(frame);
  event(frame, std::string(word_of(state.type)) + "StateExited", named(state, "output", output));
  if (next < 0) next = state.next;
  if (next < 0) return finish(frame, std::move(output));
  frame.state = next;
  frame.input = std::move(output);
  frame.items = nullptr;
  frame.item = 0;
  frame.worker.clear();
  frame.retries.clear();
  set_phase(frame, Phase::READY);
}

void Engine::finish(Frame& frame, DataPtr output) {
  if (exhausted_) return;  // the run ends with the error of a full history
  if (!frame.parent) return end(api::ExecutionStatus::SUCCEEDED, {}, std::move(output));
  const auto& above = state_of(at(frame.parent));
  if (above.type == StateType::Map)
    event(frame, "MapIterationSucceeded",
          fmt::format("{{\"name\":{},\"index\":{}}}", json::quote(above.name), frame.index));
  frame.input = std::move(output);
  frame.items = nullptr;
  frame.given = nullptr;
  set_phase(frame, Phase::DONE);
  child_done(frame.parent, frame.last_event);
}

}  // namespace weir::workflow
