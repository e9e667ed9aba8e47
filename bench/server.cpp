// What the server costs while nobody asks: the time until it listens, its memory, and how often it wakes.
#include <fstream>

#include "bench/served.hpp"

namespace weir::bench {
namespace {

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
