// How steps end that do not want to, and that nothing is left of them.
#include "run/keeper.hpp"

#include <gmock/gmock.h>

#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Keeper = Steps;

// A daemon as of old: a double fork with a session of its own, its output elsewhere, deaf to SIGTERM when told so.
std::string daemon(const std::string& name, bool deaf = false) {
  return "setsid sh -c '(trap \"" + std::string(deaf ? "\" TERM HUP INT" : ":\" USR1") + "; echo " + name +
         " >> daemons; while :; do sleep 1000; done) >/dev/null 2>&1 &' ; "
         "until grep -q " +
         name + " daemons 2>/dev/null; do sleep 0.01; done; ";
}

TEST_F(Keeper, ends_the_whole_group_at_the_timeout) {
  auto spec = shell("sleep 1000 & sleep 1000 | sleep 1000");
  spec.timeout = Millis{100};
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::TIMED_OUT);
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_THAT(outcome.error, HasSubstr("timeout of 100ms"));
  EXPECT_GE(outcome.elapsed, Millis{100});
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Keeper, lets_a_step_clean_up_within_the_grace) {
  auto spec = shell("trap 'echo cleaned; exit 9' TERM; echo ready; while :; do sleep 0.01; done");
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  EXPECT_TRUE(runner_.stop(id));
  const auto outcome = end(std::move(future));
  EXPECT_EQ(outcome.end, End::STOPPED);
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_THAT(outcome.log_tail, HasSubstr("cleaned"));
  EXPECT_FALSE(runner_.stop(id)) << "it is over";
}

TEST_F(Keeper, lets_the_children_of_a_shell_clean_up_although_the_shell_dies_at_once) {
  auto spec = shell("sh -c 'trap \"sleep 0.1; echo cleaned; exit\" TERM; echo ready; while :; do sleep 0.01; done'; :");
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  runner_.stop(id);
  EXPECT_THAT(end(std::move(future)).log_tail, HasSubstr("cleaned"));
}

TEST_F(Keeper, kills_after_the_grace_what_ignores_SIGTERM) {
  auto spec = shell("trap '' TERM; echo ready; sleep 1000; sleep 1000");
  spec.grace = Millis{100};
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  runner_.stop(id);
  const auto outcome = end(std::move(future));
  EXPECT_EQ(outcome.end, End::STOPPED);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Keeper, shortens_the_grace_when_stopped_again) {
  auto spec = shell("trap '' TERM; echo ready; sleep 1000; sleep 1000");
  spec.grace = std::chrono::hours{1};
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  runner_.stop(id);
  runner_.stop(id, Millis{0});
  EXPECT_EQ(end(std::move(future)).signal, SIGKILL);
}

TEST_F(Keeper, ends_a_step_that_is_suspended) {
  auto spec = shell("echo ready; kill -STOP $$");
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  runner_.stop(id);
  EXPECT_EQ(end(std::move(future)).end, End::STOPPED);
}

TEST_F(Keeper, kills_a_daemon_that_left_the_session_when_its_step_ends) {
  const auto outcome = perform(shell(daemon("one", true) + daemon("two") + "exit 0"));
  EXPECT_TRUE(outcome.succeeded()) << outcome.error << outcome.log_tail;
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Keeper, kills_a_daemon_that_left_the_session_on_stop) {
  auto spec = shell(daemon("one", true) + "echo ready; sleep 1000");
  spec.grace = Millis{50};
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  EXPECT_THAT(alive(), ::testing::Not(IsEmpty()));
  runner_.stop(id);
  EXPECT_EQ(end(std::move(future)).end, End::STOPPED);
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Keeper, kills_what_hides_its_environment_too) {
  auto spec = shell("env -i setsid sh -c '/bin/sleep 1000 & echo $!'");
  const auto outcome = perform(spec);
  EXPECT_TRUE(outcome.succeeded()) << outcome.error;
  EXPECT_EQ(::kill(std::stoi(outcome.log_tail), 0), -1);
}

TEST_F(Keeper, outruns_a_step_that_forks_all_the_time) {
  auto spec = shell("f() { sh -c : & g=$!; sh -c 'sleep 0.01; sh -c : &' & wait $g; f; }; echo ready; f & f & f");
  spec.grace = Millis{20};
  ProcessRunner::Id id = 0;
  auto future = begin(spec, &id);
  ASSERT_TRUE(log_says(spec.log_file, "ready"));
  runner_.stop(id);
  end(std::move(future));
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Keeper, leaves_other_steps_alone) {
  auto other = shell("echo ready; read line < go; echo went on");
  std::filesystem::create_directory(other.folder);
  ASSERT_EQ(::mkfifo((other.folder / "go").c_str(), 0600), 0);
  auto future = begin(other);
  ASSERT_TRUE(log_says(other.log_file, "ready"));
  perform(shell(daemon("one")));
  EXPECT_THAT(alive(), SizeIs(1));
  std::ofstream(other.folder / "go") << "go\n";
  EXPECT_THAT(end(std::move(future)).log_tail, HasSubstr("went on"));
}

TEST_F(Keeper, ends_every_step_with_its_runner) {
  std::atomic<int> stopped = 0;
  {
    ProcessRunner runner;
    for (int i = 0; i < 3; ++i) {
      const auto spec = shell(daemon("one") + "echo ready; sleep 1000");
      runner.run(spec, [&](const ProcessOutcome& outcome) { stopped += outcome.end == End::STOPPED; });
      ASSERT_TRUE(log_says(spec.log_file, "ready"));
    }
  }
  EXPECT_EQ(stopped, 3);
  EXPECT_THAT(alive(), IsEmpty());
}

}  // namespace
}  // namespace weir::run
