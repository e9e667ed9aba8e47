#include "run/keeper.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "run/descendants.hpp"
#include "run/wire.hpp"

namespace weir::run {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Millis kKillAgain{20};
constexpr std::int64_t kLongestMs = std::int64_t{1'000} * 86'400'000;  // adding it to a clock cannot overflow

Millis bounded(std::int64_t ms) { return Millis{std::clamp<std::int64_t>(ms, 0, kLongestMs)}; }

// `name` as execve wants it: found in the PATH of the step, not in that of the worker. What cannot be found is
// returned as it is, so that execve says why.
std::string find_program(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) return name;
  for (const auto& variable : environment) {
    if (!variable.starts_with("PATH=")) continue;
    for (std::size_t at = 5; at <= variable.size();) {
      const std::size_t end = std::min(variable.find(':', at), variable.size());
      const std::string path = (end == at ? "." : variable.substr(at, end - at)) + "/" + name;
      if (::access(path.c_str(), X_OK) == 0) return path;
      at = end + 1;
    }
  }
  return name;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// vfork, because it copies nothing of the keeper's memory; the child makes system calls only, and writes the error of
// one that fails to `failure`, a pipe that execve closes. Standard input is the supervisor's, which is /dev/null.
[[gnu::noinline]] pid_t start(const char* program, char* const* argv, char* const* environment, int output,
                              int failure) {
  const pid_t pid = ::vfork();
  if (pid != 0) return pid;
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  if (::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(output, STDERR_FILENO) >= 0 &&
      ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(program, argv, environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t put = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

class Keeper {
 public:
  Keeper(Fd control, int child_signals) : control_(std::move(control)), child_signals_(child_signals) {}

  int keep(Fd output) {
    StepRequest step;
    if (!receive_step(control_.get(), step)) return 0;
    grace_ = bounded(step.grace_ms);
    if (::chdir(step.folder.c_str()) != 0) return not_started(KeeperReport::FOLDER, errno);
    const std::string program = find_program(step.argv[0], step.environment);
    int failure[2];
    if (::pipe2(failure, O_CLOEXEC) != 0) return not_started(KeeperReport::FORK, errno);
    const Fd failure_read{failure[0]};
    Fd failure_write{failure[1]};
    started_ = Clock::now();
    main_ = start(program.c_str(), pointers(step.argv).data(), pointers(step.environment).data(), output.get(),
                  failure_write.get());
    if (main_ < 0) return not_started(KeeperReport::FORK, errno);
    failure_write.reset();
    int error = 0;
    if (::read(failure_read.get(), &error, sizeof error) == sizeof error) {
      ::waitpid(main_, nullptr, 0);
      return not_started(KeeperReport::EXECUTE, error);
    }
    output.reset();
    if (step.timeout_ms >= 0) deadline_ = started_ + bounded(step.timeout_ms);
    while (reap()) {
      wait();
      act();
    }
    report(0);
    return 0;
  }

 private:
  enum Phase { RUNNING, ENDING, KILLING };

  int not_started(KeeperReport::Failed failed, int error) {
    send_report(control_.get(), {.end = KeeperReport::NOT_STARTED, .failed = failed, .error = error});
    return 0;
  }

  void report(std::size_t survivors) {
    if (reported_ || !control_) return;
    reported_ = true;
    report_.survivors = static_cast<std::uint16_t>(std::min<std::size_t>(survivors, 65'535));
    send_report(control_.get(), report_);
  }

  // False when no descendant is left.
  bool reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == 0) break;
      if (pid < 0) return false;
      if (pid != main_) continue;
      main_ = 0;
      report_.wait_status = status;
      report_.elapsed_ms = std::chrono::duration_cast<Millis>(Clock::now() - started_).count();
    }
    if (main_ == 0 && phase_ == RUNNING) kill_all();
    return true;
  }

  void wait() {
    const bool listen = control_ && !reported_;
    pollfd waits[2] = {{child_signals_, POLLIN, 0}, {listen ? control_.get() : -1, POLLIN, 0}};
    int timeout_ms = -1;
    if (deadline_) {
      const auto left = std::chrono::ceil<Millis>(*deadline_ - Clock::now()).count();
      timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    }
    ::poll(waits, 2, timeout_ms);
    if (waits[0].revents) forget_child_signals(child_signals_);
    if (waits[1].revents) listen_to_worker();
  }

  void listen_to_worker() {
    std::int64_t grace_ms = 0;
    if (!receive_stop(control_.get(), grace_ms)) {
      control_.reset();
      if (phase_ != KILLING) kill_all();
    } else if (main_ != 0 && phase_ == RUNNING) {
      end(KeeperReport::STOPPED, bounded(grace_ms));
    } else if (phase_ == ENDING) {
      deadline_ = std::min(*deadline_, Clock::now() + bounded(grace_ms));
    }
  }

  void act() {
    if (!deadline_ || Clock::now() < *deadline_) return;
    if (phase_ == RUNNING) return main_ != 0 ? end(KeeperReport::TIMED_OUT, grace_) : kill_all();
    if (phase_ == ENDING) return kill_all();
    const std::size_t left = kill_descendants(SIGKILL);
    deadline_ = Clock::now() + kKillAgain;
    if (left > 0 && Clock::now() > killed_ + Millis{kSurvivorPatienceMs}) report(left);
  }

  void end(KeeperReport::End why, Millis grace) {
    report_.end = why;
    phase_ = ENDING;
    deadline_ = Clock::now() + grace;
    kill_descendants(SIGTERM);
  }

  void kill_all() {
    phase_ = KILLING;
    killed_ = Clock::now();
    deadline_ = killed_ + kKillAgain;
    kill_descendants(SIGKILL);
  }

  Fd control_;
  int child_signals_;
  pid_t main_ = 0;  // 0 when it has ended
  Phase phase_ = RUNNING;
  Millis grace_{0};
  Clock::time_point started_, killed_;
  std::optional<Clock::time_point> deadline_;
  KeeperReport report_;
  bool reported_ = false;
};

}  // namespace

int keep_step(Fd control, Fd output, int child_signals) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    send_report(control.get(), {.end = KeeperReport::NOT_STARTED, .failed = KeeperReport::FORK, .error = errno});
    return 0;
  }
  ::prctl(PR_SET_NAME, "weir-keeper");
  return Keeper(std::move(control), child_signals).keep(std::move(output));
}

}  // namespace weir::run
