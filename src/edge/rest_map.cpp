#include "edge/rest_map.hpp"

#include <fmt/format.h>

#include "json/described.hpp"
#include "json/nearest.hpp"
#include "json/text.hpp"

namespace weir::edge {
namespace {

const Type& bare(const Type& type) { return type.kind == Kind::Optional ? bare(*type.element()) : type; }

bool is_number(std::string_view text) {
  const auto value = json::parse(text);
  return value && value->is_number();
}

// What the text in a path or query means for a field of this type. Left as a string where it means nothing, so that
// reading it says what was expected.
json::Value value_of(const Type& type, const std::string& text) {
  switch (bare(type).kind) {
    case Kind::Bool:
      if (text == "true" || text == "1" || text.empty()) return true;
      if (text == "false" || text == "0") return false;
      return text;
    case Kind::Int:
    case Kind::Double:
      return is_number(text) ? json::Value(json::Number::parsed(text)) : json::Value(text);
    case Kind::Millis:
      if (const auto span = duration_from_text(text)) return std::int64_t{span->count()};
      return is_number(text) ? json::Value(json::Number::parsed(text)) : json::Value(text);
    case Kind::Json:
    case Kind::Map:
    case Kind::Struct: {
      auto value = json::parse(text);
      return value ? std::move(*value) : json::Value(text);
    }
    default:
      return text;
  }
}

std::string text_of(const json::Value& value) { return value.string() ? *value.string() : json::print(value); }

Problem unknown_key(const Type& type, const std::string& key) {
  std::vector<std::string_view> names;
  for (const auto& field : type.fields) names.push_back(field.name);
  const auto near = json::nearest(key, names);
  std::string fix = names.empty() ? "this takes none" : fmt::format("there are {}", fmt::join(names, ", "));
  if (!near.empty()) fix = fmt::format("did you mean '{}'?", near);
  return {fmt::format("unknown query parameter '{}'", key), "query", std::move(fix)};
}

void read_query(const Type& type, const Query& query, std::string_view without, json::Object& out,
                std::vector<Problem>& problems) {
  for (const auto& [key, text] : query) {
    const auto* field = key == without ? nullptr : type.field(key);
    if (!field) {
      problems.push_back(unknown_key(type, key));
      continue;
    }
    const auto& field_type = bare(*field->type());
    auto* present = out.find(key);
    if (field_type.kind == Kind::List) {
      if (!present) present = &(out[key] = json::Array{});
      present->array()->push_back(value_of(*field_type.element(), text));
    } else if (present) {
      problems.push_back({fmt::format("'{}' is given twice", key), "query", "give it once"});
    } else {
      out[key] = value_of(field_type, text);
    }
  }
}

}  // namespace

std::vector<PathPart> path_parts(std::string_view path_template) {
  std::vector<PathPart> out;
  path_template.remove_prefix(1);
  for (;;) {
    const auto end = path_template.find('/');
    auto part = path_template.substr(0, end);
    const bool is_field = part.starts_with('{');
    if (is_field) part = part.substr(1, part.size() - 2);
    out.push_back({part, is_field});
    if (end == std::string_view::npos) return out;
    path_template.remove_prefix(end + 1);
  }
}

bool fields_in_query(const api::OperationInfo& operation) {
  return operation.method == "GET" || operation.method == "DELETE";
}

api::Reply<api::Message> read_request(const api::OperationInfo& operation,
                                      const std::map<std::string_view, std::string>& path, const Query& query,
                                      std::string_view body) {
  const auto& type = operation.request();
  std::vector<Problem> problems;
  json::Object fields;
  if (fields_in_query(operation)) {
    if (!body.empty())
      problems.push_back({fmt::format("{} takes no body", operation.method), "body", "use the query string"});
    read_query(type, query, {}, fields, problems);
  } else {
    if (!operation.body.empty())
      read_query(type, query, operation.body, fields, problems);
    else
      for (const auto& [key, text] : query)
        problems.push_back({fmt::format("unknown query parameter '{}'", key), "query",
                            fmt::format("{} takes its fields in the JSON body", operation.method)});
    if (!body.empty()) {
      auto document = json::parse(body);
      if (!document) return api::refuse({{document.error().text(), "body", "send one JSON object"}});
      if (!document->is_object())
        return api::refuse({{fmt::format("expected an object, got {}", document->type_name()), "body",
                             "send one JSON object with the request's fields"}});
      if (operation.body.empty())
        fields = std::move(*document->object());
      else
        fields[operation.body] = std::move(*document);
    }
  }
  for (const auto& [key, text] : path) {
    if (fields.contains(key))
      problems.push_back({fmt::format("'{}' is given in the path", key), std::string(key), "give it only there"});
    const auto* field = type.field(key);
    fields[key] = field ? value_of(*field->type(), text) : json::Value(text);
  }
  std::string_view rest = operation.required;
  while (!rest.empty()) {
    const auto name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const auto* given = fields.find(name);
    if (!name.empty() && (!given || given->is_null()))
      problems.push_back({fmt::format("'{}' is missing", name), std::string(name), "it is required"});
  }
  auto request = type.make();
  if (auto read = json::read_described(type, request.get(), json::Value(std::move(fields))); !read)
    problems.push_back(std::move(read.error()));
  if (!problems.empty()) return api::refuse(std::move(problems));
  return api::Message{&type, std::move(request)};
}

api::Reply<HttpCall> write_request(const api::OperationInfo& operation, const void* request) {
  HttpCall out;
  out.method = operation.method;
  auto document = json::parse(json::print_described(operation.request(), request));
  if (!document || !document->is_object())
    return api::refuse(api::ErrorCode::InvalidInput,
                       fmt::format("the request of {} is no valid JSON: {}", operation.name,
                                   document ? "no object" : document.error().text()));
  auto& fields = *document->object();
  for (const auto& part : path_parts(operation.path)) {
    out.target += '/';
    if (!part.is_field) {
      out.target += part.text;
      continue;
    }
    const auto* value = fields.find(part.text);
    const auto text = value ? text_of(*value) : std::string();
    if (text.empty())
      return api::refuse(api::ErrorCode::InvalidInput, fmt::format("{}: '{}' is empty", operation.name, part.text));
    out.target += percent_encode(text);
    fields.erase(part.text);
  }
  if (!fields_in_query(operation)) {
    const auto* whole = operation.body.empty() ? nullptr : fields.find(operation.body);
    out.body = json::print(whole ? *whole : *document);
    if (operation.body.empty()) return out;
    fields.erase(operation.body);
  }
  char separator = '?';
  const auto add = [&](std::string_view key, const json::Value& value) {
    out.target += std::exchange(separator, '&');
    out.target += percent_encode(key) + "=" + percent_encode(text_of(value));
  };
  for (const auto& [key, value] : fields) {
    if (!operation.body.empty() && value.string() && value.string()->empty()) continue;  // as if it were not given
    if (!value.is_array()) {
      add(key, value);
      continue;
    }
    for (const auto& element : *value.array()) add(key, element);
  }
  return out;
}

}  // namespace weir::edge
