// A `weir serve` of its own process, for benchmarks that talk to it as clients do.
#pragma once

#include <signal.h>
#include <sys/wait.h>

#include "bench/measure.hpp"

namespace weir::bench {

struct Server {
  pid_t pid = 0;
  double ready_ms = 0;
  std::uint16_t port = 0;
};

inline Server start(const std::filesystem::path& program, const std::filesystem::path& data) {
  int out[2];
  if (::pipe2(out, O_CLOEXEC) != 0) give_up("no pipe");
  const auto begin = Clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(out[1], 1);
    ::execl(program.c_str(), "weir", "serve", "--data", data.c_str(), "--listen", "127.0.0.1:0", nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  std::string line;
  char c = 0;
  while (::read(out[0], &c, 1) == 1 && c != '\n') line += c;
  const double ready = ms_since(begin);
  if (line.find("listening") == std::string::npos) give_up("the server does not start: " + program.string());
  const auto port = std::atoi(line.substr(line.rfind(':') + 1).c_str());
  return {pid, ready, static_cast<std::uint16_t>(port)};  // the pipe stays open, so that the server may go on printing
}

inline void stop(const Server& server) {
  ::kill(server.pid, SIGTERM);
  int status = 0;
  ::waitpid(server.pid, &status, 0);
  if (status != 0) give_up("the server did not end well");
}

}  // namespace weir::bench
