// What a table is to the store: a name, a described row struct and how many leading fields are its key.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/describe.hpp"

namespace weir::store {

// Rows are immutable once they are put: the cell, the batch that is being committed and a reader may share one.
using Row = std::shared_ptr<const void>;

enum class Keeping {
  live,  // in memory as a whole, and in the store; loaded at start; no secondary SQL index
  cold,  // in the store; the cell reads rows by key when it needs them (fetch, then decide)
  log,   // append-only, in the store alone; read by queries
};

// One description per table, a constant with static lifetime:
//   constexpr/inline const TableInfo kRunTable{"run", Keeping::live, 1, &type_of<RunRow>};
// The first `key_fields` (1 to 3) fields of the row are its primary key; each an integer kind or a text kind.
// `indexed` names fields of cold and log tables by which queries look rows up, besides the key.
struct TableInfo {
  std::string_view name;
  Keeping keeping = Keeping::live;
  int key_fields = 1;
  const Type& (*row)() = nullptr;
  std::vector<std::string_view> indexed = {};
};

// A column's value as the store sees it: nested fields (lists, maps, structs) are a text, "1" (the version of the
// serialisation) followed by JSON; enums are their names; absent optionals, the empty JsonText and NaN are null.
using Column = std::variant<std::monostate, std::int64_t, double, std::string>;
using Key = std::vector<Column>;

Key key_of(const TableInfo& table, const void* row);
// The value of one field as a column, and back. from_column returns false when the value does not fit the type. It
// takes an enum's number as well as its name.
Column to_column(const Type& type, const void* field);
bool from_column(const Type& type, void* field, const Column& value);
// "(3, 'listings')": for messages and traces.
std::string text_of(const Key& key);

}  // namespace weir::store
