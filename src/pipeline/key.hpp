// The key of an occurrence as one number.
//
// A pipeline without `key:` has one occurrence in each window, and the number is the window. With `key: [region]` each
// window has one for every value: the number is the window and, in the low bits, the number of the values
// (KeyValuesRow). So keys order by window first, the keys of a range of windows are a range, and whoever has no `key:`
// pays nothing (docs/decisions/0008). The engine's columns called `window` hold these numbers.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "pipeline/rows.hpp"

namespace weir::core {
class Transaction;
}

namespace weir::pipeline {

using KeyValues = std::map<std::string, std::string>;  // by the parameter's name, lower letters first

inline constexpr int kKeyValuesBits = 24;
inline constexpr std::size_t kKeyParameters = 4;            // of a pipeline; every part of its values has a number
inline constexpr std::size_t kKeyValueBytes = 64;           // a region, a shop: they stand in every label
inline constexpr std::int64_t kKeyValuesKnown = 1'000'000;  // in all, about 100 MB in memory
static_assert(kKeyValuesKnown < (std::int64_t{1} << kKeyValuesBits));

struct KeyParts {
  std::int64_t window = 0;
  std::int64_t values = 0;  // KeyValuesRow::id; 0: none
};

inline bool is_keyed(const PipelineRow& pipeline) { return !pipeline.key.empty(); }

// The key of a window and values. With values 0 of a pipeline with `key:` it is the window itself, which no run is for:
// what holds for all its keys (a scheduled time that has come) stands there.
constexpr std::int64_t key_of(bool keyed, std::int64_t window, std::int64_t values) {
  return keyed ? window * (std::int64_t{1} << kKeyValuesBits) + values : window;
}
constexpr KeyParts parts_of(bool keyed, std::int64_t key) {
  if (!keyed) return {key, 0};
  const std::int64_t values = key & ((std::int64_t{1} << kKeyValuesBits) - 1);
  return {(key - values) >> kKeyValuesBits, values};
}
inline std::int64_t key_of(const PipelineRow& p, std::int64_t window, std::int64_t values) {
  return key_of(is_keyed(p), window, values);
}
inline KeyParts parts_of(const PipelineRow& p, std::int64_t key) { return parts_of(is_keyed(p), key); }
inline std::int64_t window_of(const PipelineRow& p, std::int64_t key) { return parts_of(p, key).window; }

// The first and the last key of a range of windows; windows too far away for a number mean no bound.
struct KeyRange {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
};
KeyRange keys_of_windows(const PipelineRow& pipeline, std::int64_t first, std::int64_t last);

// "region=de shop=12": by name; what labels show, and what is stored once for all pipelines.
std::string text_of(const KeyValues& values);
KeyValues values_from_text(std::string_view text);

// A value is of letters, digits, '-', '_', '.', ':', '/', '+' and '@', at most kKeyValueBytes.
std::optional<Problem> check_key_value(const std::string& name, const std::string& value);

// What a person types for a key: "2026-01-02 region=de shop=12". The date may be empty.
struct TypedKey {
  std::string date;
  KeyValues values;
};
Result<TypedKey> read_typed_key(std::string_view text);

// The values by their number and back; numbers() says nothing for values that have never been seen.
KeyValues values_of(const Tables& tables, std::int64_t id);
std::optional<std::int64_t> number_of(const Tables& tables, const KeyValues& values);
// Only the values of these names.
KeyValues projected(const KeyValues& values, const std::vector<std::string>& names);

// The number of the values, given now when they are new; so are those of each part of them, which keys of downstreams
// have, so that a judgement never meets values without a number.
Result<std::int64_t> intern(core::Transaction& tx, Tables& tables, const KeyValues& values);

}  // namespace weir::pipeline
