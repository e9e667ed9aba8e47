#include "pipeline/synth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "json/described.hpp"
#include "json/text.hpp"
#include "pipeline/expression.hpp"
#include "pipeline/synth_task.hpp"
#include "pipeline/when.hpp"

namespace weir::pipeline {
namespace {

using json::Array;
using json::Object;
using json::Value;

// Step names hold no space, so these and "parallel 1" cannot meet one.
constexpr std::string_view kSucceeded = "run succeeded";
constexpr std::string_view kFailed = "run failed";
constexpr std::string_view kAfterFailure = " after failure";

Array catcher(std::string_view result_path, std::string_view next) {
  Object out;
  out["ErrorEquals"] = Array{"States.ALL"};
  out["ResultPath"] = result_path;
  out["Next"] = next;
  return Array{std::move(out)};
}

std::set<std::string> names_of(const std::vector<StepSpec>& steps) {
  std::set<std::string> out;
  for (const auto& step : steps) out.insert(step.name);
  return out;
}
std::set<std::string> names_of(const std::vector<const StepSpec*>& steps) {
  std::set<std::string> out;
  for (const auto* step : steps) out.insert(step->name);
  return out;
}

// The steps by level; the order of the file within one. The spec has no cycle, so this ends.
std::vector<std::vector<const StepSpec*>> levels_of(const PipelineSpec& spec) {
  const std::size_t count = spec.steps.size();
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < count; ++i) index.emplace(spec.steps[i].name, i);
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
      if (spec.steps[i].needs) {
        for (const auto& name : *spec.steps[i].needs) below(index.at(name));
      } else if (i > 0) {
        below(i - 1);
      }
      deepest = std::max(deepest, level[i]);
    }
  }
  std::vector<std::vector<const StepSpec*>> out(deepest + 1);
  for (std::size_t i = 0; i < count; ++i) out[level[i]].push_back(&spec.steps[i]);
  return out;
}

std::string loop_of(const StepSpec& step, const std::string& state) {
  if (step.foreach.empty()) return state;
  return (makes_items(step) ? "items " : "each ") + state;
}
// Where a step begins, and where it goes on when its condition holds.
std::string entry_of(const StepSpec& step, const std::string& state) {
  return step.when.empty() ? loop_of(step, state) : "when " + state;
}

std::string level_state(const std::vector<const StepSpec*>& level, std::size_t i) {
  return level.size() == 1 ? entry_of(*level[0], level[0]->name) : fmt::format("parallel {}", i + 1);
}

class Synthesis {
 public:
  explicit Synthesis(const PipelineSpec& spec)
      : spec_(spec), caught_(!spec.on_failure.empty() || !spec.finally.empty()) {}

  std::string definition() {
    const std::string first = add_main(finally_at(0, false));
    std::set<std::string> before = names_of(spec_.steps);
    for (std::size_t i = 0; i < spec_.finally.size(); ++i) {
      const auto& step = spec_.finally[i];
      add(step, {step.name, finally_at(i + 1, false), "$.error", finally_at(i + 1, true), false}, before, states_);
      before.insert(step.name);
    }
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
    return entry_of(spec_.finally[i], finally_state(i, failed));
  }
  std::string finally_state(std::size_t i, bool failed) const {
    return failed ? spec_.finally[i].name + std::string(kAfterFailure) : spec_.finally[i].name;
  }

  std::string after_failure() const {
    return spec_.on_failure.empty() ? finally_at(0, true) : entry_of(spec_.on_failure[0], spec_.on_failure[0].name);
  }

  void add_failure_path() {
    // What has run before a failure is not known: these steps' conditions see the parameters and the upstreams.
    for (std::size_t i = 0; i < spec_.on_failure.size(); ++i) {
      const auto& step = spec_.on_failure[i];
      const bool last = i + 1 == spec_.on_failure.size();
      const auto next = last ? finally_at(0, true) : entry_of(spec_.on_failure[i + 1], spec_.on_failure[i + 1].name);
      add(step, {step.name, next, "$.on_failure_error", finally_at(0, true), true}, names_of(spec_.steps), states_);
    }
    for (std::size_t i = 0; i < spec_.finally.size(); ++i)
      add(spec_.finally[i],
          {finally_state(i, true), finally_at(i + 1, true), "$.finally_error", finally_at(i + 1, true), true},
          names_of(spec_.steps), states_);
    Object end;
    end["Type"] = "Fail";
    end["ErrorPath"] = "$.error.Error";
    end["CausePath"] = "$.error.Cause";
    states_[kFailed] = std::move(end);
  }

  // Adds the states of a step: the Choice of its `when`, the Map of its `foreach`, its Task. Returns the first.
  struct Place {
    std::string state;  // the name of the Task
    std::string next;   // empty: the end of a branch, and the output is the step's
    std::string_view error_path;
    std::string on_error;  // empty: not caught
    bool failed = false;   // after a failure
  };
  std::string add(const StepSpec& step, const Place& place, const std::set<std::string>& before, Object& states) const {
    const auto leave = [&](Object& state) {
      if (place.next.empty()) {
        state["End"] = true;
        return;
      }
      state["ResultPath"] = member_path("$.steps", step.name);
      if (!place.on_error.empty() && state.find("Type")->string()->compare("Pass") != 0)
        state["Catch"] = catcher(place.error_path, place.on_error);
      state["Next"] = place.next;
    };
    Object work = task(spec_, step, place.failed);
    std::string first = place.state;
    if (!step.foreach.empty()) {
      const std::string each = "each " + place.state;
      Object map = map_state(step, place.state, std::move(work));
      leave(map);
      first = loop_of(step, place.state);
      if (first != each) states[first] = items_state(step, each);
      states[each] = std::move(map);
    } else {
      leave(work);
      states[place.state] = std::move(work);
    }
    if (step.when.empty()) return first;
    const PathScope scope{spec_, before, false};
    const auto rule = compile_when(step.when, scope);
    Object choice_rule = rule ? *rule : Object{};
    choice_rule["Next"] = first;
    const std::string skip = "skip " + place.state, choose = "when " + place.state;
    Object choice;
    choice["Type"] = "Choice";
    choice["Choices"] = Array{std::move(choice_rule)};
    choice["Default"] = skip;
    Object pass;
    pass["Type"] = "Pass";
    pass["Result"] = Value(nullptr);
    leave(pass);
    states[choose] = std::move(choice);
    states[skip] = std::move(pass);
    return choose;
  }

  // Adds the author's steps, then `after`; returns the first state.
  std::string add_main(const std::string& after) {
    const auto all = levels_of(spec_);
    const auto state_of = [&](std::size_t i) {
      if (i == all.size()) return after;
      return level_state(all[i], i);
    };
    const std::string on_error = caught_ ? after_failure() : std::string{};
    std::vector<const StepSpec*> done;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].size() == 1)
        add(*all[i][0], {all[i][0]->name, state_of(i + 1), "$.error", on_error, false}, names_of(done), states_);
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
      Object states;
      Object branch;
      branch["StartAt"] = add(*steps[i], {steps[i]->name, "", "", "", false}, names_of(done), states);
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
  if (!spec.trigger->schedule->calendar.empty()) out["calendar"] = spec.trigger->schedule->calendar;
  if (spec.trigger->schedule->jitter != Millis{0}) out["jitter"] = to_text(spec.trigger->schedule->jitter);
  return json::print_pretty(out);
}

std::string trigger_json(const PipelineSpec& spec) {
  TriggerSpec rest = *spec.trigger;
  rest.schedule.reset();
  return json::print_pretty(*json::parse(json::print_described(rest)));
}

}  // namespace

std::vector<std::vector<std::string>> step_levels(const PipelineSpec& spec) {
  std::vector<std::vector<std::string>> out;
  for (const auto& level : levels_of(spec)) {
    out.emplace_back();
    for (const auto* step : level) out.back().push_back(step->name);
  }
  return out;
}

std::string state_of_level(const PipelineSpec& spec, std::size_t level) {
  return level_state(levels_of(spec)[level], level);
}

SynthesisedPipeline synthesise(const PipelineSpec& spec) {
  SynthesisedPipeline out;
  if (spec.external) return out;
  out.definition = Synthesis(spec).definition();
  if (spec.trigger && spec.trigger->schedule) out.schedule = schedule_json(spec);
  if (spec.trigger) out.trigger = trigger_json(spec);
  return out;
}

}  // namespace weir::pipeline
