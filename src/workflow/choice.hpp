// The rules of a Choice state.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workflow/expression.hpp"

namespace weir::workflow {

struct Condition {
  enum class Kind { AND, OR, NOT, COMPARE };
  Kind kind = Kind::COMPARE;
  std::vector<Condition> parts;
  Expression variable;
  std::string comparison;                // "StringEquals", without "Path"
  json::Value value;                     // of the comparison
  std::optional<Expression> value_path;  // instead of `value`
};

struct ChoiceRule {
  Condition condition;
  int next = -1;
};

// A rule or a part of one; `top` rules have Next, parts must not.
Condition compile_condition(const json::Value& value, bool top, const std::string& place,
                            std::vector<Problem>& problems);
// A variable that is not there is a fault, but with IsPresent.
Outcome<bool> holds(const Condition& condition, const Scope& scope);

// Does `text` match a pattern in which * stands for any characters and \ takes the next one as it is?
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace weir::workflow
