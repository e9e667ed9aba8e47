#include "json/value.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace weir::json {
namespace {

constexpr std::size_t kFew = 12;  // so few keys are compared in pairs faster than sorted

bool all_different(const std::vector<Object::Member>& members) {
  for (std::size_t i = 1; i < members.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (members[i].first == members[j].first) return false;
  return true;
}

}  // namespace

Object Object::of(std::vector<Member> members) {
  if (members.size() <= kFew && all_different(members)) {
    Object out;
    out.members_ = std::move(members);
    return out;
  }
  // Sorting places instead of comparing all pairs keeps a hostile object of many keys cheap.
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int c = members[a].first.compare(members[b].first);
    return c != 0 ? c < 0 : a < b;
  });
  std::vector<bool> dropped;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && members[order[end]].first == members[order[i]].first) ++end;
    if (end - i > 1) {
      dropped.resize(members.size());
      members[order[i]].second = std::move(members[order[end - 1]].second);
      for (std::size_t k = i + 1; k < end; ++k) dropped[order[k]] = true;
    }
    i = end;
  }
  Object out;
  if (dropped.empty()) {
    out.members_ = std::move(members);
  } else {
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!dropped[i]) out.members_.push_back(std::move(members[i]));
  }
  return out;
}

const Value* Object::find(std::string_view key) const {
  for (const auto& [name, value] : members_)
    if (name == key) return &value;
  return nullptr;
}

Value* Object::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

Value& Object::operator[](std::string_view key) {
  if (auto* found = find(key)) return *found;
  return members_.emplace_back(std::string(key), Value()).second;
}

bool Object::erase(std::string_view key) {
  const auto it = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.first == key; });
  if (it == members_.end()) return false;
  members_.erase(it);
  return true;
}

std::string_view Value::type_name() const {
  static constexpr std::array<std::string_view, 6> kNames{"null", "boolean", "number", "string", "array", "object"};
  return kNames[data_.index()];
}

bool Value::operator==(const Value& other) const {
  if (data_.index() != other.data_.index()) return false;
  if (const auto* mine = object()) {
    const auto& theirs = *other.object();
    if (mine->size() != theirs.size()) return false;
    // Nearly always the order is the same as well; only then is the search saved.
    auto there = theirs.begin();
    for (const auto& [key, value] : *mine) {
      const Value* match = there->first == key ? &there->second : theirs.find(key);
      if (!match || !(value == *match)) return false;
      ++there;
    }
    return true;
  }
  if (const auto* mine = array()) return *mine == *other.array();
  if (const auto* mine = string()) return *mine == *other.string();
  if (const auto* mine = number()) return *mine == *other.number();
  return boolean() == other.boolean();
}

}  // namespace weir::json
