#include "pipeline/synth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::pipeline {
namespace {

using json::Array;
using json::Object;
using json::Value;

// Step names hold no space, so these and "parallel 1" cannot meet one.
constexpr std::string_view kSucceeded = "run succeeded";
constexpr std::string_view kFailed = "run failed";
constexpr std::string_view kAfterFailure = " after failure";

std::int64_t seconds(Millis span) { return span.count() / 1000; }

std::string member_path(const std::string& base, const std::string& name) {
  const bool plain = name.find_first_of("-.") == std::string::npos && !(name[0] >= '0' && name[0] <= '9');
  return plain ? fmt::format("{}.{}", base, name) : fmt::format("{}['{}']", base, name);
}

Object retrier(std::string_view error, std::int64_t interval_s, int retries, double backoff) {
  Object out;
  out["ErrorEquals"] = Array{error};
  out["IntervalSeconds"] = interval_s;
  out["MaxAttempts"] = retries;
  out["BackoffRate"] = backoff;
  return out;
}

Array catcher(std::string_view result_path, std::string_view next) {
  Object out;
  out["ErrorEquals"] = Array{"States.ALL"};
  out["ResultPath"] = result_path;
  out["Next"] = next;
  return Array{std::move(out)};
}

class Synthesis {
 public:
  explicit Synthesis(const PipelineSpec& spec)
      : spec_(spec), caught_(!spec.on_failure.empty() || !spec.finally.empty()) {}

  std::string definition() {
    const std::string after = spec_.finally.empty() ? std::string(kSucceeded) : spec_.finally[0].name;
    const std::string first = add_main(after);
    for (std::size_t i = 0; i < spec_.finally.size(); ++i)
      add_step(spec_.finally[i], spec_.finally[i].name, finally_at(i + 1, false), "$.error", finally_at(i + 1, true),
               false);
    if (caught_) add_failure_path();
    Object end;
    end["Type"] = "Succeed";
    end["OutputPath"] = "$.steps";
    states_[kSucceeded] = std::move(end);

    Object out;
    out["Comment"] = fmt::format("{}, made from its pipeline.yaml", spec_.name);
    out["StartAt"] = first;
    out["States"] = std::move(states_);
    return json::print_pretty(out);
  }

 private:
  // The state that runs the i-th finally step, or the end behind the last.
  std::string finally_at(std::size_t i, bool failed) const {
    if (i >= spec_.finally.size()) return std::string(failed ? kFailed : kSucceeded);
    return failed ? spec_.finally[i].name + std::string(kAfterFailure) : spec_.finally[i].name;
  }

  std::string after_failure() const {
    return spec_.on_failure.empty() ? finally_at(0, true) : spec_.on_failure[0].name;
  }

  void add_failure_path() {
    for (std::size_t i = 0; i < spec_.on_failure.size(); ++i) {
      const bool last = i + 1 == spec_.on_failure.size();
      add_step(spec_.on_failure[i], spec_.on_failure[i].name, last ? finally_at(0, true) : spec_.on_failure[i + 1].name,
               "$.on_failure_error", finally_at(0, true), true);
    }
    for (std::size_t i = 0; i < spec_.finally.size(); ++i)
      add_step(spec_.finally[i], finally_at(i, true), finally_at(i + 1, true), "$.finally_error",
               finally_at(i + 1, true), true);
    Object end;
    end["Type"] = "Fail";
    end["ErrorPath"] = "$.error.Error";
    end["CausePath"] = "$.error.Cause";
    states_[kFailed] = std::move(end);
  }

  Object task(const StepSpec& step, bool failed) const {
    Object parameters;
    parameters["step"] = step.name;
    parameters["command"] = step.run;
    std::map<std::string, std::string> merged = spec_.variables;
    for (const auto& [name, value] : step.env) merged[name] = value;
    Object env;
    for (const auto& [name, value] : merged) env[name] = value;
    parameters["env"] = std::move(env);
    parameters["timeout_s"] = seconds(step.timeout);
    if (!step.result.empty()) parameters["result"] = step.result;
    parameters["run.$"] = "$.run";
    parameters["steps.$"] = "$.steps";
    if (failed) parameters["error.$"] = "$.error";

    Object out;
    out["Type"] = "Task";
    out["Resource"] = kWorkResource;
    out["Parameters"] = std::move(parameters);
    out["TimeoutSeconds"] = seconds(step.timeout);
    constexpr int kLostRetries = 3;
    Array retry{retrier(kWorkerLost, 1, kLostRetries, 2)};
    if (step.retry.attempts > 1)
      retry.emplace_back(retrier("States.ALL", seconds(step.retry.delay), step.retry.attempts - 1, step.retry.backoff));
    out["Retry"] = std::move(retry);
    return out;
  }

  void add_step(const StepSpec& step, const std::string& state, const std::string& next, std::string_view error_path,
                const std::string& on_error, bool failed) {
    Object out = task(step, failed);
    out["ResultPath"] = member_path("$.steps", step.name);
    if (!on_error.empty()) out["Catch"] = catcher(error_path, on_error);
    out["Next"] = next;
    states_[state] = std::move(out);
  }

  // The steps by level; the order of the file within one. The spec has no cycle, so this ends.
  std::vector<std::vector<const StepSpec*>> levels() const {
    const std::size_t count = spec_.steps.size();
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < count; ++i) index.emplace(spec_.steps[i].name, i);
    std::vector<std::size_t> level(count, 0);
    std::size_t deepest = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < count; ++i) {
        const auto below = [&](std::size_t upper) {
          if (level[i] > level[upper]) return;
          level[i] = level[upper] + 1;
          changed = true;
        };
        if (spec_.steps[i].needs) {
          for (const auto& name : *spec_.steps[i].needs) below(index.at(name));
        } else if (i > 0) {
          below(i - 1);
        }
        deepest = std::max(deepest, level[i]);
      }
    }
    std::vector<std::vector<const StepSpec*>> out(deepest + 1);
    for (std::size_t i = 0; i < count; ++i) out[level[i]].push_back(&spec_.steps[i]);
    return out;
  }

  // Adds the author's steps, then `after`; returns the first state.
  std::string add_main(const std::string& after) {
    const auto all = levels();
    const auto state_of = [&](std::size_t i) {
      if (i == all.size()) return after;
      return all[i].size() == 1 ? all[i][0]->name : fmt::format("parallel {}", i + 1);
    };
    const std::string on_error = caught_ ? after_failure() : std::string{};
    std::vector<const StepSpec*> done;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].size() == 1)
        add_step(*all[i][0], all[i][0]->name, state_of(i + 1), "$.error", on_error, false);
      else
        add_parallel(all[i], i + 1, done, state_of(i + 1), on_error);
      done.insert(done.end(), all[i].begin(), all[i].end());
    }
    return state_of(0);
  }

  // A Parallel state's output is a list; the Pass state behind it puts the outputs beside those of earlier steps.
  void add_parallel(const std::vector<const StepSpec*>& steps, std::size_t number,
                    const std::vector<const StepSpec*>& done, const std::string& next, const std::string& on_error) {
    const std::string collect = fmt::format("collect {}", number);
    Array branches;
    Object outputs;
    for (const auto* step : done) outputs[step->name + ".$"] = member_path("$.steps", step->name);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Object state = task(*steps[i], false);
      state["End"] = true;
      Object states;
      states[steps[i]->name] = std::move(state);
      Object branch;
      branch["StartAt"] = steps[i]->name;
      branch["States"] = std::move(states);
      branches.emplace_back(std::move(branch));
      outputs[steps[i]->name + ".$"] = fmt::format("$.parallel[{}]", i);
    }
    Object parallel;
    parallel["Type"] = "Parallel";
    parallel["Branches"] = std::move(branches);
    parallel["ResultPath"] = "$.parallel";
    if (!on_error.empty()) parallel["Catch"] = catcher("$.error", on_error);
    parallel["Next"] = collect;
    states_[fmt::format("parallel {}", number)] = std::move(parallel);

    Object parameters;
    parameters["run.$"] = "$.run";
    parameters["steps"] = std::move(outputs);
    Object pass;
    pass["Type"] = "Pass";
    pass["Parameters"] = std::move(parameters);
    pass["Next"] = next;
    states_[collect] = std::move(pass);
  }

  const PipelineSpec& spec_;
  const bool caught_;
  Object states_;
};

std::string schedule_json(const PipelineSpec& spec) {
  Object out;
  out["times"] = schedule_of(*spec.trigger->schedule).text();
  out["timezone"] = spec.timezone.empty() ? Value(nullptr) : Value(spec.timezone);
  out["covers"] = name_of(spec.trigger->schedule->covers);
  return json::print_pretty(out);
}

std::string trigger_json(const PipelineSpec& spec) {
  TriggerSpec rest = *spec.trigger;
  rest.schedule.reset();
  return json::print_pretty(*json::parse(json::print_described(rest)));
}

}  // namespace

SynthesisedPipeline synthesise(const PipelineSpec& spec) {
  SynthesisedPipeline out;
  if (spec.external) return out;
  out.definition = Synthesis(spec).definition();
  if (spec.trigger && spec.trigger->schedule) out.schedule = schedule_json(spec);
  if (spec.trigger) out.trigger = trigger_json(spec);
  return out;
}

}  // namespace weir::pipeline
