#include "run/supervisor.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "run/keeper.hpp"
#include "run/supervise.hpp"
#include "run/wire.hpp"

namespace weir::run {
namespace {

constexpr int kSocketInSupervisor = 3;
constexpr int kAnswerMs = 30'000;  // generous: a machine that starts many workers at once
// Set for the supervisor. A program whose main() does not know the hidden argument would start itself for ever.
constexpr const char* kMarker = "WEIR_SUPERVISOR=1";

std::string text_of(int error) { return std::generic_category().message(error); }

// 0, or an error number. The supervisor gets a session of its own, so that Ctrl-C reaches the worker only.
int spawn(int socket, pid_t& pid) {
  std::vector<char*> environment;
  for (char** variable = environ; *variable; ++variable) environment.push_back(*variable);
  environment.push_back(const_cast<char*>(kMarker));
  environment.push_back(nullptr);
  const std::string number = std::to_string(kSocketInSupervisor);
  char name[] = "weir-supervisor";
  char* argv[] = {name, const_cast<char*>(kSuperviseArgument), const_cast<char*>(number.c_str()), nullptr};

  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket, kSocketInSupervisor);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, kSocketInSupervisor + 1);
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv, environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

Result<Supervisor> Supervisor::start() {
  if (std::getenv("WEIR_SUPERVISOR"))
    return fail("this process is itself a supervisor", "supervisor", "call supervise_main first thing in main()");
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return fail("no socket: " + text_of(errno), "supervisor", "raise the limit of open files");
  Fd ours{sockets[0]}, theirs{sockets[1]};
  pid_t pid = 0;
  if (const int error = spawn(theirs.get(), pid); error != 0)
    return fail("cannot start /proc/self/exe: " + text_of(error), "supervisor", "check limits of processes and memory");
  theirs.reset();
  Supervisor supervisor(std::move(ours), pid);
  pollfd wait{supervisor.socket_.get(), POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&wait, 1, kAnswerMs);
  while (ready < 0 && errno == EINTR);
  char answer = 0;
  if (ready == 1 && ::recv(supervisor.socket_.get(), &answer, 1, 0) == 1 && answer == kReady) return supervisor;
  ::kill(pid, SIGKILL);
  return fail("it was started but does not answer", "supervisor", "call supervise_main first thing in main()");
}

Supervisor::Supervisor(Supervisor&& other) noexcept
    : socket_(std::move(other.socket_)), pid_(std::exchange(other.pid_, 0)) {}

Supervisor::~Supervisor() {
  socket_.reset();
  if (pid_ <= 0) return;
  // It waits for its keepers, and these for processes that may be beyond killing: then it is left to end alone.
  const Fd process{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
  pollfd wait{process.get(), POLLIN, 0};
  while (process && ::poll(&wait, 1, 2 * kSurvivorPatienceMs) < 0 && errno == EINTR) {
  }
  ::waitpid(pid_, nullptr, WNOHANG);
}

bool Supervisor::fork_keeper(int control, int output) const {
  return send_fork_request(socket_.get(), control, output);
}

}  // namespace weir::run
