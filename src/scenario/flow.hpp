// A YAML tree as one line of YAML: {"name": "a", "trigger": {"schedule": {"hour": "3"}}}. Read again it is the same
// tree, but for places: what a scalar means is the reader's affair (pipeline/yaml.hpp), so all of them are quoted.
#pragma once

#include <string>

#include "pipeline/yaml.hpp"

namespace weir::scenario {

std::string flow_text(const pipeline::YamlNode& node);

}  // namespace weir::scenario
