// The canonical layout of a YAML file, as `weir fmt` writes it. What the file says, the order of its keys and its
// comments stay; only blanks and line ends change:
//
//   - four spaces a level, also for the items of a list below its key; what belongs to an item stands below its first
//     character;
//   - one space after a colon and a dash, two before a comment at the end of a line, none at the end of a line;
//   - a comment of its own stands where the line below it does;
//   - at most one empty line in a row, none at the beginning, LF, and one line end at the end.
//
// Commands in block texts (`run: |`) are moved as a whole; lists and maps in brackets are left as they are.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace weir::pipeline {

// The problems of a text that is no YAML; or one problem where the layout could not be changed without changing what
// is said, which is looked at each time.
std::expected<std::string, std::vector<Problem>> format_yaml(std::string_view text, std::string_view file_name);

}  // namespace weir::pipeline
