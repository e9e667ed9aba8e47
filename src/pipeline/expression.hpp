// `${...}` in pipeline.yaml, outside of `run:`: paths over what a run knows, and what they are in the States Language.
//
//   ${date} ${window} ${window.start} ${window.end}     the window's first day, its label, its first and end instant
//   ${parameters.region}                                a parameter that the file declares
//   ${upstream.listings.result.path}                    of an upstream: run_id, account, key, status, parameters,
//   result
//   ${steps.check.result.rows}                          the result of a step that ran before
//   ${input} ${input.order.id}                          the document that started the run (rule 9)
//   ${item} ${item.name}                                within a step with foreach
//
// A text may hold several, with other characters around them; `$${` is `${` itself. A text that is one path keeps the
// value's type. A name with characters other than letters, digits, '-' and '_' is quoted: ${upstream['a.b'].key}.
// A place that is not there when the step starts fails the step; in `when` it is equal to nothing.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

struct TemplatePart {
  bool is_path = false;
  std::string text;  // literal text, or what stands between ${ and }
};
// The problem says what is wrong; the caller knows where.
Result<std::vector<TemplatePart>> read_template(std::string_view text);

bool has_paths(std::string_view text);
// Is the text one path and nothing else?
bool is_path_alone(std::string_view text);

// What a text may refer to.
struct PathScope {
  const PipelineSpec& spec;
  std::set<std::string> steps;  // that have run before
  bool item = false;
};
// Every path of the text exists as far as can be told from the file.
Result<void> check_paths(std::string_view text, const PathScope& scope);

// "date" is "$.run.date". The path must have been checked.
std::string states_path(std::string_view path);
// What stands after a ".$" to make the text: a path, or States.Format(...). Must have a path.
std::string states_text(std::string_view text);
// As an argument of an intrinsic function: a path, a call, or a quoted text.
std::string states_argument(std::string_view text);

// $.steps.check, or $.steps['check-it'].
std::string member_path(const std::string& base, std::string_view name);

}  // namespace weir::pipeline
