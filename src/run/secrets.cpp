#include "run/secrets.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "run/mask.hpp"

namespace weir::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kSecretBytes = 64 * 1024;  // a key file or a bundle of certificates

// Only what stays below the folder: the name came with a pipeline.
bool is_safe(const std::string& name) {
  for (std::size_t at = 0; at <= name.size();) {
    const auto end = std::min(name.find('/', at), name.size());
    const auto part = std::string_view(name).substr(at, end - at);
    if (part.empty() || part.front() == '.') return false;
    at = end + 1;
  }
  return name.find('\0') == std::string::npos;
}

std::optional<std::string> read(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kSecretBytes || error) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return std::nullopt;
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

std::string variable_of(std::string_view name) {
  std::string out = "WEIR_SECRET_";
  for (const char c : name) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    out += letter ? static_cast<char>(c - 'a' + 'A') : plain ? c : '_';
  }
  return out;
}

}  // namespace

Result<std::string> find_secret(const fs::path& folder, const AccountId& account, const std::string& name) {
  const auto place = fmt::format("secret '{}'", name);
  if (!is_safe(name)) return fail("its name leads out of the folder of secrets", place, "write it as store/key");
  std::optional<std::string> value;
  if (!folder.empty()) {
    value = read(folder / account.value / name);
    if (!value) value = read(folder / name);
  }
  for (const auto& variable : {variable_of(account.value + "/" + name), variable_of(name)})
    if (!value)
      if (const char* text = std::getenv(variable.c_str())) value = text;
  if (!value)
    return fail("this worker does not have it", place,
                fmt::format("put it into a file{} or into the worker's variable {}",
                            folder.empty() ? " below the folder that --secrets names" : " " + (folder / name).string(),
                            variable_of(name)));
  if (value->size() < kShortestSecret)
    return fail(fmt::format("it has fewer than {} bytes, too few to be masked in logs", kShortestSecret), place,
                "choose a longer one");
  return *value;
}

}  // namespace weir::run
