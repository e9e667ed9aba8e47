// Base64 (RFC 4648, with padding): how a project's files travel in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

std::string base64_encode(std::string_view bytes);
// Nothing when the text is not base64.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace weir
