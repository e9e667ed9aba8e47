// pipeline.yaml and weir.yaml: text in; a typed, checked spec or every problem out. No file is read here.
//
// A problem prints as
//   pipeline.yaml:12:5: trigger.executions.allOf[0].status: expected one of SUCCESS, SUCCEEDED, ..., got 'SUCESS';
//   did you mean 'SUCCESS'?
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/spec.hpp"
#include "pipeline/yaml.hpp"

namespace weir::pipeline {

struct StepDefaults {
  std::optional<Millis> timeout;
  std::optional<RetrySpec> retry;
  std::vector<NotificationSpec> notifications;
};
BOOST_DESCRIBE_STRUCT(StepDefaults, (), (timeout, retry, notifications))

// weir.yaml. Variables by environment ("prod"), and those of all environments under "default".
struct ProjectDefaults {
  std::string account;
  std::string owner;
  std::string timezone;
  StepDefaults defaults;
  std::map<std::string, std::map<std::string, std::string>> variables;
};
BOOST_DESCRIBE_STRUCT(ProjectDefaults, (), (account, owner, timezone, defaults, variables))

std::expected<ProjectDefaults, std::vector<Problem>> parse_project(std::string_view text, std::string_view file_name);

// `environment` chooses among the project's variables; an environment that the project does not name is a problem,
// unless it is empty.
std::expected<PipelineSpec, std::vector<Problem>> parse_pipeline(std::string_view text, std::string_view file_name,
                                                                 const ProjectDefaults& project = {},
                                                                 std::string_view environment = {});

// The same of a document that has been read already, or of a part of one.
std::expected<PipelineSpec, std::vector<Problem>> parse_pipeline(const YamlNode& root, std::string_view file_name,
                                                                 const ProjectDefaults& project = {});

// One problem a line.
std::string text_of(const std::vector<Problem>& problems);

}  // namespace weir::pipeline
