// Types that cannot be mixed up: a queue name is no account, a run id is no work item id.
//
//   using RunId = Id<struct RunTag>;          // a rising integer given by a cell; 0 means "none"
//   using AccountId = Name<struct AccountTag>;  // a text
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace weir {

template <class Tag>
struct Id {
  std::int64_t value = 0;
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t v) : value(v) {}
  constexpr auto operator<=>(const Id&) const = default;
  constexpr explicit operator bool() const { return value != 0; }
};

template <class Tag>
struct Name {
  std::string value;
  Name() = default;
  explicit Name(std::string v) : value(std::move(v)) {}
  auto operator<=>(const Name&) const = default;
  const std::string& str() const { return value; }
  bool empty() const { return value.empty(); }
};

using AccountId = Name<struct AccountTag>;  // 12 digits

}  // namespace weir

template <class Tag>
struct std::hash<weir::Id<Tag>> {
  std::size_t operator()(const weir::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
template <class Tag>
struct std::hash<weir::Name<Tag>> {
  std::size_t operator()(const weir::Name<Tag>& n) const noexcept { return std::hash<std::string>{}(n.value); }
};
