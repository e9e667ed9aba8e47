// What a fault does: Retry, then Catch, then it is the parent's, and at the root the execution's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json/text.hpp"
#include "workflow/engine.hpp"

namespace weir::workflow {
namespace {

bool names(const std::vector<std::string>& errors, const std::string& error) {
  const bool never = error == "States.Runtime" || error == "States.DataLimitExceeded";
  const bool timeout = error == "States.Timeout" || error == "States.HeartbeatTimeout";
  return std::ranges::any_of(errors, [&](const std::string& one) {
    return one == error || (one == "States.ALL" && !never) || (one == "States.TaskFailed" && !never && !timeout) ||
           (one == "States.Timeout" && timeout);
  });
}

}  // namespace

Fault Engine::placed(const Frame& frame, Fault fault) const {
  fault.cause = fmt::format("An error occurred while executing the state '{}' (entered at the event id #{}). {}",
                            state_of(frame).name, frame.entered_event, fault.cause);
  return fault;
}

bool Engine::raise(Frame& frame, const Fault& fault) {
  const auto& state = state_of(frame);
  if (state.type == StateType::Parallel || state.type == StateType::Map) drop_children(frame);
  if (retry(frame, state, fault)) return true;
  if (!catch_it(frame, state, fault)) fail(frame, fault);
  return false;
}

bool Engine::retry(Frame& frame, const State& state, const Fault& fault) {
  for (std::size_t i = 0; i < state.retriers.size(); ++i) {
    const auto& retrier = state.retriers[i];
    if (!names(retrier.errors, fault.error)) continue;
    if (frame.retries[i] >= retrier.max_attempts) return false;
    double delay_s = retrier.interval_s * std::pow(retrier.backoff, frame.retries[i]);
    if (retrier.max_delay_s) delay_s = std::min<double>(delay_s, *retrier.max_delay_s);
    delay_s = std::min(delay_s, 31'622'400.0);
    auto delay = Millis{static_cast<std::int64_t>(delay_s * 1000)};
    if (retrier.full_jitter)
      delay = Millis{static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(delay.count() + 1))};
    ++frame.retries[i];
    set_phase(frame, Phase::BACKOFF, now_ + delay);
    return true;
  }
  return false;
}

bool Engine::catch_it(Frame& frame, const State& state, const Fault& fault) {
  for (const auto& catcher : state.catchers) {
    if (!names(catcher.errors, fault.error)) continue;
    json::Object error;
    error["Error"] = json::Value(fault.error);
    error["Cause"] = json::Value(fault.cause);
    json::Value output{std::move(error)};
    if (catcher.result_path.kind == ResultPath::Kind::DISCARD) {
      output = frame.input->value;
    } else if (catcher.result_path.kind == ResultPath::Kind::PLACE) {
      auto whole = frame.input->value;
      // An input that cannot take the error output leaves the fault uncaught.
      if (!catcher.result_path.place.assign(whole, std::move(output))) return false;
      output = std::move(whole);
    }
    leave(frame, data_of(std::move(output)), catcher.next);
    return true;
  }
  return false;
}

void Engine::fail(Frame& frame, const Fault& fault) {
  if (!frame.parent) return end(api::ExecutionStatus::FAILED, fault, nullptr);
  auto& parent = edit(frame.parent);
  const auto& state = state_of(parent);
  if (state.type == StateType::Map)
    event(frame, "MapIterationFailed",
          fmt::format("{{\"name\":{},\"index\":{}}}", json::quote(state.name), frame.index));
  parent.last_event = frame.last_event;
  set_phase(frame, Phase::DONE);  // not to be aborted with the others
  drop_children(parent);
  event(parent, std::string(word_of(state.type)) + "StateFailed", error_details(fault));
  raise(parent, fault);
}

}  // namespace weir::workflow
