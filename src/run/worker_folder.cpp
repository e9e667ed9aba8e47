#include "run/worker_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

#include "base/base64.hpp"
#include "run/outcome.hpp"

namespace weir::run {
namespace {

namespace fs = std::filesystem;

Result<void> make(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail("cannot make the folder: " + error.message(), folder.string(), "choose another with --folder");
  return {};
}

Result<void> write(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return fail("cannot write the file", path.string(), "is the disk full?");
  return {};
}

// Relative and inside: no root, no "..".
bool stays_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const auto& part : path)
    if (part == "..") return false;
  return true;
}

bool is_digest(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  for (const char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-')) return false;
  return true;
}

}  // namespace

Result<WorkerFolder> WorkerFolder::open(fs::path folder) {
  std::error_code error;
  folder = fs::absolute(folder, error);
  if (error) return fail(error.message(), folder.string());
  fs::remove_all(folder / "steps", error);
  for (const char* part : {"bundles", "steps", "logs"})
    if (auto made = make(folder / part); !made) return std::unexpected(made.error());
  return WorkerFolder(std::move(folder));
}

fs::path WorkerFolder::log_of(std::int64_t item) const { return folder_ / "logs" / fmt::format("{}.log", item); }

Result<fs::path> WorkerFolder::project(const std::string& digest, const FetchBundle& fetch) const {
  if (!is_digest(digest)) return fail(fmt::format("'{}' is no digest of a project", digest), "work item, run.bundle");
  const fs::path place = folder_ / "bundles" / digest;
  std::error_code error;
  if (fs::exists(place, error)) return place;
  const auto bundle = fetch(digest);
  if (!bundle) return fail("the project's files cannot be had: " + bundle.error().message, "bundle " + digest);
  // Extracted aside and moved: a crash leaves no half project under the digest.
  const fs::path part = folder_ / "bundles" / fmt::format(".{}.{}", digest, ::getpid());
  fs::remove_all(part, error);
  if (auto made = make(part); !made) return std::unexpected(made.error());
  for (const auto& file : bundle->files) {
    if (!stays_inside(file.path))
      return fail("the path leads out of the project", file.path, "deploy the project again");
    const auto bytes = base64_decode(file.base64);
    if (!bytes) return fail("the file's text is no base64", file.path, "deploy the project again");
    const fs::path path = part / file.path;
    if (auto made = make(path.parent_path()); !made) return std::unexpected(made.error());
    if (auto written = write(path, *bytes); !written) return std::unexpected(written.error());
    using fs::perms;
    fs::permissions(path,
                    file.executable ? perms::owner_all | perms::group_read | perms::group_exec
                                    : perms::owner_read | perms::owner_write | perms::group_read,
                    error);
    if (error) return fail("cannot set its permissions: " + error.message(), path.string());
  }
  fs::rename(part, place, error);
  if (error) return fail("cannot move the extracted project: " + error.message(), place.string());
  return place;
}

Result<ProcessSpec> WorkerFolder::prepare(const StepPlan& plan, const std::string& name,
                                          const FetchBundle& fetch) const {
  ProcessSpec spec;
  spec.command = plan.command;
  spec.argv = plan.argv;
  // What an installed Spark is found and configured by.
  if (!plan.argv.empty())
    for (const char* name : {"JAVA_HOME", "SPARK_HOME", "SPARK_CONF_DIR", "HADOOP_CONF_DIR", "PYSPARK_PYTHON"})
      if (const char* value = std::getenv(name); value && !plan.environment.contains(name))
        spec.environment[name] = value;
  spec.folder = steps() / name;
  for (const auto& [name, value] : plan.environment) spec.environment[name] = value;
  spec.parameters_json = plan.parameters_json;
  spec.timeout = plan.timeout;
  std::error_code error;
  fs::remove_all(spec.folder, error);
  if (auto made = make(spec.folder); !made) return std::unexpected(made.error());
  fs::permissions(spec.folder, fs::perms::owner_all, error);
  if (!plan.bundle.empty()) {
    const auto place = project(plan.bundle, fetch);
    if (!place) return std::unexpected(place.error());
    spec.environment["WEIR_PROJECT"] = place->string();
    for (const auto& entry : fs::directory_iterator(*place, error)) {
      // These two are the step's own, whatever the project holds.
      if (entry.path().filename() == "parameters.json" || entry.path().filename() == "result.json") continue;
      fs::create_symlink(entry.path(), spec.folder / entry.path().filename(), error);
      if (error) return fail("cannot link the project's file: " + error.message(), entry.path().string());
    }
  }
  const std::pair<const char*, const std::string*> files[] = {{"WEIR_UPSTREAMS", &plan.upstreams_json},
                                                              {"WEIR_STEPS", &plan.steps_json}};
  for (const auto& [variable, text] : files) {
    const fs::path path =
        spec.folder / (std::string_view(variable) == "WEIR_STEPS" ? ".weir-steps.json" : ".weir-upstreams.json");
    if (auto written = write(path, *text); !written) return std::unexpected(written.error());
    spec.environment[variable] = path.string();
  }
  if (!plan.input_json.empty()) {
    const fs::path path = spec.folder / ".weir-input.json";
    if (auto written = write(path, plan.input_json); !written) return std::unexpected(written.error());
    spec.environment["WEIR_INPUT"] = path.string();
  }
  return spec;
}

Result<std::string> WorkerFolder::read_result_file(const fs::path& step_folder, const std::string& file) const {
  if (!stays_inside(file)) return fail("leads out of the step's folder", "result: " + file, "name a file inside it");
  return read_result((step_folder / file).string());
}

void WorkerFolder::remove_step(const std::string& name) const {
  std::error_code ignored;
  fs::remove_all(steps() / name, ignored);
}

}  // namespace weir::run
