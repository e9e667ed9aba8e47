// What a JSONPath compiles to; private to path*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "json/value.hpp"

namespace weir::json::path_tree {

struct Filter;

struct Step {
  enum class Kind { NAMES, INDICES, ALL, SLICE, FILTER };
  Kind kind = Kind::ALL;
  bool deep = false;  // after "..": applies to the value and all below it
  std::vector<std::string> names;
  std::vector<std::int64_t> indices;  // negative: from the end
  std::optional<std::int64_t> from, to;
  std::int64_t by = 1;
  std::shared_ptr<const Filter> filter;

  bool names_one_place() const {
    return !deep && ((kind == Kind::NAMES && names.size() == 1) || (kind == Kind::INDICES && indices.size() == 1));
  }
};

struct Operand {
  enum class Kind { LITERAL, ELEMENT, ROOT };
  Kind kind = Kind::LITERAL;
  Value literal;
  std::vector<Step> steps;  // from the element (@) or the root ($)
};

struct Filter {
  enum class Kind { AND, OR, NOT, EXISTS, EQ, NE, LT, LE, GT, GE };
  Kind kind = Kind::EXISTS;
  std::vector<Filter> parts;  // AND, OR, NOT
  Operand left, right;        // the rest; EXISTS has only left
};

void select(const Value& root, const Value& from, const std::vector<Step>& steps, std::vector<const Value*>& out);

}  // namespace weir::json::path_tree
