#include "pipeline/spec_check_texts.hpp"

#include <fmt/format.h>

#include "pipeline/expression.hpp"
#include "pipeline/spec_check.hpp"
#include "pipeline/when.hpp"

namespace weir::pipeline {
namespace {

bool is_secret_name(std::string_view name) {
  bool first = true;
  for (const char c : name) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && (first || (c != '-' && c != '.' && c != '/'))) return false;
    first = c == '/';
  }
  return !first && name.size() <= 256;
}

void check_one_compute(const ComputeSpec& c, const std::string& path, Reader& reader) {
  if (!reader.given(path + ".type") || reader.refused_under(path)) return;
  if (c.type == ComputeType::queue && c.queue.empty() && !reader.given(path + ".queue"))
    reader.problem(path, "the key 'queue' is missing: the type is queue",
                   "add 'queue:' with the name that workers serve");
  if (c.type == ComputeType::local && reader.given(path + ".queue"))
    reader.problem(path + ".queue", "queue goes with 'type: queue' or 'type: spark'", "change the type, or remove it");
  for (const auto* key : {".master", ".workers", ".worker"})
    if (c.type != ComputeType::spark && reader.given(path + key))
      reader.problem(path + key, fmt::format("{} goes with 'type: spark'", key + 1), "change the type, or remove it");
}

class TextCheck {
 public:
  TextCheck(const PathScope& scope, Reader& reader) : scope_(scope), reader_(reader) {}

  void text(const std::string& text, const std::string& path) {
    if (const auto checked = check_paths(text, scope_); !checked)
      reader_.problem(path, checked.error().what, checked.error().fix);
  }
  void texts(const std::vector<std::string>& list, const std::string& path) {
    for (std::size_t i = 0; i < list.size(); ++i)
      text(list[i], list.size() == 1 ? path : fmt::format("{}[{}]", path, i));
  }
  void texts(const std::map<std::string, std::string>& map, const std::string& path) {
    for (const auto& [name, value] : map) text(value, fmt::format("{}.{}", path, name));
  }

 private:
  const PathScope& scope_;
  Reader& reader_;
};

void check_step(const PipelineSpec& spec, const StepSpec& step, const std::string& path, std::set<std::string> before,
                Reader& reader) {
  const PathScope outside{spec, before, false};
  const PathScope inside{spec, std::move(before), !step.foreach.empty()};
  TextCheck(outside, reader).texts(step.foreach, path + ".foreach");
  if (!step.when.empty())
    if (const auto rule = compile_when(step.when, outside); !rule)
      reader.problem(path + ".when", rule.error().what, rule.error().fix);
  TextCheck check(inside, reader);
  check.texts(step.env, path + ".env");
  if (step.cache) check.texts(step.cache->inputs, path + ".cache.inputs");
  if (!step.spark) return;
  check.text(step.spark->file, path + ".spark.file");
  check.texts(step.spark->args, path + ".spark.args");
  check.texts(step.spark->conf, path + ".spark.conf");
}

}  // namespace

std::set<std::string> steps_before(const std::vector<StepSpec>& steps, std::size_t i) {
  std::map<std::string, std::size_t> index;
  for (std::size_t k = 0; k < steps.size(); ++k) index.emplace(steps[k].name, k);
  std::set<std::string> out;
  std::vector<std::size_t> open{i};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    std::vector<std::size_t> needed;
    if (steps[at].needs) {
      for (const auto& name : *steps[at].needs)
        if (const auto found = index.find(name); found != index.end()) needed.push_back(found->second);
    } else if (at > 0) {
      needed.push_back(at - 1);
    }
    for (const auto n : needed)
      if (out.insert(steps[n].name).second) open.push_back(n);
  }
  return out;
}

void check_compute(const PipelineSpec& spec, Reader& reader) {
  check_one_compute(spec.compute, "compute", reader);
  const auto lists = {std::pair{&spec.steps, "steps"}, {&spec.on_failure, "onFailure"}, {&spec.finally, "finally"}};
  for (const auto& [steps, path] : lists)
    for (std::size_t i = 0; i < steps->size(); ++i)
      if ((*steps)[i].compute) check_one_compute(*(*steps)[i].compute, fmt::format("{}[{}].compute", path, i), reader);
  for (const auto& [name, secret] : spec.secrets) {
    check_variable(name, "secrets." + name, reader);
    if (spec.parameters.contains(name) || spec.variables.contains(name))
      reader.problem("secrets." + name, fmt::format("'{}' is a parameter or a variable of the project already", name),
                     "choose another name");
    for (const auto& [steps, path] : lists)
      for (std::size_t i = 0; i < steps->size(); ++i)
        if ((*steps)[i].env.contains(name))
          reader.problem(fmt::format("{}[{}].env.{}", path, i, name), fmt::format("'{}' is a secret already", name),
                         "choose another name");
    if (!is_secret_name(secret))
      reader.problem("secrets." + name, fmt::format("'{}' is no name of a secret", secret),
                     "write it as store/key, of letters, digits, '_', '-' and '.'");
  }
}

void check_texts(const PipelineSpec& spec, Reader& reader) {
  for (std::size_t i = 0; i < spec.steps.size(); ++i)
    check_step(spec, spec.steps[i], fmt::format("steps[{}]", i), steps_before(spec.steps, i), reader);
  // A step of these may follow any of the others, or none: which results are there is known only when they run.
  std::set<std::string> all;
  for (const auto& step : spec.steps) all.insert(step.name);
  for (std::size_t i = 0; i < spec.on_failure.size(); ++i)
    check_step(spec, spec.on_failure[i], fmt::format("onFailure[{}]", i), all, reader);
  for (std::size_t i = 0; i < spec.finally.size(); ++i)
    check_step(spec, spec.finally[i], fmt::format("finally[{}]", i), all, reader);
}

}  // namespace weir::pipeline
