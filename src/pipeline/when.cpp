#include "pipeline/when.hpp"

#include <fmt/format.h>

#include "json/text.hpp"

namespace weir::pipeline {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr int kNesting = 32;

Object rule(std::string_view comparison, std::string_view variable, Value value) {
  Object out;
  out["Variable"] = variable;
  out[comparison] = std::move(value);
  return out;
}
Object joined(std::string_view word, Object a, Object b) {
  Object out;
  out[word] = Array{std::move(a), std::move(b)};
  return out;
}
Object negated(Object condition) {
  Object out;
  out["Not"] = std::move(condition);
  return out;
}
Object is_present(std::string_view variable) { return rule("IsPresent", variable, true); }

std::string_view kind_of(const Value& value) {
  return value.is_number() ? "Numeric" : value.is_string() ? "String" : "Boolean";
}

Object equals(std::string_view variable, const Value& value) {
  if (value.is_null())
    return joined("Or", negated(is_present(variable)),
                  joined("And", is_present(variable), rule("IsNull", variable, true)));
  return joined("And", is_present(variable), rule(fmt::format("{}Equals", kind_of(value)), variable, value));
}

class WhenReader {
 public:
  WhenReader(std::string_view text, const PathScope& scope) : text_(text), scope_(scope) {}

  Result<Object> whole() {
    auto out = either(1);
    if (!out) return out;
    blanks();
    if (at_ != text_.size())
      return wrong(fmt::format("'{}' is not expected", text_.substr(at_)), "join comparisons with and, or");
    return out;
  }

 private:
  std::unexpected<Problem> wrong(std::string what, std::string fix) const {
    return fail(fmt::format("'{}', column {}: {}", text_, at_ + 1, what), {}, std::move(fix));
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(std::string_view sign) {
    blanks();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    blanks();
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() && rest[word.size()] != ' ' && rest[word.size()] != '(' && rest[word.size()] != '[' &&
        rest[word.size()] != '\n' && rest[word.size()] != '$')
      return false;
    at_ += word.size();
    return true;
  }

  Result<Object> either(int depth) {
    auto out = both(depth);
    while (out && take_word("or")) {
      auto other = both(depth);
      if (!other) return other;
      out = joined("Or", std::move(*out), std::move(*other));
    }
    return out;
  }
  Result<Object> both(int depth) {
    auto out = one(depth);
    while (out && take_word("and")) {
      auto other = one(depth);
      if (!other) return other;
      out = joined("And", std::move(*out), std::move(*other));
    }
    return out;
  }
  Result<Object> one(int depth) {
    if (depth > kNesting) return wrong("brackets are nested too deeply", "use fewer");
    if (take_word("not")) {
      auto inner = one(depth + 1);
      if (!inner) return inner;
      return negated(std::move(*inner));
    }
    if (take("(")) {
      auto inner = either(depth + 1);
      if (!inner) return inner;
      if (!take(")")) return wrong("a ')' is missing", "close the bracket");
      return inner;
    }
    return comparison();
  }

  Result<Object> comparison() {
    blanks();
    const auto end = text_.find('}', at_);
    if (!text_.substr(at_).starts_with("${") || end == std::string_view::npos)
      return wrong("expected a path",
                   "write ${parameters.NAME}, ${steps.NAME.result}, ... at the left of a comparison");
    const auto part = text_.substr(at_, end + 1 - at_);
    if (auto checked = check_paths(part, scope_); !checked) return std::unexpected(checked.error());
    at_ = end + 1;
    const std::string variable = states_text(part);
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!take(sign)) continue;
      auto value = this->value();
      if (!value) return std::unexpected(value.error());
      if (sign == "==") return equals(variable, *value);
      if (sign == "!=") return negated(equals(variable, *value));
      if (value->is_null() || value->is_bool())
        return wrong(fmt::format("'{}' has no order", json::print(*value)), "compare with a number or a text");
      const std::string_view order = sign == "<"    ? "LessThan"
                                     : sign == "<=" ? "LessThanEquals"
                                     : sign == ">"  ? "GreaterThan"
                                                    : "GreaterThanEquals";
      return joined("And", is_present(variable),
                    rule(fmt::format("{}{}", kind_of(*value), order), variable, std::move(*value)));
    }
    if (take_word("in")) {
      if (!take("[")) return wrong("expected a list", "write in [de, at]");
      std::optional<Object> any;
      while (true) {
        auto value = this->value();
        if (!value) return std::unexpected(value.error());
        auto same = equals(variable, *value);
        any = any ? joined("Or", std::move(*any), std::move(same)) : std::move(same);
        if (take("]")) return std::move(*any);
        if (!take(",")) return wrong("expected ',' or ']'", "write in [de, at]");
      }
    }
    return equals(variable, true);
  }

  Result<Value> value() {
    blanks();
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      const auto end = text_.find(text_[at_], at_ + 1);
      if (end == std::string_view::npos) return wrong("the closing quote is missing", "close it");
      const auto inside = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return Value(inside);
    }
    auto end = text_.find_first_of(" ,])\n", at_);
    if (end == std::string_view::npos) end = text_.size();
    const auto word = text_.substr(at_, end - at_);
    if (word.empty()) return wrong("a value is missing", "write a number, true, false, null or a text");
    if (word.starts_with("${")) return wrong("a path stands at the left only", "compare a path with a value");
    at_ = end;
    // A bare word that is no number, true, false or null is a text.
    if (auto literal = json::parse(word); literal && !literal->is_object() && !literal->is_array())
      return std::move(*literal);
    return Value(word);
  }

  std::string_view text_;
  const PathScope& scope_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Object> compile_when(std::string_view text, const PathScope& scope) { return WhenReader(text, scope).whole(); }

}  // namespace weir::pipeline
