// Described structs (base/describe.hpp) to JSON and back: the codec of REST, of --json and of stored nested columns.
//
// Field names are the struct's, unchanged. Instants are texts ("2026-11-21T03:50:07.123Z"), spans are whole
// milliseconds, enums their names, absent optionals are left out, JsonText is put in as it stands. 64-bit integers are
// JSON numbers.
#pragma once

#include <expected>
#include <string>

#include "base/describe.hpp"
#include "base/result.hpp"
#include "json/value.hpp"

namespace weir::json {

std::string print_described(const Type& type, const void* object);

struct ReadOptions {
  bool refuse_unknown = true;  // an unknown key is an error that names the nearest right one
};

// Fills `object` (freshly made) from a value. Fields that are absent keep their default, unless `required` is asked
// by the caller (see api/operation.hpp). The problem's `where` is the path: "steps[2].timeout".
Result<void> read_described(const Type& type, void* object, const Value& value, ReadOptions options = {});

template <class T>
std::string print_described(const T& object) {
  return print_described(type_of<T>(), &object);
}
template <class T>
Result<T> read_described(const Value& value, ReadOptions options = {}) {
  T object{};
  if (auto r = read_described(type_of<T>(), &object, value, options); !r) return std::unexpected(r.error());
  return object;
}

}  // namespace weir::json
