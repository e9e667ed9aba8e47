// What the tests of run/ share: a folder that is removed, a step that is waited for, and who is alive.
#pragma once

#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "run/follow.hpp"
#include "run/process.hpp"

namespace weir::run {

inline constexpr auto kPatience = std::chrono::seconds(60);  // only a broken build waits this long

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Processes that have `variable` ("NAME=value") in their environment; zombies have none.
inline std::vector<pid_t> processes_with(const std::string& variable) {
  std::vector<pid_t> out;
  DIR* proc = ::opendir("/proc");
  while (const dirent* item = ::readdir(proc)) {
    pid_t pid = 0;
    const char* end = item->d_name + std::strlen(item->d_name);
    if (std::from_chars(item->d_name, end, pid).ptr != end) continue;
    const std::string environment = '\0' + text_of("/proc/" + std::to_string(pid) + "/environ");
    if (environment.find('\0' + variable + '\0') != std::string::npos) out.push_back(pid);
  }
  ::closedir(proc);
  return out;
}

// Reads the log until `words` are in it.
inline ::testing::AssertionResult log_says(const std::filesystem::path& log, const std::string& words) {
  LogFollower follower(log);
  std::string text;
  while (text.find(words) == std::string::npos) {
    if (!follower.wait(kPatience)) return ::testing::AssertionFailure() << "the log stays at: " << text;
    text += follower.next(1 << 16).value().bytes;
  }
  return ::testing::AssertionSuccess();
}

class Steps : public ::testing::Test {
 protected:
  Steps() {
    std::string name = (std::filesystem::path(::testing::TempDir()) / "weir-run-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    mark_ = "WEIR_TEST_MARK=" + folder_.filename().string();
  }
  ~Steps() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  ProcessSpec shell(const std::string& command) {
    const std::string name = "step" + std::to_string(++count_);
    ProcessSpec spec;
    spec.command = command;
    spec.folder = folder_ / name;
    spec.log_file = folder_ / (name + ".log");
    spec.environment["WEIR_TEST_MARK"] = folder_.filename().string();
    return spec;
  }
  ProcessSpec program(std::vector<std::string> argv) {
    ProcessSpec spec = shell("");
    spec.argv = std::move(argv);
    return spec;
  }

  std::future<ProcessOutcome> begin(const ProcessSpec& spec, ProcessRunner::Id* id = nullptr) {
    auto promise = std::make_shared<std::promise<ProcessOutcome>>();
    auto future = promise->get_future();
    const auto given = runner_.run(spec, [promise](const ProcessOutcome& outcome) { promise->set_value(outcome); });
    if (id) *id = given;
    return future;
  }
  ProcessOutcome end(std::future<ProcessOutcome> future) {
    if (future.wait_for(kPatience) == std::future_status::ready) return future.get();
    ADD_FAILURE() << "the step does not end";
    std::abort();
  }
  ProcessOutcome perform(const ProcessSpec& spec) { return end(begin(spec)); }

  std::vector<pid_t> alive() const { return processes_with(mark_); }

  std::filesystem::path folder_;
  std::string mark_;
  std::atomic<int> count_ = 0;
  ProcessRunner runner_;
};

using End = ProcessOutcome::End;

}  // namespace weir::run
