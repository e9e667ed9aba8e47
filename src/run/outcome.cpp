#include "run/outcome.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

namespace weir::run {
namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string why_not_started(const KeeperReport& report, const ProcessSpec& spec) {
  const std::string program = spec.argv.empty() ? "/bin/sh" : spec.argv[0];
  switch (report.failed) {
    case KeeperReport::FOLDER:
      return fmt::format("{}: cannot enter the step's folder: {}", spec.folder.string(), text_of(report.error));
    case KeeperReport::FORK:
      return fmt::format("no new process: {}; raise the limits of processes and memory", text_of(report.error));
    default:
      break;
  }
  switch (report.error) {
    case ENOENT:
      return fmt::format("{}: command not found; check its spelling, PATH, and its #! line", program);
    case EACCES:
      return fmt::format("{}: not executable; chmod +x it, or name its interpreter", program);
    case ENOEXEC:
      return fmt::format("{}: no program and no script with a #! line; name its interpreter", program);
    case E2BIG:
      return fmt::format("{}: arguments and variables are too large; read them from WEIR_PARAMETERS", program);
    default:
      return fmt::format("{}: cannot be run: {}", program, text_of(report.error));
  }
}

std::string why_exit_code(int code) {
  if (code == 0) return {};
  if (code == 127) return "exit code 127: a command was not found; the log names it, check its spelling and PATH";
  if (code == 126) return "exit code 126: a command could not be executed; chmod +x it, or name its interpreter";
  if (code > 128 && ::sigabbrev_np(code - 128))
    return fmt::format("exit code {}: a command was ended by {}", code, signal_name(code - 128));
  return fmt::format("exit code {}", code);
}

std::string why_signalled(int signal) {
  if (signal == SIGKILL) return "ended by SIGKILL: most often the machine or the container ran out of memory";
  return fmt::format("ended by {}", signal_name(signal));
}

std::string how(const ProcessOutcome& outcome) {
  return outcome.signal ? "ended by " + signal_name(outcome.signal) : fmt::format("exit code {}", outcome.exit_code);
}

}  // namespace

void explain(const KeeperReport& report, const ProcessSpec& spec, ProcessOutcome& outcome) {
  using End = ProcessOutcome::End;
  outcome.elapsed = Millis{report.elapsed_ms};
  if (WIFEXITED(report.wait_status)) outcome.exit_code = WEXITSTATUS(report.wait_status);
  if (WIFSIGNALED(report.wait_status)) outcome.signal = WTERMSIG(report.wait_status);
  switch (report.end) {
    case KeeperReport::NOT_STARTED:
      outcome.end = End::NOT_STARTED;
      outcome.error = why_not_started(report, spec);
      break;
    case KeeperReport::TIMED_OUT:
      outcome.end = End::TIMED_OUT;
      outcome.error = fmt::format("ran longer than its timeout of {} ({})", weir::to_text(*spec.timeout), how(outcome));
      break;
    case KeeperReport::STOPPED:
      outcome.end = End::STOPPED;
      outcome.error = fmt::format("stopped on request ({})", how(outcome));
      break;
    case KeeperReport::ENDED:
      outcome.end = outcome.signal ? End::SIGNALLED : End::EXITED;
      outcome.error = outcome.signal ? why_signalled(outcome.signal) : why_exit_code(outcome.exit_code);
      break;
  }
  if (report.survivors > 0)
    outcome.error += fmt::format("{}{} of its processes could not be killed; look for a hanging disk or for sudo",
                                 outcome.error.empty() ? "" : "; ", report.survivors);
}

Result<std::string> read_result(const std::string& path) {
  // O_NONBLOCK: the step may have left a pipe under this name; O_NOFOLLOW: or a link to a file it may not read.
  const Fd file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!file && errno == ENOENT) return std::string();
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0)
    return fail("cannot read the result: " + text_of(errno), path, "write a plain file to WEIR_RESULT");
  if (!S_ISREG(status.st_mode)) return fail("the result is no plain file", path, "write a plain file to WEIR_RESULT");
  if (static_cast<std::uint64_t>(status.st_size) > kResultBytes)
    return fail(fmt::format("the result has {} bytes, at most {} are allowed", status.st_size, kResultBytes), path,
                "write large data elsewhere and its path into the result");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + at, text.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("cannot read the result: " + text_of(errno), path, "check the disk");
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  text.resize(at);
  return text;
}

}  // namespace weir::run
