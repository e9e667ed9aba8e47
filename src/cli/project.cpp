#include "cli/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/base64.hpp"
#include "base/limits.hpp"
#include "pipeline/spec_calendar.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

// The nearest weir.yaml beside or above; empty: none.
fs::path shared_file(const fs::path& folder) {
  std::error_code error;
  for (fs::path at = fs::absolute(folder, error).lexically_normal();; at = at.parent_path()) {
    if (at.filename().empty() && at.has_relative_path()) at = at.parent_path();
    if (fs::is_regular_file(at / "weir.yaml", error)) return at / "weir.yaml";
    if (at == at.parent_path()) return {};
  }
}

// As a person in this folder would type it.
std::string shown(const fs::path& path) {
  std::error_code error;
  const fs::path here = fs::proximate(path, error);
  return error ? path.string() : here.string();
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return fail("there is no such file", shown(path), "is this the project's folder?");
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return fail("cannot be read", shown(path), "check its permissions");
  return text;
}

Result<Project> find_project(const fs::path& where) {
  std::error_code error;
  const bool is_folder = fs::is_directory(where, error);
  Project out;
  const fs::path file = is_folder ? where / "pipeline.yaml" : where;
  out.folder = is_folder ? where : (where.has_parent_path() ? where.parent_path() : fs::path("."));
  auto yaml = read_file(file);
  if (!yaml)
    return fail("there is no pipeline.yaml", shown(where),
                "name the project's folder, or make one: weir create-project -n NAME");
  out.file = shown(file);
  out.yaml = std::move(*yaml);
  if (const fs::path shared = shared_file(out.folder); !shared.empty()) {
    auto text = read_file(shared);
    if (!text) return std::unexpected(text.error());
    out.project_file = shown(shared);
    out.project_yaml = std::move(*text);
  }
  return out;
}

Result<std::vector<Project>> find_projects(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
  if (error) return fail("cannot be read: " + error.message(), shown(folder), "name the folder of the projects");
  for (; at != end; at.increment(error)) {
    if (error) return fail("cannot be read: " + error.message(), shown(folder));
    const auto name = at->path().filename().string();
    if (at->is_directory(error) && (name.starts_with(".") || name == "node_modules" || name == "out"))
      at.disable_recursion_pending();
    else if (name == "pipeline.yaml" && at->is_regular_file(error))
      paths.push_back(at->path());
  }
  if (paths.empty()) return fail("there is no pipeline.yaml in it or below", shown(folder), "name another folder");
  std::sort(paths.begin(), paths.end());
  std::vector<Project> out;
  for (const auto& path : paths) {
    auto project = find_project(path);
    if (!project) return std::unexpected(project.error());
    out.push_back(std::move(*project));
  }
  return out;
}

std::expected<pipeline::PipelineSpec, std::vector<Problem>> parse(const Project& project,
                                                                  const std::string& environment) {
  pipeline::ProjectDefaults defaults;
  if (!project.project_file.empty()) {
    auto parsed = pipeline::parse_project(project.project_yaml, project.project_file);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    defaults = std::move(*parsed);
  }
  auto spec = pipeline::parse_pipeline(project.yaml, project.file, defaults, environment);
  if (!spec) return spec;
  const auto text_of = [&](const std::string& path) -> std::optional<std::string> {
    auto text = read_file(project.folder / path);
    return text ? std::optional(std::move(*text)) : std::nullopt;
  };
  if (auto wrong = pipeline::read_calendar(*spec, project.file, text_of))
    return std::unexpected(std::vector{std::move(*wrong)});
  return spec;
}

Result<std::vector<api::ProjectFile>> project_files(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
  if (error) return fail("cannot be read: " + error.message(), shown(folder), "name the project's folder");
  for (; at != end; at.increment(error)) {
    if (error) return fail("cannot be read: " + error.message(), shown(folder));
    const auto name = at->path().filename().string();
    const bool folder_entry = at->is_directory(error);
    if (name.starts_with(".") || name == "node_modules" || (folder_entry && name == "out")) {
      if (folder_entry) at.disable_recursion_pending();
      continue;
    }
    if (at->is_symlink(error) || !at->is_regular_file(error)) continue;
    paths.push_back(at->path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<api::ProjectFile> out;
  std::size_t total = 0;
  for (const auto& path : paths) {
    const auto size = fs::file_size(path, error);
    total += size;
    if (total > limits::kBundleBytes)
      return fail(fmt::format("the project's files are larger than {} KiB together", limits::kBundleBytes / 1024),
                  shown(path), "keep data elsewhere, or in out/ or a hidden folder, which are not sent");
    auto bytes = read_file(path);
    if (!bytes) return std::unexpected(bytes.error());
    const auto mode = fs::status(path, error).permissions();
    out.push_back({path.lexically_relative(folder).generic_string(), (mode & fs::perms::owner_exec) != fs::perms::none,
                   base64_encode(*bytes)});
  }
  return out;
}

std::string account_of_project(const fs::path& folder) {
  const fs::path shared = shared_file(folder);
  if (shared.empty()) return {};
  const auto text = read_file(shared);
  if (!text) return {};
  const auto parsed = pipeline::parse_project(*text, shared.string());
  return parsed ? parsed->account : std::string();
}

}  // namespace weir::cli
