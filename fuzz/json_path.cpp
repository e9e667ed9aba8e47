// JSONPath: the first line is the path, the rest the document.
#include "json/path.hpp"
#include "json/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(text.find('\n'), size);
  const auto path = weir::json::compile_path(text.substr(0, line));
  if (!path || line >= size) return 0;
  auto value = weir::json::parse(text.substr(line + 1));
  if (!value) return 0;
  (void)path->select(*value);
  if (path->is_reference()) (void)path->assign(*value, weir::json::Value(1));
  return 0;
}
