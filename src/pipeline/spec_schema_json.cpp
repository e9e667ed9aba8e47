#include <fmt/format.h>

#include <map>

#include "json/text.hpp"
#include "pipeline/spec_schema.hpp"

// Two differences between an editor's YAML and ours shape the schema: an editor guesses types (an account of digits
// is a number to it), so texts may be any scalar; and our words are compared without case, so each list of words has
// a pattern beside it.

namespace weir::pipeline {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value scalar_types() { return Array{"string", "number", "boolean"}; }

Object pattern(std::string text) {
  Object out;
  out["type"] = "string";
  out["pattern"] = std::move(text);
  return out;
}

std::string without_case(std::string_view word) {
  std::string out;
  for (const char c : word) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out +=
        letter ? fmt::format("[{}{}]", static_cast<char>(c | 0x20), static_cast<char>(c & ~0x20)) : std::string(1, c);
  }
  return out;
}

Object words(const KeySpec& key) {
  Array list;
  std::string any_case;
  for (const auto& w : key.words) {
    if (!w.later.empty()) continue;
    list.emplace_back(w.word);
    any_case += (any_case.empty() ? "" : "|") + without_case(w.word);
    if (w.word == "true") list.emplace_back(true);
    if (w.word == "false") list.emplace_back(false);
  }
  Object exact;
  exact["enum"] = std::move(list);
  Object out;
  out["anyOf"] = Array{std::move(exact), pattern("^(" + any_case + ")$")};
  return out;
}

Object reference(const ObjectSpec& object) {
  Object out;
  out["$ref"] = fmt::format("#/$defs/{}", object.name);
  return out;
}

Object map_of(Value values) {
  Object out;
  out["type"] = "object";
  out["additionalProperties"] = std::move(values);
  return out;
}

// The schema of one value, lists aside.
Object one(const KeySpec& key, bool nested) {
  Object out;
  switch (key.kind) {
    case ValueKind::Text:
      out["type"] = scalar_types();
      return out;
    case ValueKind::Name:
      out["type"] = scalar_types();
      out["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$";
      return out;
    case ValueKind::Word:
      return words(key);
    case ValueKind::Int:
    case ValueKind::Number:
      out["type"] = key.kind == ValueKind::Int ? "integer" : "number";
      out["minimum"] = key.min;
      out["maximum"] = key.max;
      return out;
    case ValueKind::Duration:
      return pattern("^[0-9]+(s|m|h|d)$");
    case ValueKind::Date:
      return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
    case ValueKind::Zone:
      return pattern("^[A-Za-z0-9_+/-]+$");
    case ValueKind::Cron:
      return pattern("^(\\S+( +\\S+){4}|cron\\(\\s*\\S+( +\\S+){5}\\s*\\))$");
    case ValueKind::Size:
      return pattern("^[1-9][0-9]* *(GiB|MiB)$");
    case ValueKind::Rate:
      return pattern("^([0-9]+(s|m|h|d)|rate\\([0-9]+ (minute|hour|day)s?\\))$");
    case ValueKind::Time:
      return pattern("^(at\\()?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?\\)?$");
    case ValueKind::TextMap: {
      Object text;
      text["type"] = scalar_types();
      Object texts = map_of(std::move(text));
      return nested ? map_of(std::move(texts)) : texts;
    }
    case ValueKind::Object:
      return reference(*key.object());
    case ValueKind::ObjectMap:
      return map_of(reference(*key.object()));
  }
  return out;
}

Object key_schema(const KeySpec& key, bool project) {
  Object value = one(key, project);
  if (key.list) {
    Object list;
    list["type"] = "array";
    list["items"] = value;
    Object either;
    either["anyOf"] = Array{std::move(list), std::move(value)};
    value = std::move(either);
  }
  value["description"] =
      key.default_text.empty() ? std::string(key.doc) : fmt::format("{} Default: {}.", key.doc, key.default_text);
  return value;
}

void describe(const ObjectSpec& object, Object& out, std::map<std::string, Object>& definitions, bool project) {
  out["description"] = object.doc;
  out["type"] = "object";
  out["additionalProperties"] = false;
  Object properties;
  Array required;
  for (const auto& key : object.keys) {
    if (!key.later.empty()) continue;
    properties[key.key] = key_schema(key, project);
    if (key.required && key.unless.empty()) required.emplace_back(key.key);
    if (key.required && !key.unless.empty()) {
      Object with, without;
      with["required"] = Array{json::Value(key.key)};
      without["required"] = Array{json::Value(key.unless)};
      out["anyOf"] = Array{std::move(with), std::move(without)};
    }
    if (!key.object) continue;
    const std::string name(key.object()->name);
    if (definitions.contains(name)) continue;
    definitions[name];
    Object inner;
    describe(*key.object(), inner, definitions, project);
    definitions[name] = std::move(inner);
  }
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
}

}  // namespace

std::string schema_json(const ObjectSpec& root) {
  std::map<std::string, Object> definitions;
  Object out;
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["title"] = &root == &project_schema() ? "weir.yaml" : "pipeline.yaml";
  describe(root, out, definitions, &root == &project_schema());
  Object named;
  for (auto& [name, definition] : definitions) named[name] = std::move(definition);
  if (!named.empty()) out["$defs"] = std::move(named);
  return json::print_pretty(out);
}

}  // namespace weir::pipeline
