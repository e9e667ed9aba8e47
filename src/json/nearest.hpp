// "did you mean ...?": the nearest of the names that would have been right.
#pragma once

#include <span>
#include <string_view>

namespace weir::json {

// The candidate with the fewest edits (insert, delete, replace, swap of neighbours; case does not count), the first
// of equals; empty when none is near enough to be meant, which is a third of the name's length, at least one.
std::string_view nearest(std::string_view wrong, std::span<const std::string_view> candidates);

}  // namespace weir::json
