// A test file: text in; a typed file or every problem out. No file is read here.
//
// A problem prints as
//   listings.test.yaml:12:9: tests[0].timeline[2].expcet: unknown key 'expcet'; did you mean 'expect'?
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/test_file.hpp"

namespace weir::scenario {

std::expected<ReadFile, std::vector<Problem>> read_tests(std::string_view text, const std::string& file_name);

}  // namespace weir::scenario
