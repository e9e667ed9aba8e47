#include "edge/openapi.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "edge/rest_map.hpp"
#include "json/text.hpp"

namespace weir::edge {
namespace {

using json::Array;
using json::Object;
using json::Value;
using Members = std::initializer_list<std::pair<std::string_view, Value>>;

Object object(Members members) {
  Object out;
  for (const auto& [key, value] : members) out[key] = value;
  return out;
}

std::set<std::string_view> words(std::string_view text) {
  std::set<std::string_view> out;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (!word.empty()) out.insert(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out;
}

class Document {
 public:
  std::string text(const std::vector<api::OperationInfo>& operations) {
    Object paths;
    for (const auto& operation : operations) {
      if (operation.method.empty()) continue;
      auto& path = paths[operation.path];
      if (!path.is_object()) path = Object{};
      std::string method(operation.method);
      for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
      (*path.object())[method] = described(operation);
    }
    Object schemas;
    for (auto& [name, schema] : schemas_) schemas[name] = std::move(schema);
    schemas["Error"] = error_schema();
    const Value document = object({
        {"openapi", "3.1.0"},
        {"info", object({{"title", "Weir"}, {"version", WEIR_VERSION}})},
        {"paths", std::move(paths)},
        {"components", object({{"schemas", std::move(schemas)}})},
    });
    return json::print_pretty(document) + "\n";
  }

 private:
  static Value reference(std::string_view name) {
    return object({{"$ref", fmt::format("#/components/schemas/{}", name)}});
  }

  static Value content(Value schema) { return object({{"application/json", object({{"schema", std::move(schema)}})}}); }

  static Value error_schema() {
    const Value text = object({{"type", "string"}});
    const Value problem =
        object({{"type", "object"}, {"properties", object({{"where", text}, {"what", text}, {"fix", text}})}});
    Array codes;
    for (const auto& e : type_of<api::ErrorCode>().enumerators) codes.emplace_back(e.name);
    const Value error =
        object({{"type", "object"},
                {"properties", object({{"code", object({{"type", "string"}, {"enum", std::move(codes)}})},
                                       {"message", text},
                                       {"problems", object({{"type", "array"}, {"items", problem}})}})}});
    return object({{"type", "object"}, {"properties", object({{"error", error}})}});
  }

  Value schema(const Type& type) {
    switch (type.kind) {
      case Kind::Bool:
        return object({{"type", "boolean"}});
      case Kind::Int:
        return object({{"type", "integer"}});
      case Kind::Double:
        return object({{"type", "number"}});
      case Kind::Text:
        return object({{"type", "string"}});
      case Kind::Json:
        return object({{"description", "any JSON"}});
      case Kind::Instant:
        return object({{"type", "string"}, {"format", "date-time"}});
      case Kind::Millis:
        return object({{"type", "integer"}, {"description", "milliseconds"}});
      case Kind::Enum: {
        Array names;
        for (const auto& e : type.enumerators) names.emplace_back(e.name);
        return object({{"type", "string"}, {"enum", std::move(names)}});
      }
      case Kind::Optional:
        return schema(*type.element());
      case Kind::List:
        return object({{"type", "array"}, {"items", schema(*type.element())}});
      case Kind::Map:
        return object({{"type", "object"}, {"additionalProperties", schema(*type.element())}});
      case Kind::Struct:
        if (schemas_.emplace(std::string(type.name), Value()).second)
          schemas_[std::string(type.name)] = fields_schema(type, {}, {});
        return reference(type.name);
    }
    return {};
  }

  Value fields_schema(const Type& type, const std::set<std::string_view>& without,
                      const std::set<std::string_view>& required) {
    Object properties;
    Array must;
    for (const auto& field : type.fields) {
      if (without.contains(field.name)) continue;
      properties[field.name] = schema(*field.type());
      if (required.contains(field.name)) must.emplace_back(field.name);
    }
    auto out = object({{"type", "object"}, {"properties", std::move(properties)}});
    if (!must.empty()) out["required"] = std::move(must);
    return out;
  }

  Value described(const api::OperationInfo& operation) {
    const auto& request = operation.request();
    const auto required = words(operation.required);
    std::set<std::string_view> in_path;
    for (const auto& part : path_parts(operation.path))
      if (part.is_field) in_path.insert(part.text);
    Array parameters;
    for (const auto& field : request.fields) {
      const bool path = in_path.contains(field.name);
      const bool in_query = fields_in_query(operation) || (!operation.body.empty() && operation.body != field.name);
      if (!path && !in_query) continue;
      parameters.emplace_back(object({{"name", field.name},
                                      {"in", path ? "path" : "query"},
                                      {"required", path || required.contains(field.name)},
                                      {"schema", schema(*field.type())}}));
    }
    Object out = object(
        {{"operationId", operation.name}, {"summary", operation.summary}, {"tags", Array{Value(operation.service)}}});
    if (!parameters.empty()) out["parameters"] = std::move(parameters);
    if (!operation.body.empty())
      out["requestBody"] = object({{"content", content(object({{"type", "object"}}))}});
    else if (!fields_in_query(operation) && in_path.size() < request.fields.size())
      out["requestBody"] = object({{"content", content(fields_schema(request, in_path, required))}});
    out["responses"] =
        object({{"200", object({{"description", "done"}, {"content", content(schema(operation.reply()))}})},
                {"default", object({{"description", "refused"}, {"content", content(reference("Error"))}})}});
    return out;
  }

  std::map<std::string, Value> schemas_;
};

}  // namespace

std::string openapi_document(const std::vector<api::OperationInfo>& operations) { return Document().text(operations); }

}  // namespace weir::edge
