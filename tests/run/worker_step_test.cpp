#include "run/worker_step.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "json/text.hpp"

namespace weir::run {
namespace {

using End = ProcessOutcome::End;

const char* kPayload =
    R"({"step":"metric","command":"./metric.sh","env":{"MODE":"full","sampleRate":"2"},"timeout_s":90,
  "result":"out/metric.json","steps":{"check":{"ok":true}},
  "run":{"run_id":17,"pipeline":"pipeline-x","account":"333333333333","key":"2026-01-02","date":"2026-01-02",
         "window_start":"2026-01-02T00:00:00.000Z","window_end":"2026-01-03T00:00:00.000Z",
         "parameters":{"sampleRate":0.5,"region":"de","bad name":1},"bundle":"abc123",
         "upstream":{"listings":{"run_id":3,"key":"2026-01-02","status":"SUCCEEDED"}}}})";

ProcessOutcome exited(int code) {
  ProcessOutcome out;
  out.end = End::EXITED;
  out.exit_code = code;
  return out;
}

TEST(WorkerStep, sees_the_run_the_parameters_and_the_env_of_the_step) {
  const auto plan = read_step(kPayload);
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_EQ(plan->command, "./metric.sh");
  EXPECT_EQ(plan->bundle, "abc123");
  EXPECT_EQ(plan->result_file, "out/metric.json");
  EXPECT_EQ(*plan->timeout, std::chrono::seconds(90));
  const auto& env = plan->environment;
  EXPECT_EQ(env.at("WEIR_DATE"), "2026-01-02");
  EXPECT_EQ(env.at("WEIR_KEY"), "2026-01-02");
  EXPECT_EQ(env.at("WEIR_RUN_ID"), "17");
  EXPECT_EQ(env.at("WEIR_PIPELINE"), "pipeline-x");
  EXPECT_EQ(env.at("WEIR_STEP"), "metric");
  EXPECT_EQ(env.at("WEIR_WINDOW_END"), "2026-01-03T00:00:00.000Z");
  EXPECT_EQ(env.at("region"), "de");
  EXPECT_EQ(env.at("MODE"), "full");
  EXPECT_EQ(env.at("sampleRate"), "2") << "the step's env wins over a parameter";
  EXPECT_FALSE(env.contains("bad name"));
  EXPECT_EQ(plan->parameters_json, R"({"sampleRate":0.5,"region":"de","bad name":1})");
  EXPECT_EQ(plan->upstreams_json, R"({"listings":{"run_id":3,"key":"2026-01-02","status":"SUCCEEDED"}})");
  EXPECT_EQ(plan->steps_json, R"({"check":{"ok":true}})");
}

TEST(WorkerStep, is_refused_without_a_command) {
  EXPECT_FALSE(read_step("{}"));
  EXPECT_FALSE(read_step("[1"));
}

TEST(WorkerStep, that_succeeds_hands_on_its_result) {
  const auto plan = read_step(R"({"step":"a","command":"true"})");
  auto outcome = exited(0);
  outcome.result_json = R"({"rows":3})";
  const auto end = end_of(outcome, *plan, std::nullopt);
  EXPECT_TRUE(end.succeeded);
  EXPECT_EQ(end.result, R"({"rows":3})");
}

TEST(WorkerStep, whose_result_file_is_missing_or_no_json_fails) {
  const auto plan = read_step(kPayload);
  const auto missing = end_of(exited(0), *plan, Result<std::string>(""));
  EXPECT_FALSE(missing.succeeded);
  EXPECT_NE(missing.cause.find("out/metric.json"), std::string::npos);
  EXPECT_FALSE(end_of(exited(0), *plan, Result<std::string>("{")).succeeded);
  EXPECT_TRUE(end_of(exited(0), *plan, Result<std::string>("{}")).succeeded);
}

TEST(WorkerStep, that_fails_says_its_exit_code_and_its_last_lines) {
  const auto plan = read_step(R"({"step":"a","command":"x"})");
  auto outcome = exited(3);
  outcome.log_tail = "one\ntwo\nbad \xFF byte\n";
  const auto end = end_of(outcome, *plan, std::nullopt);
  EXPECT_EQ(end.error, kStepFailed);
  EXPECT_EQ(end.cause, "step 'a' ended with exit code 3\none\ntwo\nbad \xEF\xBF\xBD byte");
}

TEST(WorkerStep, has_error_names_for_timeouts_and_stops) {
  const auto plan = read_step(kPayload);
  ProcessOutcome outcome;
  outcome.end = End::TIMED_OUT;
  EXPECT_EQ(end_of(outcome, *plan, std::nullopt).error, kStepTimedOut);
  outcome.end = End::STOPPED;
  EXPECT_EQ(end_of(outcome, *plan, std::nullopt).error, kStepStopped);
}

TEST(WorkerStep, last_lines_are_the_last) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc");
  EXPECT_EQ(last_lines("a\nb\nc", 9), "a\nb\nc");
  EXPECT_EQ(last_lines("", 3), "");
}

TEST(WorkerBase64, gives_back_every_length) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(base64_encode("Weir"), "V2Vpcg==");
  EXPECT_FALSE(base64_decode("V2V"));
  EXPECT_FALSE(base64_decode("V2V*"));
}

}  // namespace
}  // namespace weir::run
