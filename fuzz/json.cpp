// JSON text: what parses must print, parse again to the same value, and be called valid; nothing may crash.
#include <cstdlib>

#include "json/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = weir::json::parse(text);
  if (value.has_value() != weir::json::validate(text).has_value()) std::abort();
  if (!value) return 0;
  const auto printed = weir::json::print(*value);
  const auto again = weir::json::parse(printed);
  if (!again || !(*again == *value) || weir::json::print(*again) != printed) std::abort();
  return 0;
}
