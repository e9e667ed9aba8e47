#include "json/described.hpp"

#include <fmt/format.h>

#include <cmath>

#include "json/nearest.hpp"
#include "json/print.hpp"
#include "json/text.hpp"

namespace weir::json {
namespace {

void append_int(std::string& out, std::int64_t v) { fmt::format_to(std::back_inserter(out), "{}", v); }

// A field without a value: an optional that is empty, a JSON text that is absent.
bool absent(const Type& type, const void* object) {
  if (type.kind == Kind::Json) return type.get_text(object).empty();
  if (type.kind != Kind::Optional) return false;
  return !type.has(object) || absent(*type.element(), type.value(object));
}

void append(std::string& out, const Type& type, const void* object);

void append_struct(std::string& out, const Type& type, const void* object) {
  out += '{';
  bool first = true;
  for (const auto& field : type.fields) {
    const auto& field_type = *field.type();
    const void* value = field.get(object);
    if (absent(field_type, value)) continue;
    if (!first) out += ',';
    first = false;
    append_quoted(out, field.name);
    out += ':';
    append(out, field_type, value);
  }
  out += '}';
}

void append_list(std::string& out, const Type& type, const void* object) {
  out += '[';
  const auto count = type.count(object);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += ',';
    append(out, *type.element(), type.at(object, i));
  }
  out += ']';
}

void append_map(std::string& out, const Type& type, const void* object) {
  struct Context {
    std::string& out;
    const Type& element;
    bool first = true;
  } context{out, *type.element()};
  out += '{';
  type.each(object, &context, [](void* p, const std::string& key, const void* value) {
    auto& c = *static_cast<Context*>(p);
    if (!c.first) c.out += ',';
    c.first = false;
    append_quoted(c.out, key);
    c.out += ':';
    append(c.out, c.element, value);
  });
  out += '}';
}

void append(std::string& out, const Type& type, const void* object) {
  if (absent(type, object)) {
    out += "null";
    return;
  }
  switch (type.kind) {
    case Kind::Bool:
      out += type.get_int(object) != 0 ? "true" : "false";
      break;
    case Kind::Int:
    case Kind::Millis:
      append_int(out, type.get_int(object));
      break;
    case Kind::Double: {
      const double v = type.get_double(object);
      out += std::isfinite(v) ? Number::of(v).text : "null";
      break;
    }
    case Kind::Text:
      append_quoted(out, type.get_text(object));
      break;
    case Kind::Json:
      out += type.get_text(object);
      break;
    case Kind::Instant:
      append_quoted(out, to_text(instant_of_ms(type.get_int(object))));
      break;
    case Kind::Enum:
      append_quoted(out, type.enumerator_name(type.get_int(object)));
      break;
    case Kind::Optional:
      append(out, *type.element(), type.value(object));
      break;
    case Kind::List:
      append_list(out, type, object);
      break;
    case Kind::Map:
      append_map(out, type, object);
      break;
    case Kind::Struct:
      append_struct(out, type, object);
      break;
  }
}

// Where the reader is, as a list on the stack that is spelt out only for an error.
struct Place {
  const Place* outer = nullptr;
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;

  std::string text() const {
    if (!outer) return {};
    auto out = outer->text();
    if (is_index) return fmt::format("{}[{}]", out, index);
    const bool word = !key.empty() && key.find_first_of(".[]\" ") == std::string_view::npos;
    if (!word) return fmt::format("{}[{}]", out, quote(key));
    return out.empty() ? std::string(key) : fmt::format("{}.{}", out, key);
  }
};

class Reader {
 public:
  explicit Reader(ReadOptions options) : options_(options) {}

  Result<void> read(const Type& type, void* object, const Value& value, const Place& place) {
    switch (type.kind) {
      case Kind::Bool:
        if (!value.is_bool()) return expected("true or false", value, place);
        type.set_int(object, *value.boolean() ? 1 : 0);
        return {};
      case Kind::Int:
        return read_int(type, object, value, place);
      case Kind::Millis:
        return read_int(type, object, value, place);
      case Kind::Double:
        if (!value.is_number()) return expected("a number", value, place);
        if (!std::isfinite(value.number()->value))
          return fail(fmt::format("the number {} is too large", value.number()->text), place.text(),
                      "use a smaller one");
        type.set_double(object, value.number()->value);
        return {};
      case Kind::Text:
        if (!value.is_string()) return expected("a string", value, place);
        type.set_text(object, *value.string());
        return {};
      case Kind::Json:
        type.set_text(object, print(value));
        return {};
      case Kind::Instant:
        return read_instant(type, object, value, place);
      case Kind::Enum:
        return read_enum(type, object, value, place);
      case Kind::Optional:
        type.clear(object);
        if (value.is_null()) return {};
        return read(*type.element(), type.emplace(object), value, place);
      case Kind::List:
        return read_list(type, object, value, place);
      case Kind::Map:
        return read_map(type, object, value, place);
      case Kind::Struct:
        return read_struct(type, object, value, place);
    }
    return {};
  }

 private:
  static std::string a_value(const Value& value) {
    if (value.is_null()) return "null";
    const bool vowel = value.is_array() || value.is_object();
    return fmt::format("{} {}", vowel ? "an" : "a", value.type_name());
  }

  static std::unexpected<Problem> expected(std::string_view wanted, const Value& value, const Place& place) {
    return fail(fmt::format("expected {}, got {}", wanted, a_value(value)), place.text());
  }

  static Result<void> read_int(const Type& type, void* object, const Value& value, const Place& place) {
    const bool millis = type.kind == Kind::Millis;
    if (!value.is_number()) return expected(millis ? "a number of milliseconds" : "a number", value, place);
    const auto v = value.number()->as_int();
    if (!v || (type.fits_int && !type.fits_int(*v))) {
      const double d = value.number()->value;
      if (std::isfinite(d) && d != std::floor(d))
        return fail(fmt::format("expected a whole number, got {}", value.number()->text), place.text());
      return fail(fmt::format("the number {} does not fit", value.number()->text), place.text(), "use one nearer to 0");
    }
    type.set_int(object, *v);
    return {};
  }

  static Result<void> read_instant(const Type& type, void* object, const Value& value, const Place& place) {
    if (!value.is_string()) return expected("a time as text", value, place);
    const auto t = instant_from_text(*value.string());
    if (!t)
      return fail(fmt::format("{} is no time", quote(*value.string())), place.text(),
                  "write it as 2026-11-21T03:50:07Z");
    type.set_int(object, ms_of(*t));
    return {};
  }

  static Result<void> read_enum(const Type& type, void* object, const Value& value, const Place& place) {
    std::vector<std::string_view> names;
    for (const auto& e : type.enumerators) names.push_back(e.name);
    if (!value.is_string()) return expected(fmt::format("one of {}", fmt::join(names, ", ")), value, place);
    for (const auto& e : type.enumerators)
      if (e.name == *value.string()) {
        type.set_int(object, e.value);
        return {};
      }
    const auto near = nearest(*value.string(), names);
    return fail(fmt::format("expected one of {}, got {}", fmt::join(names, ", "), quote(*value.string())), place.text(),
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }

  Result<void> read_list(const Type& type, void* object, const Value& value, const Place& place) {
    if (!value.is_array()) return expected("an array", value, place);
    type.clear(object);
    std::size_t i = 0;
    for (const auto& element : *value.array()) {
      const Place here{&place, {}, i++, true};
      if (auto r = read(*type.element(), type.append(object), element, here); !r) return r;
    }
    return {};
  }

  Result<void> read_map(const Type& type, void* object, const Value& value, const Place& place) {
    if (!value.is_object()) return expected("an object", value, place);
    type.clear(object);
    for (const auto& [key, element] : *value.object()) {
      const Place here{&place, key};
      if (auto r = read(*type.element(), type.insert(object, key), element, here); !r) return r;
    }
    return {};
  }

  Result<void> read_struct(const Type& type, void* object, const Value& value, const Place& place) {
    if (!value.is_object()) return expected("an object", value, place);
    for (const auto& [key, element] : *value.object()) {
      const auto* field = type.field(key);
      if (!field) {
        if (options_.refuse_unknown) return unknown(type, key, place);
        continue;
      }
      const Place here{&place, key};
      if (auto r = read(*field->type(), field->edit(object), element, here); !r) return r;
    }
    return {};
  }

  static std::unexpected<Problem> unknown(const Type& type, const std::string& key, const Place& place) {
    std::vector<std::string_view> names;
    for (const auto& f : type.fields) names.push_back(f.name);
    const auto near = nearest(key, names);
    std::string fix = "this takes no keys";
    if (!near.empty())
      fix = fmt::format("did you mean '{}'?", near);
    else if (!names.empty())
      fix = fmt::format("the keys are {}", fmt::join(names, ", "));
    return fail(fmt::format("unknown key '{}'", key), place.text(), std::move(fix));
  }

  ReadOptions options_;
};

}  // namespace

std::string print_described(const Type& type, const void* object) {
  std::string out;
  append(out, type, object);
  return out;
}

Result<void> read_described(const Type& type, void* object, const Value& value, ReadOptions options) {
  return Reader(options).read(type, object, value, Place{});
}

}  // namespace weir::json
