// A test file as text, in the short forms where they say all. Read again it is the same file (but for places), so that
// whoever makes up histories can hand one over as a test that a person reads and plays.
#pragma once

#include <string>

#include "scenario/test_file.hpp"

namespace weir::scenario {

// `comment` stands at the top, each line behind '#'.
std::string write_tests(const ReadFile& file, const std::string& comment = {});

// Puts a pipeline aside (ReadFile::blocks) and gives the word for it. The text is a block of pipeline.yaml's keys; it
// must be YAML.
PipelineText add_block(ReadFile& file, const std::string& yaml);

}  // namespace weir::scenario
