#include "run/supervise.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <set>
#include <string_view>

#include "run/descendants.hpp"
#include "run/fd.hpp"
#include "run/keeper.hpp"
#include "run/wire.hpp"

namespace weir::run {
namespace {

constexpr int kSweepAgainMs = 20;

class ForkServer {
 public:
  ForkServer(Fd socket, Fd child_signals) : socket_(std::move(socket)), child_signals_(std::move(child_signals)) {}

  int serve() {
    const char ready = kReady;
    if (::send(socket_.get(), &ready, 1, MSG_NOSIGNAL) != 1) return 1;
    while (socket_ || sweeping_ || !keepers_.empty()) {
      pollfd waits[2] = {{socket_.get(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}};
      ::poll(waits, 2, sweeping_ ? kSweepAgainMs : -1);
      if (waits[1].revents) forget_child_signals(child_signals_.get());
      reap();
      if (sweeping_) sweep();
      if (socket_ && waits[0].revents) accept();
    }
    return 0;
  }

 private:
  void accept() {
    const auto request = receive_fork_request(socket_.get());
    if (request.state == ForkRequest::WORKER_GONE) return socket_.reset();
    if (request.state == ForkRequest::NOTHING) return;
    Fd control{request.control}, output{request.output};
    const pid_t pid = ::fork();
    if (pid == 0) {
      socket_.reset();
      ::_exit(keep_step(std::move(control), std::move(output), child_signals_.get()));
    }
    if (pid > 0) {
      keepers_.insert(pid);
    } else {
      send_report(control.get(), {.end = KeeperReport::NOT_STARTED, .failed = KeeperReport::FORK, .error = errno});
    }
  }

  void reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0)
      // A keeper that ended as it should has no descendants; of one that was killed they are ours now.
      if (keepers_.erase(pid) > 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) sweeping_ = true;
  }

  void sweep() { sweeping_ = kill_descendants(SIGKILL, keepers_) > 0; }

  Fd socket_, child_signals_;
  std::set<pid_t> keepers_;
  bool sweeping_ = false;
};

}  // namespace

bool is_supervisor(int argc, char** argv) { return argc == 3 && std::string_view(argv[1]) == kSuperviseArgument; }

int supervise_main(int argc, char** argv) {
  int number = -1;
  if (argc != 3) return 2;
  std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), number);
  if (number < 3) return 2;
  Fd socket{number};
  ::fcntl(number, F_SETFD, FD_CLOEXEC);

  // Standard input of every step; and when the worker has closed its outputs, nothing else may take their numbers.
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0 || ::dup2(null, STDIN_FILENO) < 0) return 1;
  for (const int output : {STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(output, F_GETFD) < 0 && ::dup2(null, output) < 0) return 1;
  if (null > STDERR_FILENO) ::close(null);
  // The folder the worker was started in must not be kept from being unmounted by a process nobody knows.
  if (::chdir("/") != 0) return 1;

  sigset_t all, child;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  Fd child_signals{::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!child_signals || ::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 1;
  ::prctl(PR_SET_NAME, "weir-supervisor");
  return ForkServer(std::move(socket), std::move(child_signals)).serve();
}

}  // namespace weir::run
