// Percent coding and query strings, as RFC 3986 and HTML forms have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::edge {

// Every byte that is no unreserved character becomes %XX; safe in a path segment and in a query.
std::string percent_encode(std::string_view text);
// Nothing when a '%' is not followed by two hex digits. In a query '+' is a space.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// "a=1&b=x%20y" to pairs in their order; a name without '=' has an empty value. Nothing when it is badly coded.
using Query = std::vector<std::pair<std::string, std::string>>;
std::optional<Query> parse_query(std::string_view text);

// "/v1/runs/17" to its decoded segments {"v1", "runs", "17"}; nothing when it is badly coded.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace weir::edge
