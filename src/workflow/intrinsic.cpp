// The intrinsic functions that are served.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json/text.hpp"
#include "workflow/expression.hpp"

namespace weir::workflow::intrinsic {
namespace {

using json::Array;
using json::Value;
using Arguments = std::vector<Value>;

std::unexpected<Fault> wrong(std::string cause) {
  return std::unexpected(Fault{"States.IntrinsicFailure", std::move(cause)});
}

Outcome<Value> format(const Arguments& in) {
  const auto* pattern = in[0].string();
  if (!pattern) return wrong("States.Format: the first argument must be a text");
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < pattern->size(); ++i) {
    const char c = (*pattern)[i];
    if (c == '\\' && i + 1 < pattern->size()) {
      out += (*pattern)[++i];
    } else if (c == '{' && i + 1 < pattern->size() && (*pattern)[i + 1] == '}') {
      if (next >= in.size()) return wrong("States.Format: more {} than arguments");
      const auto& value = in[next++];
      out += value.string() ? *value.string() : json::print(value);
      ++i;
    } else {
      out += c;
    }
  }
  if (next != in.size()) return wrong("States.Format: more arguments than {}");
  return Value(std::move(out));
}

Outcome<Value> string_to_json(const Arguments& in) {
  if (!in[0].string()) return wrong("States.StringToJson: the argument must be a text");
  auto value = json::parse(*in[0].string());
  if (!value) return wrong("States.StringToJson: " + value.error().text());
  return std::move(*value);
}

Outcome<Value> json_to_string(const Arguments& in) { return Value(json::print(in[0])); }
Outcome<Value> array(const Arguments& in) { return Value(Array(in)); }

Outcome<Value> array_length(const Arguments& in) {
  if (!in[0].array()) return wrong("States.ArrayLength: the argument must be an array");
  return Value(static_cast<std::int64_t>(in[0].array()->size()));
}

Outcome<Value> array_contains(const Arguments& in) {
  if (!in[0].array()) return wrong("States.ArrayContains: the first argument must be an array");
  return Value(std::ranges::find(*in[0].array(), in[1]) != in[0].array()->end());
}

Outcome<Value> array_get_item(const Arguments& in) {
  const auto index = in[1].number() ? in[1].number()->as_int() : std::nullopt;
  if (!in[0].array() || !index) return wrong("States.ArrayGetItem: takes an array and a whole number");
  if (*index < 0 || *index >= static_cast<std::int64_t>(in[0].array()->size()))
    return wrong(fmt::format("States.ArrayGetItem: index {} is outside of the array", *index));
  return (*in[0].array())[static_cast<std::size_t>(*index)];
}

Outcome<Value> array_unique(const Arguments& in) {
  if (!in[0].array()) return wrong("States.ArrayUnique: the argument must be an array");
  Array out;
  for (const auto& value : *in[0].array())
    if (std::ranges::find(out, value) == out.end()) out.push_back(value);
  return Value(std::move(out));
}

Outcome<Value> math_add(const Arguments& in) {
  const auto a = in[0].number() ? in[0].number()->as_int() : std::nullopt;
  const auto b = in[1].number() ? in[1].number()->as_int() : std::nullopt;
  std::int64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return wrong("States.MathAdd: takes two whole numbers");
  return Value(sum);
}

Outcome<Value> string_split(const Arguments& in) {
  if (!in[0].string() || !in[1].string()) return wrong("States.StringSplit: takes two texts");
  Array out;
  std::string part;
  for (const char c : *in[0].string()) {
    if (in[1].string()->find(c) == std::string::npos) {
      part += c;
    } else if (!part.empty()) {
      out.emplace_back(std::exchange(part, {}));
    }
  }
  if (!part.empty()) out.emplace_back(std::move(part));
  return Value(std::move(out));
}

Outcome<Value> json_merge(const Arguments& in) {
  if (!in[0].object() || !in[1].object() || in[2].boolean() != false)
    return wrong("States.JsonMerge: takes two objects and false (deep merging is not served)");
  Value out = in[0];
  for (const auto& [key, value] : *in[1].object()) (*out.object())[key] = value;
  return out;
}

struct Function {
  Arity arity;
  Outcome<Value> (*call)(const Arguments&);
};
const std::map<std::string, Function, std::less<>>& functions() {
  static const std::map<std::string, Function, std::less<>> all{
      {"States.Format", {{1, 64}, format}},
      {"States.StringToJson", {{1, 1}, string_to_json}},
      {"States.JsonToString", {{1, 1}, json_to_string}},
      {"States.Array", {{0, 1000}, array}},
      {"States.ArrayLength", {{1, 1}, array_length}},
      {"States.ArrayContains", {{2, 2}, array_contains}},
      {"States.ArrayGetItem", {{2, 2}, array_get_item}},
      {"States.ArrayUnique", {{1, 1}, array_unique}},
      {"States.MathAdd", {{2, 2}, math_add}},
      {"States.StringSplit", {{2, 2}, string_split}},
      {"States.JsonMerge", {{3, 3}, json_merge}},
  };
  return all;
}

}  // namespace

std::optional<Arity> arity(std::string_view function) {
  const auto found = functions().find(function);
  return found == functions().end() ? std::nullopt : std::optional(found->second.arity);
}

Outcome<Value> call(const std::string& function, const Arguments& arguments) {
  return functions().at(function).call(arguments);
}

}  // namespace weir::workflow::intrinsic
