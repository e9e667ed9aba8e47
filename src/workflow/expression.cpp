#include "workflow/expression.hpp"

#include <fmt/format.h>

#include "json/text.hpp"

namespace weir::workflow {
namespace {

constexpr int kNesting = 10;  // intrinsic functions within each other, as the AWS service

// Reads States.Name(argument, ...): arguments are paths, 'texts', numbers, true, false, null and further calls.
class CallReader {
 public:
  explicit CallReader(std::string_view text) : text_(text) {}

  Result<Expression> whole() {
    auto out = call(1);
    if (!out) return out;
    spaces();
    if (at_ != text_.size()) return wrong("nothing may follow the closing parenthesis");
    return out;
  }

 private:
  std::unexpected<Problem> wrong(const std::string& what) const {
    return fail(what, fmt::format("'{}', column {}", text_, at_ + 1));
  }
  void spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  Result<Expression> call(int depth) {
    if (depth > kNesting) return wrong("intrinsic functions nest at most 10 deep");
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return wrong("expected '(' after the name of the function");
    Expression out;
    out.kind = Expression::Kind::CALL;
    out.text = std::string(text_);
    out.function = std::string(text_.substr(at_, open - at_));
    const auto arity = intrinsic::arity(out.function);
    if (!arity) return wrong(fmt::format("the function '{}' is not served", out.function));
    at_ = open + 1;
    spaces();
    while (at_ < text_.size() && text_[at_] != ')') {
      auto argument = this->argument(depth);
      if (!argument) return argument;
      out.arguments.push_back(std::move(*argument));
      spaces();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        spaces();
        if (at_ < text_.size() && text_[at_] == ')') return wrong("an argument is missing");
      } else if (at_ < text_.size() && text_[at_] != ')') {
        return wrong("expected ',' or ')'");
      }
    }
    if (at_ >= text_.size()) return wrong("the closing parenthesis is missing");
    ++at_;
    const auto count = static_cast<int>(out.arguments.size());
    if (count < arity->least || count > arity->most)
      return wrong(fmt::format("{} does not take {} arguments", out.function, count));
    return out;
  }
  Result<Expression> argument(int depth) {
    if (text_.substr(at_).starts_with("States.")) return call(depth + 1);
    if (text_[at_] == '\'') return quoted();
    if (text_[at_] == '$') return path();
    auto end = text_.find_first_of(",) ", at_);
    if (end == std::string_view::npos) end = text_.size();
    auto literal = json::parse(text_.substr(at_, end - at_));
    if (!literal || literal->is_object() || literal->is_array() || literal->is_string())
      return wrong("an argument is a path, a 'text', a number, true, false, null or a function");
    Expression out;
    out.kind = Expression::Kind::LITERAL;
    out.literal = std::move(*literal);
    at_ = end;
    return out;
  }
  Result<Expression> quoted() {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      // In Format's template \{ and \} stay escaped until the braces are filled.
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        const char next = text_[at_ + 1];
        if (next == '{' || next == '}') value += '\\';
        ++at_;
      }
      value += text_[at_];
    }
    if (at_ >= text_.size()) return wrong("the closing quote is missing");
    ++at_;
    Expression out;
    out.kind = Expression::Kind::LITERAL;
    out.literal = json::Value(std::move(value));
    return out;
  }
  Result<Expression> path() {
    const auto begin = at_;
    int depth = 0;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[' || c == '(') {
        ++depth;
      } else if (c == ']' || (c == ')' && depth > 0)) {
        --depth;
      } else if (depth == 0 && (c == ',' || c == ')' || c == ' ')) {
        break;
      }
    }
    return compile_expression(text_.substr(begin, at_ - begin), false);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Expression> compile_expression(std::string_view text, bool functions_allowed) {
  if (text.starts_with("States.")) {
    if (!functions_allowed) return fail("an intrinsic function is not allowed here", {}, "give a path");
    return CallReader(text).whole();
  }
  if (!text.starts_with('$')) return fail(fmt::format("'{}' is no path; a path begins with '$'", text));
  Expression out;
  out.text = std::string(text);
  if (text.starts_with("$$")) {
    out.kind = Expression::Kind::CONTEXT;
    text.remove_prefix(1);
  }
  auto path = json::compile_path(text);
  if (!path) return std::unexpected(std::move(path.error()));
  out.path = std::move(*path);
  return out;
}

Outcome<json::Value> evaluate(const Expression& expression, const Scope& scope, std::string_view field) {
  switch (expression.kind) {
    case Expression::Kind::LITERAL:
      return expression.literal;
    case Expression::Kind::CALL: {
      std::vector<json::Value> values;
      for (const auto& argument : expression.arguments) {
        auto value = evaluate(argument, scope, field);
        if (!value) return value;
        values.push_back(std::move(*value));
      }
      return intrinsic::call(expression.function, values);
    }
    default:
      break;
  }
  const auto& root = expression.kind == Expression::Kind::CONTEXT ? scope.context() : scope.input;
  if (expression.path.is_reference()) {
    if (const auto* found = expression.path.find(root)) return *found;
    if (field.empty())
      return std::unexpected(
          Fault{"States.Runtime", fmt::format("Invalid path '{0}' : No results for path: {0}", expression.text)});
    return std::unexpected(
        Fault{"States.Runtime",
              fmt::format("The JSONPath '{}' specified for the field '{}' could not be found in the input '{}'",
                          expression.text, field, json::print(root))});
  }
  json::Array all;
  for (const auto* value : expression.path.select(root)) all.push_back(*value);
  return json::Value(std::move(all));
}

}  // namespace weir::workflow
