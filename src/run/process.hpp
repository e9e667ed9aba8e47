// Performs one step of a pipeline as a process of its own, and leaves nothing of it behind.
//
//   ProcessRunner runner;
//   auto id = runner.run({.command = "./aggregate.sh \"$WEIR_DATE\"", .folder = "...", .log_file = "..."},
//                        [](const ProcessOutcome& outcome) { ... });
//
// What a step finds when it starts
//   - a session and process group of its own, standard input from /dev/null, no other descriptor of Weir's;
//   - its folder as working directory, made with mode 0700 when it is missing (its parent must be there). A folder
//     serves one step at a time;
//   - in it parameters.json, whose absolute path is in WEIR_PARAMETERS; a result.json of an earlier step is removed,
//     and the path to write a new one to is in WEIR_RESULT;
//   - PATH, HOME, LANG and TZ of the worker and the given variables, nothing else.
//
// Who looks after it. A program that uses ProcessRunner calls supervise_main (supervise.hpp) first thing in main():
// the runner starts its own program once more as a supervisor, and this forks for each step a keeper, which is the
// step's parent and the reaper of every descendant, also of those that left its session. When the step's main
// process has ended, the keeper kills what it left running. When the worker dies, however it dies, the keepers kill
// everything at once. When a keeper is killed, the supervisor kills what it kept. Only when keeper and supervisor are
// both killed with SIGKILL, a descendant that left the step's main process can survive.
//
// Threads: run and stop may be called from any thread, also from a callback. Callbacks are called one after the
// other on the runner's own thread and should be short: meanwhile no log is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/time.hpp"

namespace weir::run {

inline constexpr std::uint64_t kResultBytes = limits::kPayloadBytes;  // of result.json: it becomes state data
inline constexpr std::size_t kLogTailBytes = 4'096;                   // enough for a stack trace's end
inline constexpr std::uint64_t kLogBytes = 64ull * 1024 * 1024;       // of one step, when nothing else is said

// Exactly one of command and argv is given.
struct ProcessSpec {
  std::string command;            // run by /bin/sh -c
  std::vector<std::string> argv;  // run directly; a name without '/' is looked up in the step's PATH
  std::filesystem::path folder;
  std::map<std::string, std::string> environment;  // wins over the worker's PATH, HOME, LANG, TZ
  std::string parameters_json = "{}";
  std::filesystem::path log_file;           // standard output and error are appended to it; its folder must be there
  std::optional<Millis> timeout;            // from the start of the process; none: for ever
  Millis grace = std::chrono::seconds{10};  // between SIGTERM and SIGKILL
  std::uint64_t max_log_bytes = kLogBytes;  // more is dropped and counted, and the step goes on
  std::vector<std::string> secrets;         // become *** in the log, its tail and the result (mask.hpp)
};

struct ProcessOutcome {
  enum class End {
    EXITED,       // by itself, with exit_code
    SIGNALLED,    // by a signal that Weir did not send
    TIMED_OUT,    // ended by Weir after `timeout`; exit_code or signal say how the process took it
    STOPPED,      // ended by Weir on request; likewise
    NOT_STARTED,  // no process came to be; `error` says why
  };
  End end = End::NOT_STARTED;
  int exit_code = 0;
  int signal = 0;           // 0 when it exited
  std::string result_json;  // text of result.json, not looked into; empty when there is none. Read after EXITED only
  std::string error;        // one clear sentence; empty exactly when the exit code is 0 and the result could be read
  std::uint64_t log_bytes = 0;      // written to the log, without the marker
  std::uint64_t dropped_bytes = 0;  // not written: over max_log_bytes, or the disk refused them
  Millis elapsed{0};                // life of the main process
  std::string log_tail;             // last bytes of the output, kept even when dropped from the log; raw bytes

  bool succeeded() const { return end == End::EXITED && exit_code == 0 && error.empty(); }
};

std::string_view to_text(ProcessOutcome::End end);

class ProcessRunner {
 public:
  using Id = std::uint64_t;  // of one run; never used again
  using Done = std::function<void(const ProcessOutcome&)>;

  ProcessRunner();  // starts the thread; the supervisor starts with the first step
  // Stops every step as stop() does and waits for their callbacks. Not from a callback.
  ~ProcessRunner();
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;

  // Prepares folder, files and log on the calling thread and starts the step. `done` is called exactly once, also
  // when nothing could be started, and possibly before run returns.
  Id run(const ProcessSpec& spec, Done done);

  // SIGTERM to every process of the step; after `grace` (the step's own when not given) SIGKILL to what is left.
  // A second stop can only shorten the grace. False when there is no such step (any more).
  bool stop(Id id, std::optional<Millis> grace = std::nullopt);

  std::size_t running() const;
  int supervisor_pid() const;  // 0 before the first step

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::run
