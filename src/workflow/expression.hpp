// What stands after a ".$": a path into the input, a path into the context object, or an intrinsic function.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/path.hpp"
#include "json/value.hpp"

namespace weir::workflow {

// Why a state fails: an error name of the States Language, or a task's own, and a text.
struct Fault {
  std::string error;
  std::string cause;
  bool operator==(const Fault&) const = default;
};
template <class T>
using Outcome = std::expected<T, Fault>;

// What expressions see. The context object is made only when an expression asks for it.
struct Scope {
  const json::Value& input;
  const std::function<const json::Value&()>& context;
};

struct Expression {
  enum class Kind { LITERAL, INPUT, CONTEXT, CALL };
  Kind kind = Kind::INPUT;
  std::string text;  // as written
  json::Value literal;
  json::Path path;
  std::string function;  // "States.Format"
  std::vector<Expression> arguments;

  bool is_root() const { return kind == Kind::INPUT && path.text() == "$"; }
};

// `where` is the place in the definition. Intrinsic functions only when allowed.
Result<Expression> compile_expression(std::string_view text, bool functions_allowed);

// A place that is not there is a Fault with States.Runtime, its text as the AWS service has it for the field ("x.$")
// or, without one, for a path of the state. A path that may name several places gives an array.
Outcome<json::Value> evaluate(const Expression& expression, const Scope& scope, std::string_view field = {});

namespace intrinsic {
// Empty when there is no such function here; else how many arguments it takes at least and at most.
struct Arity {
  int least = 0, most = 0;
};
std::optional<Arity> arity(std::string_view function);
Outcome<json::Value> call(const std::string& function, const std::vector<json::Value>& arguments);
}  // namespace intrinsic

}  // namespace weir::workflow
