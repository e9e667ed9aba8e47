#include "store/table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::store {
namespace {

constexpr char kSerialisation = '1';

const Enumerator* enumerator_of(const Type& type, std::string_view name) {
  for (const auto& e : type.enumerators)
    if (e.name == name) return &e;
  return nullptr;
}

bool set_int(const Type& type, void* field, std::int64_t value) {
  if (type.kind == Kind::Bool && value != 0 && value != 1) return false;
  if (type.fits_int && !type.fits_int(value)) return false;
  type.set_int(field, value);
  return true;
}

bool read_nested(const Type& type, void* field, const std::string& text) {
  if (text.empty() || text[0] != kSerialisation) return false;
  const auto value = json::parse(std::string_view(text).substr(1));
  if (!value) return false;
  // A field that a later version dropped must not make an old row unreadable.
  json::ReadOptions options;
  options.refuse_unknown = false;
  return json::read_described(type, field, *value, options).has_value();
}

}  // namespace

Column to_column(const Type& type, const void* field) {
  switch (type.kind) {
    case Kind::Bool:
    case Kind::Int:
    case Kind::Instant:
    case Kind::Millis:
      return type.get_int(field);
    case Kind::Enum: {
      const auto number = type.get_int(field);
      const auto name = type.enumerator_name(number);
      if (name.empty()) return number;
      return std::string(name);
    }
    case Kind::Double: {
      const double value = type.get_double(field);
      if (std::isnan(value)) return std::monostate{};  // SQL has no NaN
      return value;
    }
    case Kind::Text:
      return type.get_text(field);
    case Kind::Json:
      if (type.get_text(field).empty()) return std::monostate{};
      return type.get_text(field);
    case Kind::Optional:
      if (!type.has(field)) return std::monostate{};
      return to_column(*type.element(), type.value(field));
    case Kind::List:
    case Kind::Map:
    case Kind::Struct:
      return kSerialisation + json::print_described(type, field);
  }
  return std::monostate{};
}

bool from_column(const Type& type, void* field, const Column& value) {
  const bool null = std::holds_alternative<std::monostate>(value);
  const auto* number = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  switch (type.kind) {
    case Kind::Bool:
    case Kind::Int:
    case Kind::Instant:
    case Kind::Millis:
      return number && set_int(type, field, *number);
    case Kind::Enum:
      if (number) return type.set_int(field, *number), true;
      if (!text) return false;
      if (const auto* e = enumerator_of(type, *text)) return type.set_int(field, e->value), true;
      return false;
    case Kind::Double:
      if (null) return type.set_double(field, std::nan("")), true;
      if (number) return type.set_double(field, static_cast<double>(*number)), true;
      if (!std::holds_alternative<double>(value)) return false;
      return type.set_double(field, std::get<double>(value)), true;
    case Kind::Text:
      if (!text) return false;
      return type.set_text(field, *text), true;
    case Kind::Json:
      if (null) return type.set_text(field, {}), true;
      if (!text) return false;
      return type.set_text(field, *text), true;
    case Kind::Optional:
      if (null) return type.clear(field), true;
      return from_column(*type.element(), type.emplace(field), value);
    case Kind::List:
    case Kind::Map:
    case Kind::Struct:
      return text && read_nested(type, field, *text);
  }
  return false;
}

Key key_of(const TableInfo& table, const void* row) {
  Key key;
  key.reserve(static_cast<std::size_t>(table.key_fields));
  const auto fields = table.row().fields;
  for (int i = 0; i < table.key_fields; ++i) {
    const auto& field = fields[static_cast<std::size_t>(i)];
    key.push_back(to_column(*field.type(), field.get(row)));
  }
  return key;
}

std::string text_of(const Key& key) {
  std::string out = "(";
  for (const auto& column : key) {
    if (out.size() > 1) out += ", ";
    if (const auto* number = std::get_if<std::int64_t>(&column)) {
      out += fmt::format("{}", *number);
    } else if (const auto* real = std::get_if<double>(&column)) {
      out += fmt::format("{}", *real);
    } else if (const auto* text = std::get_if<std::string>(&column)) {
      out += '\'' + *text + '\'';
    } else {
      out += "null";
    }
  }
  return out + ')';
}

}  // namespace weir::store
