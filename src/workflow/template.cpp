#include "workflow/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weir::workflow {

Template compile_template(const json::Value& value, const std::string& place, std::vector<Problem>& problems) {
  Template out;
  if (const auto* object = value.object()) {
    out.kind = Template::Kind::OBJECT;
    std::set<std::string> keys;
    bool dynamic = false;
    for (const auto& [key, member] : *object) {
      const auto here = place + "/" + key;
      const bool expression = key.ends_with(".$");
      const auto name = expression ? key.substr(0, key.size() - 2) : key;
      if (!keys.insert(name).second) problems.push_back({fmt::format("the key '{}' appears twice", name), here, {}});
      if (!expression) {
        auto part = compile_template(member, here, problems);
        dynamic |= part.kind != Template::Kind::LITERAL;
        out.members.emplace_back(name, std::move(part));
        continue;
      }
      dynamic = true;
      Template part;
      part.kind = Template::Kind::EXPRESSION;
      if (!member.string()) {
        problems.push_back(
            {"the value of a key that ends in '.$' must be a text with a path or an intrinsic function", here, {}});
      } else if (auto compiled = compile_expression(*member.string(), true)) {
        part.expression = std::move(*compiled);
      } else {
        problems.push_back(std::move(compiled.error()).in(here));
      }
      out.members.emplace_back(name, std::move(part));
    }
    if (dynamic) return out;
  } else if (const auto* array = value.array()) {
    out.kind = Template::Kind::ARRAY;
    bool dynamic = false;
    for (std::size_t i = 0; i < array->size(); ++i) {
      out.elements.push_back(compile_template((*array)[i], fmt::format("{}/{}", place, i), problems));
      dynamic |= out.elements.back().kind != Template::Kind::LITERAL;
    }
    if (dynamic) return out;
  }
  out = {};
  out.literal = value;
  return out;
}

Outcome<json::Value> fill(const Template& what, const Scope& scope) {
  switch (what.kind) {
    case Template::Kind::LITERAL:
      return what.literal;
    case Template::Kind::EXPRESSION:
      return evaluate(what.expression, scope);
    case Template::Kind::OBJECT: {
      std::vector<json::Object::Member> members;
      for (const auto& [key, part] : what.members) {
        auto value =
            part.kind == Template::Kind::EXPRESSION ? evaluate(part.expression, scope, key + ".$") : fill(part, scope);
        if (!value) return value;
        members.emplace_back(key, std::move(*value));
      }
      return json::Value(json::Object::of(std::move(members)));
    }
    case Template::Kind::ARRAY: {
      json::Array out;
      for (const auto& part : what.elements) {
        auto value = fill(part, scope);
        if (!value) return value;
        out.push_back(std::move(*value));
      }
      return json::Value(std::move(out));
    }
  }
  return json::Value();
}

}  // namespace weir::workflow
