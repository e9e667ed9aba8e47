#include "run/step_cache.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/sha256.hpp"
#include "json/text.hpp"

namespace weir::run {
namespace {

namespace fs = std::filesystem;

// Of the run, not of the work.
bool is_of_the_run(std::string_view name) {
  return name == "WEIR_RUN_ID" || name == "WEIR_ATTEMPT" || name == "WEIR_ERROR" || name == "WEIR_CAUSE";
}

std::vector<std::string> files_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> out;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) out.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  return out;
}

// A digest of digests: only one piece of a large file is in memory.
Result<std::string> digest_of_file(const fs::path& path) {
  constexpr std::size_t kPiece = 1024 * 1024;
  std::ifstream in(path, std::ios::binary);
  std::string pieces, piece(kPiece, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(kPiece)) || in.gcount() > 0)
    pieces += sha256_hex(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
  if (!in.eof())
    return fail("cannot be read", path.string(), "it is an input of the step's cache: check its permissions");
  return sha256_hex(pieces);
}

}  // namespace

Result<std::string> digest_of(const StepPlan& plan, const fs::path& folder) {
  std::string all;
  // Each part with its length: no two different plans give the same text.
  const auto add = [&](std::string_view part) { all += fmt::format("{}:{}\n", part.size(), part); };
  add("1");  // of this recipe
  add(plan.command);
  for (const auto& argument : plan.argv) add(argument);
  add(plan.bundle);
  add(plan.parameters_json);
  add(plan.result_file);
  for (const auto& [name, value] : plan.environment)
    if (!is_of_the_run(name)) add(name + "=" + value);
  for (const auto& [name, secret] : plan.secrets) add(name + "=" + secret);
  for (const auto& input : plan.cache_inputs.value_or(std::vector<std::string>{})) {
    add(input);
    const auto pattern = input.starts_with('/') ? input : (folder / input).string();
    for (const auto& file : files_of(pattern)) {
      std::error_code error;
      if (!fs::is_regular_file(file, error)) continue;
      const auto digest = digest_of_file(file);
      if (!digest) return std::unexpected(digest.error());
      // Below the step's folder, whose name is another each time.
      add(input.starts_with('/') ? file : file.substr(folder.string().size()));
      add(*digest);
    }
  }
  return sha256_hex(all);
}

std::optional<StepCache::Entry> StepCache::find(const std::string& digest) const {
  std::ifstream in(folder_ / (digest + ".json"), std::ios::binary);
  if (!in) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto value = json::parse(text);
  const auto* run = value ? value->find("run") : nullptr;
  if (run == nullptr || !run->string()) return std::nullopt;
  Entry out{*run->string(), {}};
  if (const auto* result = value->find("result"); result && !result->is_null()) out.result = json::print(*result);
  return out;
}

void StepCache::keep(const std::string& digest, const Entry& entry) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  json::Object object;
  object["run"] = entry.run;
  if (auto result = json::parse(entry.result)) object["result"] = std::move(*result);
  const fs::path part = folder_ / fmt::format(".{}.{}", digest, ::getpid());
  std::ofstream out(part, std::ios::binary);
  out << json::print(object);
  out.close();
  if (!out) {
    fs::remove(part, error);
    return;
  }
  fs::rename(part, folder_ / (digest + ".json"), error);

  std::vector<std::pair<fs::file_time_type, fs::path>> entries;
  for (const auto& file : fs::directory_iterator(folder_, error))
    if (file.path().extension() == ".json") entries.emplace_back(file.last_write_time(error), file.path());
  if (entries.size() <= kCacheEntries) return;
  std::ranges::sort(entries);
  for (std::size_t i = 0; i + kCacheEntries < entries.size(); ++i) fs::remove(entries[i].second, error);
}

}  // namespace weir::run
