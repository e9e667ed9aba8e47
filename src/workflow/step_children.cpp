// Parallel and Map: frames below a frame.
#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"
#include "workflow/engine.hpp"

namespace weir::workflow {
namespace {

constexpr int kInlineConcurrency = 40;  // iterations of a Map at a time, as the AWS service

std::string iteration(const State& state, int index) {
  return fmt::format("{{\"name\":{},\"index\":{}}}", json::quote(state.name), index);
}

}  // namespace

Frame& Engine::make_child(Frame& parent, int branch, DataPtr input, DataPtr item) {
  auto child = std::make_shared<Frame>();
  child->id = x_.next_frame++;
  child->parent = parent.id;
  child->of_generation = parent.generation;
  child->index = parent.started++;
  child->branch = branch;
  child->state = machine_.branches[static_cast<std::size_t>(branch)].start;
  child->last_event = parent.last_event;
  child->input = std::move(input);
  child->given = std::move(item);
  ++parent.open;
  touched_.insert(child->id);
  x_.ready.insert(child->id);
  auto& out = *child;
  x_.frames[out.id] = std::move(child);
  return out;
}

void Engine::begin_parallel(Frame& frame, const State& state, const json::Value& input) {
  DataPtr data = &input == &frame.input->value ? frame.input : nullptr;
  if (state.parameters) {
    auto value = with_scope(frame, input, [&](const Scope& scope) { return fill(*state.parameters, scope); });
    if (!value) return void(raise(frame, placed(frame, value.error())));
    data = data_of(std::move(*value));
  }
  if (!data) data = data_of(input);
  event(frame, "ParallelStateStarted", "{}");
  set_phase(frame, Phase::JOINING);
  for (const int branch : state.branches) make_child(frame, branch, data, nullptr);
}

void Engine::begin_map(Frame& frame, const State& state, const json::Value& input) {
  json::Value items = input;
  if (state.items_path) {
    auto value = with_scope(frame, input, [&](const Scope& scope) { return evaluate(*state.items_path, scope); });
    if (!value) return void(raise(frame, placed(frame, value.error())));
    items = std::move(*value);
  }
  if (!items.array())
    return void(
        raise(frame, placed(frame, {"States.Runtime", fmt::format("Reference path \"{}\" must point to array.",
                                                                  state.items_path ? state.items_path->text : "$")})));
  event(frame, "MapStateStarted", fmt::format("{{\"length\":{}}}", items.array()->size()));
  if (items.array()->empty()) return result(frame, std::move(items));
  frame.items = data_of(std::move(items));
  set_phase(frame, Phase::JOINING);
  start_iterations(frame.id);
}

int Engine::concurrency(const Frame& frame, const State& state) {
  int out = state.max_concurrency;
  if (state.max_concurrency_path) {
    const auto value = with_scope(frame, frame.input->value,
                                  [&](const Scope& scope) { return evaluate(*state.max_concurrency_path, scope); });
    const auto whole = value && value->number() ? value->number()->as_int() : std::nullopt;
    if (whole && *whole > 0) out = static_cast<int>(std::min<std::int64_t>(*whole, kInlineConcurrency));
  }
  return out > 0 ? std::min(out, kInlineConcurrency) : kInlineConcurrency;
}

void Engine::start_iterations(std::int64_t id) {
  if (at(id).started >= static_cast<int>(at(id).items->value.array()->size())) return;
  auto& frame = edit(id);
  const auto& state = state_of(frame);
  const auto items = frame.items;
  const auto& array = *items->value.array();
  const int most = concurrency(frame, state);
  while (frame.started < static_cast<int>(array.size()) && frame.open < most && !full() && !exhausted_) {
    auto item = data_of(array[static_cast<std::size_t>(frame.started)]);
    DataPtr input = item;
    if (state.parameters) {
      auto effective = filtered(frame, state.input_path, frame.input->value);
      if (!effective) return void(raise(frame, placed(frame, effective.error())));
      // The selector sees the Map's input, and the item in the context object as the iteration will.
      Frame probe = frame;
      probe.parent = frame.id;
      probe.index = frame.started;
      probe.given = item;
      auto value = with_scope(probe, *effective, [&](const Scope& scope) { return fill(*state.parameters, scope); });
      if (!value) return void(raise(frame, placed(frame, value.error())));
      input = data_of(std::move(*value));
    }
    auto& child = make_child(frame, state.branches.front(), std::move(input), std::move(item));
    event(child, "MapIterationStarted", iteration(state, child.index));
  }
}

void Engine::child_done(std::int64_t parent, std::int64_t last_event) {
  auto& frame = edit(parent);
  frame.last_event = last_event;
  --frame.open;
  if (frame.items) {
    start_iterations(parent);
    // An ItemSelector that failed has ended the state.
    const auto still = x_.frames.find(parent);
    if (still == x_.frames.end() || still->second->phase != Phase::JOINING || !still->second->items) return;
    if (frame.started < static_cast<int>(frame.items->value.array()->size())) return;
  }
  if (frame.open == 0) join(frame);
}

void Engine::join(Frame& frame) {
  const auto& state = state_of(frame);
  std::vector<std::pair<int, DataPtr>> outputs;
  for (const auto& [id, child] : x_.frames)
    if (child->parent == frame.id) outputs.emplace_back(child->index, child->input);
  std::ranges::sort(outputs, {}, [](const auto& o) { return o.first; });
  json::Array all;
  for (const auto& [index, output] : outputs) all.push_back(output->value);
  drop_children(frame);
  event(frame, std::string(word_of(state.type)) + "StateSucceeded", "{}");
  result(frame, json::Value(std::move(all)));
}

void Engine::drop_children(Frame& frame) {
  const auto& state = state_of(frame);
  std::set<std::int64_t> below{frame.id};
  // A child's id is greater than its parent's: one pass finds all.
  for (auto at = x_.frames.upper_bound(frame.id); at != x_.frames.end(); ++at) {
    const auto& child = *at->second;
    if (!below.contains(child.parent)) continue;
    below.insert(child.id);
    if (child.phase == Phase::TASK && child.item) {
      out_.stop.push_back({child.item});
      out_.notes.push_back(note(child, api::StepStatus::ABORTED));
    }
  }
  below.erase(frame.id);
  for (const auto id : below) {
    const auto& child = at(id);
    if (child.parent == frame.id && child.phase != Phase::DONE && state.type == StateType::Map) {
      auto& gone = edit(id);
      event(gone, "MapIterationAborted", iteration(state, gone.index));
    }
    remove(id);
  }
  ++frame.generation;
  frame.started = 0;
  frame.open = 0;
  frame.items = nullptr;
}

}  // namespace weir::workflow
