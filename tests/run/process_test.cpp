#include "run/process.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <latch>
#include <mutex>

#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Process = Steps;

TEST_F(Process, exits_with_zero_when_all_is_well) {
  const auto outcome = perform(shell("exit 0"));
  EXPECT_EQ(outcome.end, End::EXITED);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.succeeded());
}

TEST_F(Process, tells_its_exit_code) {
  const auto outcome = perform(shell("exit 3"));
  EXPECT_EQ(outcome.end, End::EXITED);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.error, "exit code 3");
  EXPECT_FALSE(outcome.succeeded());
}

TEST_F(Process, explains_a_command_the_shell_does_not_find) {
  const auto outcome = perform(shell("no-such-command-here"));
  EXPECT_EQ(outcome.exit_code, 127);
  EXPECT_THAT(outcome.error, HasSubstr("not found"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("no-such-command-here"));
}

TEST_F(Process, tells_the_signal_that_ended_it) {
  const auto outcome = perform(shell("kill -SEGV $$"));
  EXPECT_EQ(outcome.end, End::SIGNALLED);
  EXPECT_EQ(outcome.signal, SIGSEGV);
  EXPECT_THAT(outcome.error, HasSubstr("SIGSEGV"));
}

TEST_F(Process, runs_a_program_directly_with_arguments_no_shell_touches) {
  const auto outcome = perform(program({"printf", "%s|", "a b", "$HOME", "*"}));
  EXPECT_TRUE(outcome.succeeded()) << outcome.error;
  EXPECT_EQ(outcome.log_tail, "a b|$HOME|*|");
}

TEST_F(Process, finds_a_program_in_the_path_of_the_step) {
  std::ofstream(folder_ / "hello") << "#!/bin/sh\necho hello\n";
  ::chmod((folder_ / "hello").c_str(), 0700);
  auto spec = program({"hello"});
  spec.environment["PATH"] = "/nowhere:" + folder_.string();
  EXPECT_EQ(perform(spec).log_tail, "hello\n");
}

TEST_F(Process, is_not_started_when_its_program_is_missing) {
  const auto outcome = perform(program({"no-such-program-here"}));
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("no-such-program-here: command not found"));
}

TEST_F(Process, is_not_started_when_its_program_is_not_executable) {
  std::ofstream(folder_ / "text") << "no program";
  const auto outcome = perform(program({(folder_ / "text").string()}));
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("not executable"));
}

TEST_F(Process, is_not_started_when_its_variables_are_too_large) {
  auto spec = shell("true");
  spec.environment["LARGE"] = std::string(1 << 20, 'x');
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("too large"));
}

TEST_F(Process, is_not_started_when_the_parent_of_its_folder_is_missing) {
  auto spec = shell("true");
  spec.folder = folder_ / "missing" / "step";
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr(spec.folder.string()));
  EXPECT_THAT(outcome.error, HasSubstr("No such file or directory"));
}

TEST_F(Process, is_not_started_when_its_folder_is_a_file) {
  auto spec = shell("true");
  std::ofstream(spec.folder) << "a file";
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("Not a directory"));
}

TEST_F(Process, is_not_started_when_its_folder_cannot_be_written) {
  auto spec = shell("true");
  spec.folder = "/proc";  // refuses root as well
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("/proc/parameters.json: cannot write the parameters"));
}

TEST_F(Process, is_not_started_when_its_log_cannot_be_opened) {
  auto spec = shell("true");
  spec.log_file = folder_ / "missing" / "log";
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::NOT_STARTED);
  EXPECT_THAT(outcome.error, HasSubstr("cannot open the log"));
}

TEST_F(Process, is_not_started_with_both_a_command_and_argv_or_neither) {
  auto both = shell("true");
  both.argv = {"true"};
  EXPECT_EQ(perform(both).end, End::NOT_STARTED);
  EXPECT_EQ(perform(shell("")).end, End::NOT_STARTED);
}

TEST_F(Process, is_not_started_with_a_variable_that_cannot_be_one) {
  auto spec = shell("true");
  spec.environment["A=B"] = "x";
  EXPECT_THAT(perform(spec).error, HasSubstr("'A=B' cannot name a variable"));
}

TEST_F(Process, finds_its_parameters_in_a_private_folder) {
  auto spec = shell("pwd; cat \"$WEIR_PARAMETERS\"; stat -c ' %a' .");
  spec.parameters_json = R"({"date":"2026-11-20"})";
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.log_tail, spec.folder.string() + "\n" + R"({"date":"2026-11-20"} 700)" + "\n");
}

TEST_F(Process, has_a_clean_environment) {
  ::setenv("SECRET_OF_THE_WORKER", "x", 1);
  auto spec = program({"env"});
  spec.environment["WEIR_DATE"] = "2026-11-20";
  const auto outcome = perform(spec);
  ::unsetenv("SECRET_OF_THE_WORKER");
  std::set<std::string> names;
  std::istringstream lines(outcome.log_tail);
  for (std::string line; std::getline(lines, line);) names.insert(line.substr(0, line.find('=')));
  for (const char* name : {"HOME", "TZ"}) names.erase(name);  // there when the worker has them
  EXPECT_THAT(names,
              ::testing::ElementsAre("LANG", "PATH", "WEIR_DATE", "WEIR_PARAMETERS", "WEIR_RESULT", "WEIR_TEST_MARK"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("WEIR_DATE=2026-11-20\n"));
}

TEST_F(Process, inherits_no_descriptor_but_the_standard_ones) {
  const auto outcome = perform(program({"ls", "/proc/self/fd"}));
  EXPECT_EQ(outcome.log_tail, "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_F(Process, reads_nothing_from_standard_input) { EXPECT_EQ(perform(shell("cat; echo end")).log_tail, "end\n"); }

TEST_F(Process, has_no_signal_blocked_or_ignored) {
  // Without the two above 31 that the C library keeps for itself.
  std::istringstream masks(perform(shell("awk '/SigBlk|SigIgn/ {print $2}' /proc/self/status")).log_tail);
  std::uint64_t blocked = 1, ignored = 1;
  masks >> std::hex >> blocked >> ignored;
  EXPECT_EQ(blocked & 0x7fff'ffff, 0u);
  EXPECT_EQ(ignored & 0x7fff'ffff, 0u);
}

TEST_F(Process, leads_a_session_and_group_of_its_own) {
  const auto outcome = perform(shell("echo $$; ps -o pgid=,sid= -p $$ 2>/dev/null || cut -d' ' -f5,6 /proc/$$/stat"));
  std::istringstream numbers(outcome.log_tail);
  int pid = 0, group = 1, session = 2;
  numbers >> pid >> group >> session;
  EXPECT_EQ(pid, group);
  EXPECT_EQ(pid, session);
}

TEST_F(Process, hands_its_result_back_as_text) {
  const auto outcome = perform(shell("printf '{\"rows\":7}' > \"$WEIR_RESULT\""));
  EXPECT_EQ(outcome.result_json, R"({"rows":7})");
  EXPECT_TRUE(outcome.succeeded());
}

TEST_F(Process, hands_a_result_back_also_when_it_fails) {
  const auto outcome = perform(shell("echo 1 > \"$WEIR_RESULT\"; exit 4"));
  EXPECT_EQ(outcome.result_json, "1\n");
  EXPECT_EQ(outcome.exit_code, 4);
}

TEST_F(Process, may_have_a_result_of_256_KiB_and_no_more) {
  const auto largest = perform(shell("head -c 262144 /dev/zero > $WEIR_RESULT"));
  EXPECT_EQ(largest.result_json.size(), 262'144u);
  const auto larger = perform(shell("head -c 262145 /dev/zero > $WEIR_RESULT"));
  EXPECT_EQ(larger.result_json, "");
  EXPECT_EQ(larger.exit_code, 0);
  EXPECT_FALSE(larger.succeeded());
  EXPECT_THAT(larger.error, HasSubstr("262145 bytes, at most 262144"));
}

TEST_F(Process, cannot_hold_the_worker_by_a_result_that_is_no_file) {
  EXPECT_THAT(perform(shell("mkfifo $WEIR_RESULT")).error, HasSubstr("no plain file"));
  EXPECT_THAT(perform(shell("ln -s /etc/passwd $WEIR_RESULT")).error, HasSubstr("cannot read the result"));
}

TEST_F(Process, does_not_see_the_result_of_an_earlier_step_in_its_folder) {
  auto first = shell("echo 1 > $WEIR_RESULT"), second = shell("true");
  second.folder = first.folder;
  EXPECT_EQ(perform(first).result_json, "1\n");
  EXPECT_EQ(perform(second).result_json, "");
}

TEST_F(Process, logs_both_outputs_in_order_as_they_are) {
  auto spec = shell("echo one; echo two >&2; printf '\\377three'");
  const auto outcome = perform(spec);
  EXPECT_EQ(text_of(spec.log_file), "one\ntwo\n\377three");
  EXPECT_EQ(outcome.log_bytes, 14u);
  EXPECT_EQ(outcome.dropped_bytes, 0u);
}

TEST_F(Process, goes_on_when_its_log_is_full) {
  auto spec = shell("head -c 5000000 /dev/zero; echo the end; exit 5");
  spec.max_log_bytes = 100'000;
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.log_bytes, 100'000u);
  EXPECT_EQ(outcome.dropped_bytes, 4'900'008u);
  EXPECT_THAT(outcome.log_tail, ::testing::EndsWith("the end\n"));
  EXPECT_EQ(text_of(spec.log_file).substr(100'000),
            "\n[weir] 4900008 bytes of output were dropped: the log is limited to 100000 bytes\n");
}

TEST_F(Process, goes_on_when_the_disk_of_its_log_is_full) {
  auto spec = shell("head -c 1000000 /dev/zero; echo the end");
  spec.log_file = "/dev/full";
  const auto outcome = perform(spec);
  EXPECT_EQ(outcome.end, End::EXITED);
  EXPECT_EQ(outcome.log_bytes, 0u);
  EXPECT_EQ(outcome.dropped_bytes, 1'000'008u);
  EXPECT_THAT(outcome.log_tail, ::testing::EndsWith("the end\n"));
}

TEST_F(Process, tells_how_long_it_ran) {
  const auto outcome = perform(shell("sleep 0.05"));
  EXPECT_GE(outcome.elapsed, Millis{45});
  EXPECT_LT(outcome.elapsed, kPatience);
}

TEST_F(Process, may_start_another_from_its_callback) {
  std::promise<ProcessOutcome> second;
  const auto spec = shell("echo second");
  runner_.run(shell("true"), [&](const ProcessOutcome&) {
    runner_.run(spec, [&](const ProcessOutcome& outcome) { second.set_value(outcome); });
  });
  EXPECT_EQ(end(second.get_future()).log_tail, "second\n");
}

TEST_F(Process, each_of_200_at_a_time_is_reported_once) {
  constexpr int kSteps = 200;
  std::latch all(kSteps);
  std::mutex mutex;
  std::map<int, int> reports;
  for (int i = 0; i < kSteps; ++i)
    runner_.run(shell("echo $$; exit " + std::to_string(i)), [&, i](const ProcessOutcome& outcome) {
      {
        const std::lock_guard lock(mutex);
        ++reports[i];
        EXPECT_EQ(outcome.end, End::EXITED) << outcome.error;
        EXPECT_EQ(outcome.exit_code, i);
        EXPECT_NE(outcome.log_tail, "");
      }
      all.count_down();
    });
  all.wait();
  EXPECT_EQ(reports.size(), static_cast<std::size_t>(kSteps));
  for (const auto& [i, count] : reports) EXPECT_EQ(count, 1) << i;
  EXPECT_EQ(runner_.running(), 0u);
  EXPECT_THAT(alive(), IsEmpty());
}

TEST_F(Process, can_be_started_from_many_threads) {
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      std::vector<ProcessSpec> specs;
      for (int i = 0; i < 10; ++i) specs.push_back(shell("echo x > $WEIR_RESULT"));
      threads.emplace_back([this, &good, specs] {
        for (const auto& spec : specs)
          if (perform(spec).result_json == "x\n") ++good;
      });
    }
  }
  EXPECT_EQ(good, 80);
}

}  // namespace
}  // namespace weir::run
