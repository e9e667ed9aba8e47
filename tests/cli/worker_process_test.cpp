// `weir worker` as a process of its own that is killed in the middle of a step.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/cli/house.hpp"
#include "tests/run/steps.hpp"

extern char** environ;

namespace weir::cli {
namespace {

class WorkerProcess : public CliTest {
 protected:
  pid_t begin_worker(const std::string& name) {
    std::vector<std::string> words{
        "/proc/self/exe",         "__weir", "--server", server_, "worker", "--name", name, "--lease-s", "2", "--folder",
        (folder_ / name).string()};
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t pid = 0;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    EXPECT_EQ(::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv.data(), environ), 0);
    return pid;
  }
};

TEST_F(WorkerProcess, killed_mid_step_leaves_no_orphan_and_the_step_is_done_elsewhere) {
  open(0);
  const std::string mark = folder_.filename().string();
  // The first attempt waits for ever, the second ends.
  const auto flag = (folder_ / "begun").string();
  const auto place =
      project("long", "WEIR_TEST_MARK=" + mark + " sh -c 'if mkdir " + flag + " 2>/dev/null; then sleep 1000; fi'");
  ASSERT_EQ(weir({"deploy", place, "--yes"}), kOk) << err_;
  const pid_t first = begin_worker("first");
  ASSERT_EQ(weir({"run", "long", "--date", "2026-01-02", "--yes", "--json"}), kOk) << err_;
  const auto number = json().find("run")->find("run")->number()->text;
  const auto wait_until = [](auto condition) {
    const auto end = std::chrono::steady_clock::now() + run::kPatience;
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return condition();
  };
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(flag); }));
  ::kill(first, SIGKILL);
  ::waitpid(first, nullptr, 0);
  EXPECT_TRUE(wait_until([&] { return run::processes_with("WEIR_TEST_MARK=" + mark).empty(); }));

  const pid_t second = begin_worker("second");
  const auto status = [&] {
    EXPECT_EQ(weir({"show", number, "--json"}), kOk) << err_;
    return *json().find("run")->find("status")->string();
  };
  EXPECT_TRUE(wait_until([&] { return status() == "SUCCEEDED"; })) << out_;
  weir({"show", number});
  EXPECT_NE(out_.find("Weir.WorkerLost"), std::string::npos) << out_;
  ::kill(second, SIGTERM);
  int ended = 0;
  ::waitpid(second, &ended, 0);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

}  // namespace
}  // namespace weir::cli
