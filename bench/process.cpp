// A step as the runner performs it, beside a loop that makes the same folder, files and process group by hand.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <future>
#include <thread>

#include "bench/measure.hpp"
#include "run/process.hpp"
#include "run/supervise.hpp"

namespace weir::bench {
namespace {

constexpr int kSteps = 1'000;

void bare_step(const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "params.json") << "{}";
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const auto log = folder.string() + ".log";
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  char program[] = "/bin/true";
  char* argv[] = {program, nullptr};
  char* none[] = {nullptr};
  pid_t pid = 0;
  int status = 1;
  if (::posix_spawn(&pid, program, &files, &attributes, argv, none) != 0 || ::waitpid(pid, &status, 0) != pid ||
      status != 0)
    give_up("/bin/true does not run");
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
}

// `parallel` threads do `kSteps` together; milliseconds a step.
double all(int parallel, const std::function<void(int)>& step) {
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < parallel; ++t)
    threads.emplace_back([&, t] {
      for (int i = t; i < kSteps; i += parallel) step(i);
    });
  for (auto& thread : threads) thread.join();
  return ms_since(begin) / kSteps;
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("process", given);
  const Scratch scratch(given);
  auto commits = bare_commits(scratch.path(), given.seconds / 2);
  report.figure("bare SQLite commit of a row p50", commits.p50(), "ms");
  run::ProcessRunner runner;
  const auto step = [&](const std::filesystem::path& folder) {
    std::promise<run::ProcessOutcome> promise;
    run::ProcessSpec spec;
    spec.argv = {"/bin/true"};
    spec.folder = folder;
    spec.log_file = folder.string() + ".log";
    runner.run(spec, [&](const run::ProcessOutcome& outcome) { promise.set_value(outcome); });
    if (const auto outcome = promise.get_future().get(); !outcome.succeeded())
      give_up("the step failed: " + outcome.error);
  };
  step(scratch.path() / "first");  // starts the supervisor
  for (const int parallel : {1, 2}) {
    const auto name = fmt::format("{} x /bin/true, {} at a time", kSteps, parallel);
    const auto folder = [&](const char* kind, int i) {
      return scratch.path() / fmt::format("{}-{}-{}", kind, parallel, i);
    };
    const double bare = all(parallel, [&](int i) { bare_step(folder("bare", i)); });
    const double ours = all(parallel, [&](int i) { step(folder("step", i)); });
    report.figure(name + ": bare, a step", bare, "ms");
    report.at_most(name + ": runner, a step", ours, "ms", 1.5 * bare + 3 * commits.p50(),
                   "1.5 x bare + 3 bare commits");
  }
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  if (weir::run::is_supervisor(argc, argv)) return weir::run::supervise_main(argc, argv);
  return weir::bench::run(argc, argv);
}
