// Parameters, ItemSelector, ResultSelector: JSON in which a key that ends in ".$" has an expression as its value.
#pragma once

#include <memory>
#include <vector>

#include "workflow/expression.hpp"

namespace weir::workflow {

struct TemplateMember;

struct Template {
  enum class Kind { LITERAL, EXPRESSION, OBJECT, ARRAY };
  Kind kind = Kind::LITERAL;
  json::Value literal;
  Expression expression;
  std::vector<TemplateMember> members;  // OBJECT
  std::vector<Template> elements;       // ARRAY
};

struct TemplateMember {
  std::string name;  // without ".$"
  Template value;
};

// Adds a problem with its place for everything that is wrong.
Template compile_template(const json::Value& value, const std::string& place, std::vector<Problem>& problems);
Outcome<json::Value> fill(const Template& what, const Scope& scope);

}  // namespace weir::workflow
