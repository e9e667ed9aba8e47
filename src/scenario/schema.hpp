// The table of a test file's words (pipeline/spec_schema.hpp): reading, "did you mean" and the editors' JSON Schema
// come from it.
#pragma once

#include "pipeline/spec_schema.hpp"

namespace weir::scenario {

const pipeline::ObjectSpec& test_file_schema();

// The words of an entry that do something; at most one of them stands in an entry.
std::span<const std::string_view> action_words();

}  // namespace weir::scenario
