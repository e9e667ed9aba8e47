#include "workflow/choice.hpp"

#include <fmt/format.h>

#include <array>

#include "base/time.hpp"
#include "json/text.hpp"

namespace weir::workflow {
namespace {

constexpr std::array<std::string_view, 5> kOrders{"Equals", "LessThan", "GreaterThan", "LessThanEquals",
                                                  "GreaterThanEquals"};
enum class Sort { STRING, NUMERIC, BOOLEAN, TIMESTAMP, MATCHES, IS, NONE };

Sort sort_of(std::string_view name) {
  if (name == "StringMatches") return Sort::MATCHES;
  if (name == "BooleanEquals") return Sort::BOOLEAN;
  for (const auto is : {"IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"})
    if (name == is) return Sort::IS;
  for (const auto order : kOrders) {
    if (name == "String" + std::string(order)) return Sort::STRING;
    if (name == "Numeric" + std::string(order)) return Sort::NUMERIC;
    if (name == "Timestamp" + std::string(order)) return Sort::TIMESTAMP;
  }
  return Sort::NONE;
}

std::optional<Instant> timestamp_of(const json::Value& value) {
  return value.string() ? instant_from_text(*value.string()) : std::nullopt;
}

bool fits(Sort sort, const json::Value& value) {
  switch (sort) {
    case Sort::STRING:
    case Sort::MATCHES:
      return value.is_string();
    case Sort::NUMERIC:
      return value.is_number();
    case Sort::BOOLEAN:
    case Sort::IS:
      return value.is_bool();
    case Sort::TIMESTAMP:
      return timestamp_of(value).has_value();
    case Sort::NONE:
      break;
  }
  return false;
}

template <class T>
bool ordered(std::string_view order, const T& a, const T& b) {
  if (order == "Equals") return a == b;
  if (order == "LessThan") return a < b;
  if (order == "GreaterThan") return b < a;
  if (order == "LessThanEquals") return !(b < a);
  return !(a < b);
}

bool compare(const Condition& c, const json::Value& variable, const json::Value& value) {
  const auto sort = sort_of(c.comparison);
  if (!fits(sort, variable) || !fits(sort, value)) return false;
  const std::string_view name = c.comparison;
  switch (sort) {
    case Sort::STRING:
      return ordered(name.substr(6), *variable.string(), *value.string());
    case Sort::NUMERIC:
      if (name == "NumericEquals") return variable == value;
      return ordered(name.substr(7), variable.number()->value, value.number()->value);
    case Sort::BOOLEAN:
      return variable.boolean() == value.boolean();
    case Sort::TIMESTAMP:
      return ordered(name.substr(9), *timestamp_of(variable), *timestamp_of(value));
    case Sort::MATCHES:
      return matches_wildcard(*value.string(), *variable.string());
    default:
      return false;
  }
}

bool is(std::string_view name, const json::Value& value) {
  if (name == "IsNull") return value.is_null();
  if (name == "IsNumeric") return value.is_number();
  if (name == "IsString") return value.is_string();
  if (name == "IsBoolean") return value.is_bool();
  if (name == "IsTimestamp") return timestamp_of(value).has_value();
  return true;  // IsPresent
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (!escaped && p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p + escaped] == text[t]) {
      p += 1 + escaped;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Condition compile_condition(const json::Value& value, bool top, const std::string& place,
                            std::vector<Problem>& problems) {
  Condition out;
  const auto* object = value.object();
  if (!object) {
    problems.push_back({"a choice rule must be an object", place, {}});
    return out;
  }
  int comparisons = 0;
  for (const auto& [key, member] : *object) {
    const auto here = place + "/" + key;
    if (key == "Comment" || key == "Variable") continue;
    if (key == "Next") {
      if (!top) problems.push_back({"only the outermost rule has a Next", here, {}});
      continue;
    }
    ++comparisons;
    if (key == "And" || key == "Or") {
      out.kind = key == "And" ? Condition::Kind::AND : Condition::Kind::OR;
      if (!member.array() || member.array()->empty()) {
        problems.push_back({"must be a list with at least one rule", here, {}});
        continue;
      }
      for (std::size_t i = 0; i < member.array()->size(); ++i)
        out.parts.push_back(compile_condition((*member.array())[i], false, fmt::format("{}/{}", here, i), problems));
      continue;
    }
    if (key == "Not") {
      out.kind = Condition::Kind::NOT;
      out.parts.push_back(compile_condition(member, false, here, problems));
      continue;
    }
    auto name = std::string_view(key);
    auto sort = sort_of(name);
    if (sort == Sort::NONE && name.ends_with("Path")) {
      name.remove_suffix(4);
      sort = sort_of(name);
      if (sort == Sort::IS || sort == Sort::MATCHES) sort = Sort::NONE;
      if (sort != Sort::NONE) {
        auto path =
            member.string() ? compile_expression(*member.string(), false) : Result<Expression>(fail("must be a path"));
        if (!path)
          problems.push_back(std::move(path.error()).in(here));
        else
          out.value_path = std::move(*path);
      }
    } else if (sort != Sort::NONE && !fits(sort, member)) {
      problems.push_back({fmt::format("'{}' does not compare with this value", key), here, {}});
    }
    if (sort == Sort::NONE) problems.push_back({fmt::format("unknown comparison '{}'", key), here, {}});
    out.comparison = std::string(name);
    out.value = member;
  }
  if (comparisons != 1)
    problems.push_back(
        {fmt::format("a choice rule has one comparison, And, Or or Not; this one has {}", comparisons), place, {}});
  if (out.kind != Condition::Kind::COMPARE) return out;
  const auto* variable = object->find("Variable");
  if (!variable || !variable->string()) {
    problems.push_back({"a comparison needs Variable, a path", place, {}});
  } else if (auto path = compile_expression(*variable->string(), false); !path) {
    problems.push_back(std::move(path.error()).in(place + "/Variable"));
  } else {
    out.variable = std::move(*path);
  }
  return out;
}

Outcome<bool> holds(const Condition& condition, const Scope& scope) {
  switch (condition.kind) {
    case Condition::Kind::AND:
    case Condition::Kind::OR: {
      const bool stop_at = condition.kind == Condition::Kind::OR;
      for (const auto& part : condition.parts) {
        const auto one = holds(part, scope);
        if (!one || *one == stop_at) return one;
      }
      return !stop_at;
    }
    case Condition::Kind::NOT: {
      const auto one = holds(condition.parts.front(), scope);
      return one ? Outcome<bool>(!*one) : one;
    }
    case Condition::Kind::COMPARE:
      break;
  }
  const auto variable = evaluate(condition.variable, scope);
  const auto is_present = condition.comparison == "IsPresent";
  if (is_present) return variable.has_value() == *condition.value.boolean();
  if (!variable) return std::unexpected(variable.error());
  if (sort_of(condition.comparison) == Sort::IS)
    return is(condition.comparison, *variable) == *condition.value.boolean();
  if (!condition.value_path) return compare(condition, *variable, condition.value);
  const auto value = evaluate(*condition.value_path, scope);
  if (!value) return std::unexpected(value.error());
  return compare(condition, *variable, *value);
}

}  // namespace weir::workflow
