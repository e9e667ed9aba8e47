// Printing at the end of a text that is being built, for those who build much of it.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace weir::json {

void append_quoted(std::string& out, std::string_view text);  // as quote()
void append_value(std::string& out, const Value& value);      // as print()

}  // namespace weir::json
