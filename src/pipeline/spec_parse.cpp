#include "pipeline/spec_parse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/nearest.hpp"
#include "json/text.hpp"
#include "pipeline/spec_check.hpp"
#include "pipeline/spec_check_texts.hpp"
#include "pipeline/spec_reader.hpp"
#include "pipeline/spec_words.hpp"

namespace weir::pipeline {
namespace {

void complete_clauses(std::vector<ClauseSpec>& list) {
  for (auto& c : list) {
    c.name = lower(c.name);
    if (c.status.empty()) c.status.push_back(RunStatus::SUCCEEDED);
    std::sort(c.status.begin(), c.status.end());
    std::sort(c.join_on.begin(), c.join_on.end());
    c.join_on.erase(std::unique(c.join_on.begin(), c.join_on.end()), c.join_on.end());
    c.status.erase(std::unique(c.status.begin(), c.status.end()), c.status.end());
  }
}

void complete_steps(std::vector<StepSpec>& steps, const std::string& path, std::string_view prefix,
                    const StepDefaults& defaults, const Reader& reader) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string inner = fmt::format("{}[{}]", path, i);
    if (!reader.given(inner + ".name")) steps[i].name = fmt::format("{}-{}", prefix, i + 1);
    if (defaults.timeout && !reader.given(inner + ".timeout")) steps[i].timeout = *defaults.timeout;
    if (defaults.retry && !reader.given(inner + ".retry")) steps[i].retry = *defaults.retry;
  }
}

// A default stands in the file as plain text; its parameter's type says what JSON it is.
void complete_parameters(PipelineSpec& spec, const Reader& reader) {
  for (auto& [name, parameter] : spec.parameters) {
    if (!reader.given("parameters." + name + ".default")) continue;
    std::string& text = parameter.default_value.text;
    if (parameter.type == ParameterType::string) text = json::quote(text);
    if (parameter.type == ParameterType::boolean && (same_word(text, "true") || same_word(text, "false")))
      text = lower(text);
  }
}

void complete_variables(PipelineSpec& spec, std::string_view file, const ProjectDefaults& project,
                        std::string_view environment, std::vector<Problem>& problems) {
  if (const auto all = project.variables.find("default"); all != project.variables.end()) spec.variables = all->second;
  if (environment.empty()) return;
  const auto chosen = project.variables.find(std::string(environment));
  if (chosen != project.variables.end()) {
    for (const auto& [name, value] : chosen->second) spec.variables[name] = value;
    return;
  }
  std::vector<std::string_view> known;
  for (const auto& [name, unused] : project.variables) known.push_back(name);
  const auto near = json::nearest(environment, known);
  problems.push_back(
      {fmt::format("the project has no environment '{}'", environment), std::string(file),
       near.empty() ? "add it below 'variables:' in weir.yaml" : fmt::format("did you mean '{}'?", near)});
}

void complete(PipelineSpec& spec, const ProjectDefaults& project, const Reader& reader) {
  spec.display_name = spec.name;
  spec.name = lower(spec.name);
  spec.formerly = lower(spec.formerly);
  spec.concurrency.pool = lower(spec.concurrency.pool);
  std::sort(spec.key.begin(), spec.key.end());
  if (!reader.given("owner")) spec.owner = project.owner;
  if (!reader.given("account")) spec.account = project.account;
  if (!reader.given("timezone")) spec.timezone = project.timezone;
  if (!reader.given("notifications")) spec.notifications = project.defaults.notifications;
  if (spec.trigger && spec.trigger->executions) {
    complete_clauses(spec.trigger->executions->all_of);
    complete_clauses(spec.trigger->executions->any_of);
  }
  complete_steps(spec.steps, "steps", "step", project.defaults, reader);
  complete_steps(spec.on_failure, "onFailure", "on-failure", project.defaults, reader);
  complete_steps(spec.finally, "finally", "finally", project.defaults, reader);
  complete_parameters(spec, reader);
}

void read_spec(const YamlNode& root, std::string_view file_name, const ProjectDefaults& project,
               std::string_view environment, PipelineSpec& spec, std::vector<Problem>& problems) {
  Reader reader{std::string(file_name), problems};
  complete_variables(spec, file_name, project, environment, problems);
  reader.variables(spec.variables);
  reader.read(pipeline_schema(), root, spec);
  complete(spec, project, reader);
  check_parameters(spec, reader);
  check_key(spec, reader);
  check_trigger(spec, reader);
  check_external(spec, reader);
  check_concurrency(spec, reader);
  check_steps(spec, reader);
  check_compute(spec, reader);
  check_texts(spec, reader);
  check_notifications(reader.given("notifications") ? spec.notifications : std::vector<NotificationSpec>{},
                      "notifications", reader);
}

}  // namespace

std::expected<ProjectDefaults, std::vector<Problem>> parse_project(std::string_view text, std::string_view file_name) {
  YamlDocument document = read_yaml(text, file_name);
  std::vector<Problem>& problems = document.problems;
  ProjectDefaults out;
  // An empty weir.yaml only marks the root of a project.
  if (document.root && !document.root->is_null()) {
    Reader reader{std::string(file_name), problems};
    reader.read(project_schema(), *document.root, out);
    for (const auto& [environment, variables] : out.variables)
      for (const auto& [name, value] : variables)
        check_variable(name, fmt::format("variables.{}.{}", environment, name), reader);
    check_notifications(out.defaults.notifications, "defaults.notifications", reader);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return out;
}

std::expected<PipelineSpec, std::vector<Problem>> parse_pipeline(std::string_view text, std::string_view file_name,
                                                                 const ProjectDefaults& project,
                                                                 std::string_view environment) {
  YamlDocument document = read_yaml(text, file_name);
  std::vector<Problem>& problems = document.problems;
  PipelineSpec spec;
  if (document.root && !document.root->is_null()) {
    read_spec(*document.root, file_name, project, environment, spec, problems);
  } else if (problems.empty()) {
    problems.push_back({"the document is empty", std::string(file_name), "begin with 'name:' and 'steps:'"});
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return spec;
}

std::expected<PipelineSpec, std::vector<Problem>> parse_pipeline(const YamlNode& root, std::string_view file_name,
                                                                 const ProjectDefaults& project) {
  PipelineSpec spec;
  std::vector<Problem> problems;
  read_spec(root, file_name, project, {}, spec, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return spec;
}

std::string text_of(const std::vector<Problem>& problems) {
  std::string out;
  for (const auto& p : problems) out += p.text() + "\n";
  return out;
}

}  // namespace weir::pipeline
