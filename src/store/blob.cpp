#include "store/blob.hpp"

#include <algorithm>

namespace weir::store {
namespace {

bool part_served(std::string_view part) {
  const auto served = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, served);
}

}  // namespace

bool blob_name_served(std::string_view name) {
  while (true) {
    const auto slash = name.find('/');
    if (!part_served(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace weir::store
