#include "pipeline/key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/transaction.hpp"

namespace weir::pipeline {

KeyRange keys_of_windows(const PipelineRow& pipeline, std::int64_t first, std::int64_t last) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() >> (kKeyValuesBits + 1);
  if (!is_keyed(pipeline)) return {first, last};
  KeyRange out;
  if (first > -kFar) out.first = key_of(true, std::min(first, kFar), 0);
  if (last < kFar) out.last = key_of(true, std::max(last, -kFar) + 1, 0) - 1;
  return out;
}

std::string text_of(const KeyValues& values) {
  std::string out;
  for (const auto& [name, value] : values) out += (out.empty() ? "" : " ") + name + "=" + value;
  return out;
}

KeyValues values_from_text(std::string_view text) {
  KeyValues out;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (const auto equals = pair.find('='); equals != std::string_view::npos)
      out.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return out;
}

std::optional<Problem> check_key_value(const std::string& name, const std::string& value) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.:/+@").find(c) != std::string_view::npos;
  };
  if (!value.empty() && value.size() <= kKeyValueBytes && std::ranges::all_of(value, fits)) return std::nullopt;
  return Problem{fmt::format("'{}' cannot be the value of a key", value), name,
                 fmt::format("1 to {} letters, digits, or '-', '_', '.', ':', '/', '+', '@'", kKeyValueBytes)};
}

Result<TypedKey> read_typed_key(std::string_view text) {
  TypedKey out;
  while (!text.empty()) {
    const std::string word(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto equals = word.find('=');
    if (equals == std::string::npos && out.date.empty() && out.values.empty()) {
      out.date = word;
      continue;
    }
    if (equals == std::string::npos || equals == 0)
      return fail(fmt::format("'{}' is no part of a key", word), {}, "write it like '2026-01-02 region=de'");
    if (!out.values.emplace(word.substr(0, equals), word.substr(equals + 1)).second)
      return fail(fmt::format("'{}' is there twice", word.substr(0, equals)), {}, "give each part of the key once");
  }
  return out;
}

KeyValues values_of(const Tables& tables, std::int64_t id) {
  const auto* row = tables.key_values.find(id);
  return row == nullptr ? KeyValues{} : values_from_text(row->text);
}

std::optional<std::int64_t> number_of(const Tables& tables, const KeyValues& values) {
  if (values.empty()) return 0;
  const auto& index = tables.key_values.index<by_text>();
  const auto found = index.find(text_of(values));
  return found == index.end() ? std::nullopt : std::optional((*found)->id);
}

KeyValues projected(const KeyValues& values, const std::vector<std::string>& names) {
  KeyValues out;
  for (const auto& name : names)
    if (const auto found = values.find(name); found != values.end()) out.insert(*found);
  return out;
}

Result<std::int64_t> intern(core::Transaction& tx, Tables& tables, const KeyValues& values) {
  if (const auto known = number_of(tables, values)) return *known;
  for (const auto& [name, value] : values)
    if (auto problem = check_key_value(name, value)) return std::unexpected(std::move(*problem));
  const std::vector<KeyValues::value_type> all(values.begin(), values.end());
  std::int64_t last = 0;
  for (unsigned part = 1; part < (1U << all.size()); ++part) {
    KeyValues some;
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((part >> i & 1U) != 0) some.insert(all[i]);
    if (number_of(tables, some)) continue;
    const auto& rows = tables.key_values.rows();
    last = rows.empty() ? 1 : (*rows.rbegin())->id + 1;
    if (last > kKeyValuesKnown)
      return fail(fmt::format("{} different values of keys are known", kKeyValuesKnown), {},
                  "a key is for things like regions; what differs with each run is a parameter");
    tx.put(tables.key_values, KeyValuesRow{last, text_of(some)});
  }
  return last;
}

}  // namespace weir::pipeline
