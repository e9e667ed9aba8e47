// That nothing survives the death of a worker, a supervisor or a keeper.
#include "run/supervisor.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "run/fd.hpp"
#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Ways to survive: a plain child, a new session, a daemon deaf to signals, one that hides its environment.
const std::string kTough =
    "sleep 1000 & setsid sleep 1000 & "
    "setsid sh -c '(trap \"\" TERM HUP INT; while :; do sleep 1000; done) >/dev/null 2>&1 &' ; "
    "setsid env -i /bin/sleep 1000 & echo $! > hidden; echo ready; sleep 1000";

class SupervisorTest : public Steps {
 protected:
  Fd watch(pid_t pid) { return Fd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))}; }
  bool ends(const Fd& process) {
    pollfd wait{process.get(), POLLIN, 0};
    return ::poll(&wait, 1, static_cast<int>(Millis(kPatience).count())) == 1;
  }
  pid_t number_in(const std::filesystem::path& file) { return std::stoi(text_of(file)); }
  pid_t parent_of(pid_t pid) {
    const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
    std::istringstream rest(stat.substr(stat.rfind(')') + 1));
    char state = 0;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
  }
};

TEST_F(SupervisorTest, kills_all_when_the_worker_is_killed) {
  const std::string folder = folder_.string();
  std::vector<const char*> argv{"worker", "__worker", folder.c_str(), kTough.c_str(), nullptr};
  pid_t worker = 0;
  ASSERT_EQ(::posix_spawn(&worker, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(argv.data()), environ), 0);
  LogFollower written(folder_ / "supervisor");
  std::string number;
  while (!number.ends_with('\n')) {
    ASSERT_TRUE(written.wait(kPatience));
    number += written.next(100)->bytes;
  }
  ASSERT_TRUE(log_says(folder_ / "step.log", "ready"));
  const Fd supervisor = watch(std::stoi(number)), hidden = watch(number_in(folder_ / "step" / "hidden"));
  EXPECT_THAT(alive(), Not(IsEmpty()));

  ::kill(worker, SIGKILL);
  ::waitpid(worker, nullptr, 0);
  EXPECT_TRUE(ends(supervisor));
  EXPECT_TRUE(ends(hidden));
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(SupervisorTest, kills_what_a_killed_keeper_kept) {
  auto spec = shell("echo $$ > main; " + kTough);
  auto future = begin(spec);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  std::vector<Fd> processes;
  for (const pid_t pid : alive()) processes.push_back(watch(pid));
  processes.push_back(watch(number_in(spec.folder / "hidden")));
  ::kill(parent_of(number_in(spec.folder / "main")), SIGKILL);
  const auto outcome = end(std::move(future));
  EXPECT_EQ(outcome.end, End::SIGNALLED);
  EXPECT_THAT(outcome.error, HasSubstr("was killed"));
  for (const Fd& process : processes) EXPECT_TRUE(ends(process));
  EXPECT_EQ(perform(shell("echo next")).log_tail, "next\n");
}

TEST_F(SupervisorTest, is_replaced_when_killed_and_its_steps_go_on) {
  auto spec = shell("echo ready; read line < go; echo went on");
  std::filesystem::create_directory(spec.folder);
  ASSERT_EQ(::mkfifo((spec.folder / "go").c_str(), 0600), 0);
  auto future = begin(spec);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  const pid_t first = runner_.supervisor_pid();
  const Fd supervisor = watch(first);
  ::kill(first, SIGKILL);
  ASSERT_TRUE(ends(supervisor));
  EXPECT_EQ(perform(shell("echo next")).log_tail, "next\n");
  EXPECT_NE(runner_.supervisor_pid(), first);
  std::ofstream(spec.folder / "go") << "go\n";
  EXPECT_THAT(end(std::move(future)).log_tail, HasSubstr("went on"));
}

TEST_F(SupervisorTest, starts_once_for_many_steps) {
  EXPECT_EQ(runner_.supervisor_pid(), 0);
  perform(shell("true"));
  const pid_t first = runner_.supervisor_pid();
  perform(shell("true"));
  EXPECT_EQ(runner_.supervisor_pid(), first);
}

TEST_F(SupervisorTest, does_not_start_inside_of_a_supervisor) {
  ::setenv("WEIR_SUPERVISOR", "1", 1);
  const auto started = Supervisor::start();
  ::unsetenv("WEIR_SUPERVISOR");
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("supervise_main"));
}

}  // namespace
}  // namespace weir::run
