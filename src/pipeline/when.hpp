// The condition of a step's `when`: comparisons of paths with values, joined by and, or, not and brackets.
//
//   when: ${parameters.full}                                    true
//   when: ${steps.check.result.rows} > 0 and ${parameters.region} in [de, at]
//   when: not (${upstream.listings.status} == SUCCEEDED)
//
// Comparisons: == != < <= > >= in. A value is a number, true, false, null, or a text, quoted where it has blanks or
// brackets. Numbers, texts and booleans are never equal to each other, and order only among themselves. A place that
// is not there is null: equal to null, different from everything else, neither less nor greater than anything.
#pragma once

#include <string_view>

#include "json/value.hpp"
#include "pipeline/expression.hpp"

namespace weir::pipeline {

// The rule of a Choice state, without its Next; paths are checked against the scope.
Result<json::Object> compile_when(std::string_view text, const PathScope& scope);

}  // namespace weir::pipeline
