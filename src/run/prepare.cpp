#include "run/prepare.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace weir::run {
namespace {

namespace fs = std::filesystem;

std::unexpected<Problem> refused(std::string_view what, const fs::path& path, std::string fix) {
  const int error = errno;
  return fail(fmt::format("{}: {}", what, std::generic_category().message(error)), path.string(), std::move(fix));
}

Result<Fd> open_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return refused("cannot make the step's folder", folder, "make its parent folder, or let the worker write there");
  Fd opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened) return refused("cannot open the step's folder", folder, "it must be a folder the worker may read");
  return opened;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

Result<void> check(const ProcessSpec& spec) {
  const auto holds_zero = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (spec.command.empty() == spec.argv.empty())
    return fail("a step has either a command or argv", "process", "give exactly one");
  if (holds_zero(spec.command)) return fail("it holds a zero byte", "command", "remove it");
  for (const auto& argument : spec.argv)
    if (holds_zero(argument)) return fail("an argument holds a zero byte", "argv", "remove it");
  if (!spec.argv.empty() && spec.argv[0].empty()) return fail("the program has no name", "argv[0]", "give one");
  if (spec.folder.empty()) return fail("the step has no folder", "process", "give one");
  if (spec.log_file.empty()) return fail("the step has no log file", "process", "give one");
  for (const auto& [name, value] : spec.environment) {
    if (name.empty() || name.find('=') != std::string::npos || holds_zero(name))
      return fail(fmt::format("'{}' cannot name a variable", name), "environment", "use letters, digits and _");
    if (holds_zero(value)) return fail("the value holds a zero byte", "environment variable " + name, "remove it");
  }
  return {};
}

}  // namespace

std::map<std::string, std::string> inherited_environment() {
  std::map<std::string, std::string> out{{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                                         {"LANG", "C.UTF-8"}};
  for (const char* name : {"PATH", "HOME", "LANG", "TZ"})
    if (const char* value = std::getenv(name)) out[name] = value;
  return out;
}

Result<PreparedStep> prepare_step(const ProcessSpec& spec, const std::map<std::string, std::string>& inherited) {
  if (auto good = check(spec); !good) return std::unexpected(good.error());
  std::error_code error;
  const fs::path folder = fs::absolute(spec.folder, error);
  if (error) return fail(error.message(), spec.folder.string(), "give an absolute path");
  const auto opened = open_folder(folder);
  if (!opened) return std::unexpected(opened.error());

  PreparedStep out;
  // O_NOFOLLOW: an earlier step in the folder cannot make the worker overwrite a file elsewhere.
  const fs::path parameters = folder / "parameters.json";
  Fd file{::openat(opened->get(), "parameters.json", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!file || !write_all(file.get(), spec.parameters_json.empty() ? "{}" : spec.parameters_json))
    return refused("cannot write the parameters", parameters, "let the worker write there and free some disk");
  const fs::path result = folder / "result.json";
  if (::unlinkat(opened->get(), "result.json", 0) != 0 && errno != ENOENT)
    return refused("cannot remove the result of an earlier step", result, "remove it by hand");
  // O_NONBLOCK: opening a pipe that nobody reads must not hold the worker.
  out.log = Fd{::open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0600)};
  if (!out.log) return refused("cannot open the log", spec.log_file, "make its folder and let the worker write there");

  auto environment = inherited;
  for (const auto& [name, value] : spec.environment) environment[name] = value;
  environment["WEIR_PARAMETERS"] = parameters.string();
  environment["WEIR_RESULT"] = out.result_file = result.string();
  for (const auto& [name, value] : environment) out.request.environment.push_back(name + "=" + value);
  out.request.argv = spec.argv.empty() ? std::vector<std::string>{"/bin/sh", "-c", spec.command} : spec.argv;
  out.request.folder = folder.string();
  out.request.timeout_ms = spec.timeout ? std::max<std::int64_t>(0, spec.timeout->count()) : -1;
  out.request.grace_ms = std::max<std::int64_t>(0, spec.grace.count());
  return out;
}

}  // namespace weir::run
