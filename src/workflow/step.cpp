// The loop of a step, frames and history, and how an execution ends.
#include "workflow/step.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"
#include "json/print.hpp"
#include "json/text.hpp"
#include "workflow/engine.hpp"

namespace weir::workflow {
namespace {

constexpr std::size_t kFramesPerStep = 64;  // bounds the rows that one command writes: two to four a frame

}  // namespace

DataPtr data_of(json::Value value) {
  auto text = json::print(value);
  return std::make_shared<const Data>(Data{std::move(value), std::move(text)});
}

std::optional<Instant> Execution::due() const {
  std::optional<Instant> out = deadline;
  if (!deadlines.empty() && (!out || deadlines.begin()->first < *out)) out = deadlines.begin()->first;
  return out;
}

StepOutput step(const Machine& machine, const Execution& before, const Trigger& trigger, Instant now,
                std::uint64_t random) {
  StepOutput out;
  out.execution = std::make_shared<Execution>(before);
  if (before.status != api::ExecutionStatus::RUNNING) return out;
  Engine(machine, out, now, random).run(trigger);
  return out;
}

std::string named(const State& state, std::string_view key, const DataPtr& data) {
  std::string out = R"({"name":)";
  json::append_quoted(out, state.name);
  if (data) {
    out += fmt::format(",\"{}\":", key);
    json::append_quoted(out, data->text);
  }
  out += '}';
  return out;
}

std::string error_details(const Fault& fault) {
  std::string out = "{";
  if (!fault.error.empty()) out += "\"error\":" + json::quote(fault.error);
  if (!fault.cause.empty()) out += (out.size() > 1 ? ",\"cause\":" : "\"cause\":") + json::quote(fault.cause);
  return out + "}";
}

void Engine::run(const Trigger& trigger) {
  if (x_.deadline && *x_.deadline <= now_ && !std::holds_alternative<Stopped>(trigger))
    return end(api::ExecutionStatus::TIMED_OUT, {"States.Timeout", ""}, nullptr);
  if (const auto* start = std::get_if<Started>(&trigger)) {
    if (machine_.timeout_s) x_.deadline = x_.started_at + std::chrono::seconds(*machine_.timeout_s);
    Frame root;
    root.id = x_.next_frame++;
    root.state = machine_.branches[0].start;
    const auto& states = machine_.branches[0].states;
    for (std::size_t i = 0; i < states.size(); ++i)
      if (states[i].name == start->state) root.state = static_cast<int>(i);
    root.input = x_.input;
    touched_.insert(root.id);
    std::string details = R"({"input":)";
    json::append_quoted(details, x_.input->text);
    details += '}';
    event(root, "ExecutionStarted", std::move(details));
    root.last_event = 0;  // the first state follows nothing: so the AWS service counts
    x_.ready.insert(root.id);
    const auto id = root.id;
    x_.frames[id] = std::make_shared<Frame>(std::move(root));
  } else if (const auto* started = std::get_if<TaskStarted>(&trigger)) {
    task_started(*started);
  } else if (const auto* succeeded = std::get_if<TaskSucceeded>(&trigger)) {
    task_succeeded(*succeeded);
  } else if (const auto* failed = std::get_if<TaskFailed>(&trigger)) {
    task_failed(*failed);
  } else if (const auto* stopped = std::get_if<Stopped>(&trigger)) {
    end(api::ExecutionStatus::ABORTED, {stopped->error, stopped->cause}, nullptr);
  }
  due_frames();
  // One transition of each ready frame in turn, so that no branch keeps the others waiting.
  std::int64_t last = 0;
  while (x_.status == api::ExecutionStatus::RUNNING && !exhausted_) {
    // Maps that had no room for more iterations in an earlier step.
    if (x_.ready.empty()) {
      std::vector<std::int64_t> joining;
      for (const auto& [id, frame] : x_.frames)
        if (frame->phase == Phase::JOINING && frame->items) joining.push_back(id);
      for (const auto id : joining) start_iterations(id);
    }
    if (x_.ready.empty()) break;
    if (full()) break;
    auto next = x_.ready.upper_bound(last);
    if (next == x_.ready.end()) next = x_.ready.begin();
    last = *next;
    ++out_.transitions;
    transition(last);
  }
  if (exhausted_ && x_.status == api::ExecutionStatus::RUNNING)
    end(api::ExecutionStatus::FAILED,
        {"States.Runtime",
         fmt::format("The execution reached the maximum number of history events ({}).", limits::kHistoryEvents)},
        nullptr);
  out_.more = x_.status == api::ExecutionStatus::RUNNING && (!x_.ready.empty() || (full() && !x_.frames.empty()));
  out_.changed.assign(touched_.begin(), touched_.end());
}

bool Engine::full() const {
  return out_.transitions >= limits::kTransitionsPerCommand || touched_.size() >= kFramesPerStep;
}

Frame& Engine::edit(std::int64_t id) {
  auto& slot = x_.frames.at(id);
  // Frames of the execution before this step are shared with it; ours are not.
  if (touched_.insert(id).second) slot = std::make_shared<Frame>(*slot);
  return const_cast<Frame&>(*slot);
}

void Engine::remove(std::int64_t id) {
  touched_.insert(id);
  // What was scheduled and given up within the same step never goes out.
  std::erase_if(out_.schedule, [id](const auto& task) { return task.frame == id; });
  const auto found = x_.frames.find(id);
  if (found == x_.frames.end()) return;
  if (found->second->due) x_.deadlines.erase({*found->second->due, id});
  x_.ready.erase(id);
  x_.frames.erase(found);
}

void Engine::set_phase(Frame& frame, Phase phase, std::optional<Instant> due) {
  if (frame.due) x_.deadlines.erase({*frame.due, frame.id});
  if (due) x_.deadlines.insert({*due, frame.id});
  frame.due = due;
  frame.phase = phase;
  if (phase == Phase::READY)
    x_.ready.insert(frame.id);
  else
    x_.ready.erase(frame.id);
}

void Engine::event(Frame& frame, std::string type, std::string details) {
  // The last one is kept for the end.
  if (x_.next_event >= limits::kHistoryEvents) {
    exhausted_ = true;
    return;
  }
  const auto id = x_.next_event++;
  out_.events.push_back({id, frame.last_event, std::move(type), std::move(details)});
  frame.last_event = id;
}

void Engine::final_event(std::string type, std::string details) {
  const auto root = x_.frames.find(1);
  const auto id = x_.next_event++;
  out_.events.push_back(
      {id, root == x_.frames.end() ? 0 : root->second->last_event, std::move(type), std::move(details)});
}

void Engine::due_frames() {
  while (x_.status == api::ExecutionStatus::RUNNING && !exhausted_ && !full() && !x_.deadlines.empty() &&
         x_.deadlines.begin()->first <= now_) {
    auto& frame = edit(x_.deadlines.begin()->second);
    switch (frame.phase) {
      case Phase::WAITING:
        pass_on(frame);
        break;
      case Phase::BACKOFF:
        set_phase(frame, Phase::JOINING);
        begin(frame);
        break;
      case Phase::TASK:
        task_timed_out(frame);
        break;
      default:
        set_phase(frame, frame.phase);
        break;
    }
  }
}

void Engine::drop_all() {
  std::vector<std::int64_t> all;
  for (const auto& [id, frame] : x_.frames) {
    all.push_back(id);
    if (frame->phase == Phase::TASK && frame->item) {
      out_.stop.push_back({frame->item});
      out_.notes.push_back(note(*frame, api::StepStatus::ABORTED));
    }
  }
  for (const auto id : all) remove(id);
}

void Engine::end(api::ExecutionStatus status, const Fault& fault, DataPtr output) {
  x_.status = status;
  x_.error = fault.error;
  x_.cause = fault.cause;
  x_.output = std::move(output);
  switch (status) {
    case api::ExecutionStatus::SUCCEEDED: {
      std::string details = R"({"output":)";
      json::append_quoted(details, x_.output->text);
      final_event("ExecutionSucceeded", details + "}");
      break;
    }
    case api::ExecutionStatus::TIMED_OUT:
      final_event("ExecutionTimedOut", error_details(fault));
      break;
    case api::ExecutionStatus::ABORTED:
      final_event("ExecutionAborted", error_details(fault));
      break;
    default:
      final_event("ExecutionFailed", error_details(fault));
      break;
  }
  drop_all();
}

json::Value Engine::context_of(const Frame& frame) const {
  using json::Object;
  using json::Value;
  const auto arn = fmt::format("arn:weir:states::{}:", x_.account);
  Object execution;
  execution["Id"] = Value(arn + "execution:" + x_.machine + ":" + x_.name);
  execution["Input"] = x_.input->value;
  execution["Name"] = Value(x_.name);
  execution["StartTime"] = Value(to_text(x_.started_at));
  Object state;
  state["EnteredTime"] = Value(to_text(frame.entered_at));
  state["Name"] = Value(state_of(frame).name);
  state["RetryCount"] = Value(static_cast<std::int64_t>(frame.attempt() - 1));
  Object machine;
  machine["Id"] = Value(arn + "stateMachine:" + x_.machine);
  machine["Name"] = Value(x_.machine);
  Object out;
  out["Execution"] = Value(std::move(execution));
  out["StateMachine"] = Value(std::move(machine));
  out["State"] = Value(std::move(state));
  // The nearest Map around.
  for (const auto* at = &frame; at->parent; at = x_.frames.at(at->parent).get()) {
    const auto& parent = *x_.frames.at(at->parent);
    if (state_of(parent).type != StateType::Map || !at->given) continue;
    Object item;
    item["Index"] = Value(static_cast<std::int64_t>(at->index));
    item["Value"] = at->given->value;
    Object map;
    map["Item"] = Value(std::move(item));
    out["Map"] = Value(std::move(map));
    break;
  }
  return Value(std::move(out));
}

}  // namespace weir::workflow
