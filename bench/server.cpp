// What the server costs while nobody asks: the time until it listens, its memory, and how often it wakes.
#include <signal.h>
#include <sys/wait.h>

#include <fstream>

#include "bench/measure.hpp"

namespace weir::bench {
namespace {

struct Server {
  pid_t pid = 0;
  double ready_ms = 0;
};

Server start(const std::filesystem::path& program, const std::filesystem::path& data) {
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
  return {pid, ready};  // the pipe stays open, so that the server may go on printing
}

void stop(const Server& server) {
  ::kill(server.pid, SIGTERM);
  int status = 0;
  ::waitpid(server.pid, &status, 0);
  if (status != 0) give_up("the server did not end well");
}

double of_status(const std::filesystem::path& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":")) return std::atof(line.c_str() + name.size() + 1);
  return 0;
}

// Every thread that went to sleep of itself had been woken before.
double wake_ups(pid_t pid) {
  double out = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task"))
    out += of_status(task.path() / "status", "voluntary_ctxt_switches");
  return out;
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("server", given);
  const auto program = given.build / "weir";
  if (!std::filesystem::exists(program)) give_up("weir is not beside this program; build it first");
  const Scratch scratch(given);
  auto bare = bare_commits(scratch.path(), 1);
  report.figure("bare SQLite commit of a row p50", bare.p50(), "ms");
  Samples fresh, again;
  for (int i = 0; i < 5; ++i) {
    const auto data = scratch.path() / std::to_string(i);
    const auto first = start(program, data);
    fresh.add(first.ready_ms);
    stop(first);
    const auto second = start(program, data);
    again.add(second.ready_ms);
    stop(second);
  }
  report.at_most("ready on a fresh folder, p50 of 5", fresh.p50(), "ms", 50, "50 ms");
  report.at_most("ready on a folder in use, p50 of 5", again.p50(), "ms", 50, "50 ms");

  const auto server = start(program, scratch.path() / "0");
  std::this_thread::sleep_for(std::chrono::seconds(2));  // the start is over
  const double before = wake_ups(server.pid);
  const auto begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(std::max(10.0, given.seconds)));
  report.at_most("idle: wake-ups", (wake_ups(server.pid) - before) / ms_since(begin) * 1000, "1/s", 2, "2 a second");
  report.at_most("idle: resident memory", of_status("/proc/" + std::to_string(server.pid) + "/status", "VmRSS") / 1024,
                 "MiB", 32, "32 MiB");
  stop(server);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
