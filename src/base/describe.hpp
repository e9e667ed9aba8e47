// One run-time descriptor per struct.
//
//   struct StartRun { std::string pipeline; std::optional<std::string> date; };
//   BOOST_DESCRIBE_STRUCT(StartRun, (), (pipeline, date))
//   const Type& t = type_of<StartRun>();     // name, fields, how to read and write each
//
// Codecs (JSON, SQL columns, OpenAPI, JSON Schema, tables on a terminal) are ordinary functions over Type, compiled
// once, instead of templates compiled once a struct: that is what keeps builds short.
//
// Served member types: bool, integers, double, std::string, Instant, Millis, Id<>, Name<>, described enums (their
// enumerators are spelt as on the wire), json text (JsonText), std::optional<T>, std::vector<T>,
// std::map<std::string, T>, described structs. A type that is not served does not compile.
//
// Thread safety: descriptors are immutable.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"

namespace weir {

// A JSON document that passes through unchanged: never re-printed, so number texts and key order survive.
// Empty means absent.
struct JsonText {
  std::string text;
  bool operator==(const JsonText&) const = default;
};

enum class Kind {
  Bool,
  Int,  // any integer, and Id<>
  Double,
  Text,     // std::string and Name<>
  Json,     // JsonText
  Instant,  // milliseconds since 1970 in get_int
  Millis,   // milliseconds in get_int
  Enum,     // the enumerator's number in get_int
  Optional,
  List,
  Map,  // std::map<std::string, T>
  Struct,
};

struct Type;

struct Field {
  std::string_view name;
  const Type* (*type)();
  const void* (*get)(const void* object);
  void* (*edit)(void* object);
};

struct Enumerator {
  std::string_view name;
  std::int64_t value;
};

// How to read and write a value of one C++ type through void*. Only the functions of its kind are set.
struct Type {
  Kind kind{};
  std::string_view name;                    // of a struct or enum, without namespace; else the kind's word
  std::span<const Field> fields;            // Struct
  std::span<const Enumerator> enumerators;  // Enum
  const Type* (*element)() = nullptr;       // Optional, List, Map

  std::int64_t (*get_int)(const void*) = nullptr;  // Bool, Int, Instant, Millis, Enum
  void (*set_int)(void*, std::int64_t) = nullptr;  // the value must fit; check with fits_int
  bool (*fits_int)(std::int64_t) = nullptr;        // Int
  double (*get_double)(const void*) = nullptr;     // Double
  void (*set_double)(void*, double) = nullptr;
  const std::string& (*get_text)(const void*) = nullptr;  // Text, Json
  void (*set_text)(void*, std::string) = nullptr;

  bool (*has)(const void*) = nullptr;                     // Optional
  const void* (*value)(const void*) = nullptr;            // Optional; only when has()
  void* (*emplace)(void*) = nullptr;                      // Optional: make a fresh value and return it
  void (*clear)(void*) = nullptr;                         // Optional, List, Map
  std::size_t (*count)(const void*) = nullptr;            // List, Map
  const void* (*at)(const void*, std::size_t) = nullptr;  // List
  void* (*append)(void*) = nullptr;                       // List: a fresh last element
  void (*each)(const void*, void* context,
               void (*visit)(void* context, const std::string& key, const void* value)) = nullptr;  // Map, in key order
  void* (*insert)(void*, std::string key) = nullptr;  // Map: a fresh element

  std::shared_ptr<void> (*make)() = nullptr;  // a default-constructed object
  std::shared_ptr<void> (*copy)(const void*) = nullptr;

  const Field* field(std::string_view wanted) const {
    for (const auto& f : fields)
      if (f.name == wanted) return &f;
    return nullptr;
  }
  // The enumerator's name; empty for a number that is none.
  std::string_view enumerator_name(std::int64_t wanted) const {
    for (const auto& e : enumerators)
      if (e.value == wanted) return e.name;
    return {};
  }
};

template <class T>
const Type& type_of();

// The name of a described enumerator, as on the wire.
template <class E>
  requires std::is_enum_v<E>
std::string_view name_of(E value) {
  return type_of<E>().enumerator_name(static_cast<std::int64_t>(value));
}
template <class E>
  requires std::is_enum_v<E>
std::optional<E> enum_from(std::string_view name) {
  for (const auto& e : type_of<E>().enumerators)
    if (e.name == name) return static_cast<E>(e.value);
  return std::nullopt;
}

}  // namespace weir

#include "base/describe_impl.hpp"
