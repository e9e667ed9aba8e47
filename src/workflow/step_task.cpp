// Tasks: scheduled, begun, ended, timed out.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/print.hpp"
#include "json/text.hpp"
#include "workflow/engine.hpp"

namespace weir::workflow {
namespace {

std::string resource_details(const State& state) {
  return fmt::format("\"resource\":{},\"resourceType\":\"work\"", json::quote(state.queue));
}

}  // namespace

void Engine::begin_task(Frame& frame, const State& state, const json::Value& input) {
  const auto timeout = seconds(frame, input, state.timeout_s, state.timeout_path);
  if (!timeout) return void(raise(frame, placed(frame, timeout.error())));
  const auto heartbeat = seconds(frame, input, state.heartbeat_s, state.heartbeat_path);
  if (!heartbeat) return void(raise(frame, placed(frame, heartbeat.error())));
  DataPtr payload = &input == &frame.input->value ? frame.input : nullptr;
  if (state.parameters) {
    auto value = with_scope(frame, input, [&](const Scope& scope) { return fill(*state.parameters, scope); });
    if (!value) return void(raise(frame, placed(frame, value.error())));
    payload = data_of(std::move(*value));
  }
  if (!payload) payload = data_of(input);
  if (payload->text.size() > limits::kPayloadBytes)
    return void(
        raise(frame, {"States.DataLimitExceeded", fmt::format("The state/task '{}' scheduled with parameters of "
                                                              "a size exceeding the maximum number of bytes "
                                                              "service limit.",
                                                              state.name)}));
  std::string details = "{" + resource_details(state) + ",\"region\":\"weir\",\"parameters\":";
  json::append_quoted(details, payload->text);
  if (*timeout) details += fmt::format(",\"timeoutInSeconds\":{}", **timeout);
  if (*heartbeat) details += fmt::format(",\"heartbeatInSeconds\":{}", **heartbeat);
  event(frame, "TaskScheduled", details + "}");
  frame.item = 0;
  frame.worker.clear();
  frame.heartbeats = heartbeat->has_value();
  std::optional<Instant> due;
  if (*timeout) due = now_ + std::chrono::seconds(**timeout);
  set_phase(frame, Phase::TASK, due);
  ScheduleTask task;
  task.frame = frame.id;
  task.queue = state.queue;
  task.state = state.name;
  task.payload = std::move(payload);
  task.attempt = frame.attempt();
  task.timeout = Millis{timeout->value_or(0) * 1000};
  task.heartbeat_s = static_cast<int>(heartbeat->value_or(0));
  out_.schedule.push_back(std::move(task));
}

Frame* Engine::task(std::int64_t frame, std::int64_t item) {
  const auto found = x_.frames.find(frame);
  if (found == x_.frames.end() || found->second->phase != Phase::TASK || found->second->item != item) return nullptr;
  return &edit(frame);
}

StepNote Engine::note(const Frame& frame, api::StepStatus status) const {
  StepNote out;
  out.state = state_of(frame).name;
  out.attempt = frame.attempt();
  out.status = status;
  out.item = frame.item;
  out.worker = frame.worker;
  return out;
}

void Engine::task_started(const TaskStarted& trigger) {
  auto* frame = task(trigger.frame, trigger.item);
  if (!frame) return;
  frame->worker = trigger.worker;
  event(*frame, "TaskStarted", "{" + resource_details(state_of(*frame)) + "}");
  out_.notes.push_back(note(*frame, api::StepStatus::RUNNING));
}

void Engine::task_succeeded(const TaskSucceeded& trigger) {
  auto* frame = task(trigger.frame, trigger.item);
  if (!frame) return;
  std::string details = "{" + resource_details(state_of(*frame)) + ",\"output\":";
  auto text = json::print(trigger.result);
  json::append_quoted(details, text);
  event(*frame, "TaskSucceeded", details + "}");
  out_.notes.push_back(note(*frame, api::StepStatus::SUCCEEDED));
  out_.notes.back().skipped = trigger.skipped;
  out_.notes.back().result = std::move(text);
  set_phase(*frame, Phase::JOINING);
  result(*frame, trigger.result);
}

void Engine::task_failed(const TaskFailed& trigger) {
  auto* frame = task(trigger.frame, trigger.item);
  if (!frame) return;
  const bool no_heartbeat = trigger.silent && frame->heartbeats;
  const Fault fault{no_heartbeat ? "States.HeartbeatTimeout" : trigger.error, trigger.cause};
  const auto details = error_details(fault);
  event(*frame, no_heartbeat ? "TaskTimedOut" : "TaskFailed",
        "{" + resource_details(state_of(*frame)) + (details.size() > 2 ? "," : "") + details.substr(1));
  const auto noted = out_.notes.size();
  out_.notes.push_back(note(*frame, no_heartbeat ? api::StepStatus::TIMED_OUT : api::StepStatus::FAILED));
  out_.notes.back().error = fault.error;
  out_.notes.back().cause = fault.cause;
  set_phase(*frame, Phase::JOINING);
  const bool again = raise(*frame, fault);
  out_.notes[noted].will_retry = again;
}

void Engine::task_timed_out(Frame& frame) {
  const Fault fault{"States.Timeout", ""};
  if (frame.item) out_.stop.push_back({frame.item});
  event(frame, "TaskTimedOut", "{" + resource_details(state_of(frame)) + ",\"error\":\"States.Timeout\"}");
  const auto noted = out_.notes.size();
  out_.notes.push_back(note(frame, api::StepStatus::TIMED_OUT));
  out_.notes.back().error = fault.error;
  set_phase(frame, Phase::JOINING);
  const bool again = raise(frame, fault);
  out_.notes[noted].will_retry = again;
}

}  // namespace weir::workflow
