#include "pipeline/key_filter.hpp"

#include <algorithm>

namespace weir::pipeline {
namespace {

constexpr std::int64_t kNeverSeen = (std::int64_t{1} << kKeyValuesBits) - 1;

bool agree(const KeyValues& demanded, const KeyValues& values) {
  return std::ranges::all_of(demanded, [&](const auto& one) {
    const auto found = values.find(one.first);
    return found != values.end() && found->second == one.second;
  });
}

}  // namespace

KeyFilter::KeyFilter(const Tables& tables, const PipelineRow& down, std::int64_t values, const PipelineRow& up,
                     const ClauseSpec& clause)
    : tables_(tables), up_(up) {
  if (!is_keyed(up)) {
    only_ = 0;
    return;
  }
  demanded_ = KeyValues(clause.where.begin(), clause.where.end());
  if (is_keyed(down)) demanded_.merge(projected(values_of(tables, values), clause.join_on));
  if (std::ranges::all_of(up.key, [&](const auto& name) { return demanded_.contains(name); }))
    only_ = number_of(tables, demanded_).value_or(kNeverSeen);
}

bool KeyFilter::lets(std::int64_t key) const {
  if (!is_keyed(up_)) return true;
  const auto values = parts_of(up_, key).values;
  return only_ ? values == *only_ : agree(demanded_, values_of(tables_, values));
}

bool opens_keys(const PipelineRow& down, const ClauseSpec& clause) {
  return !is_keyed(down) || std::ranges::includes(clause.join_on, down.key);
}

std::optional<std::int64_t> opened_values(const Tables& tables, const PipelineRow& down, const PipelineRow& up,
                                          std::int64_t up_key, const ClauseSpec& clause) {
  const auto values = values_of(tables, parts_of(up, up_key).values);
  if (is_keyed(up) && !agree(KeyValues(clause.where.begin(), clause.where.end()), values)) return std::nullopt;
  if (!is_keyed(down)) return 0;
  const auto mine = projected(values, down.key);
  // Without all of them (an upstream deployed with another key since) nothing is opened.
  return mine.size() == down.key.size() ? number_of(tables, mine) : std::nullopt;
}

}  // namespace weir::pipeline
