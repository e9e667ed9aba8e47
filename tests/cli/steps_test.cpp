// Steps of every kind, from pipeline.yaml through a server and its worker to what the run says.
#include <stdlib.h>

#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

struct StepsTest : CliTest {
  ~StepsTest() override { ::unsetenv("WEIR_SECRET_HIVE_METASTORE"); }

  // Deploys, runs 2026-01-02 and follows it; the exit code of the run.
  int run_once(const std::string& name, const std::string& rest, const std::vector<std::string>& more = {}) {
    write(name + "/pipeline.yaml", "name: " + name + "\nwindow: day\nsince: 2026-01-01\n" + rest);
    EXPECT_EQ(weir({"deploy", (folder_ / name).string(), "--yes"}), kOk) << err_;
    std::vector<std::string> arguments{"run", name, "--date", "2026-01-02", "--follow", "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const int code = weir(arguments);
    followed_ = out_ + err_;
    EXPECT_EQ(weir({"runs", name, "--json"}), kOk);
    const auto runs = json();
    run_ = runs.find("runs")->array()->front().find("run")->number()->text;
    EXPECT_EQ(weir({"logs", run_}), kOk) << err_;
    logs_ = out_;
    EXPECT_EQ(weir({"show", run_, "--json"}), kOk) << err_;
    shown_ = json();
    return code;
  }
  // "work SUCCEEDED" for each attempt.
  std::vector<std::string> steps() const {
    std::vector<std::string> out;
    for (const auto& step : *shown_.find("steps")->array())
      out.push_back(*step.find("step")->string() + " " + *step.find("status")->string());
    return out;
  }
  bool logged(std::string_view text) const { return logs_.find(text) != std::string::npos; }

  std::string run_, followed_, logs_;
  json::Value shown_;
};

TEST_F(StepsTest, foreach_runs_once_for_each_item_and_gives_a_list) {
  open();
  ASSERT_EQ(run_once("loop", R"(steps:
  - name: list
    run: 'echo "{\"countries\": [\"de\", \"at\"]}" > $WEIR_RESULT'
  - name: each
    foreach: ${steps.list.result.countries}
    run: 'echo "item $WEIR_ITEM of $WEIR_DATE to $TO"; echo "{\"c\": \"$WEIR_ITEM\"}" > $WEIR_RESULT'
    env: {TO: "s3://x/${item}/dt=${date}"}
  - name: sum
    run: cat "$WEIR_STEPS"
)"),
            kOk)
      << followed_;
  EXPECT_TRUE(logged("item de of 2026-01-02 to s3://x/de/dt=2026-01-02")) << logs_;
  EXPECT_TRUE(logged("item at of")) << logs_;
  EXPECT_TRUE(logged(R"("each":[{"c":"de"},{"c":"at"}])")) << logs_;
}

TEST_F(StepsTest, when_skips_a_step_and_later_ones_go_on) {
  open();
  const std::string file = R"(parameters: {full: {type: boolean, default: "false"}}
steps:
  - {name: a, run: echo a}
  - {name: b, run: echo was-here, when: "${parameters.full}"}
  - {name: c, run: echo c}
)";
  ASSERT_EQ(run_once("skip", file), kOk) << followed_;
  EXPECT_FALSE(logged("was-here")) << logs_;
  EXPECT_EQ(steps(), (std::vector<std::string>{"a SUCCEEDED", "c SUCCEEDED", "b SKIPPED"}));
  ASSERT_EQ(weir({"run", "skip", "--date", "2026-01-03", "--follow", "--yes", "--param", "full=true"}), kOk) << err_;
  ASSERT_EQ(weir({"runs", "skip", "--window", "2026-01-03", "--json"}), kOk);
  ASSERT_EQ(weir({"logs", json().find("runs")->array()->front().find("run")->number()->text}), kOk);
  EXPECT_NE(out_.find("was-here"), std::string::npos) << out_;
}

TEST_F(StepsTest, secrets_reach_the_step_and_no_log_or_answer) {
  open();
  ::setenv("WEIR_SECRET_HIVE_METASTORE", "hunter22", 1);
  EXPECT_EQ(run_once("hidden", R"(secrets: {PASSWORD: hive/metastore}
steps:
  - name: a
    run: 'test ${#PASSWORD} = 8 && echo "pass $PASSWORD"; printf hun; sleep 0.2; printf "ter22\n"; echo "{\"p\": \"$PASSWORD\"}" > $WEIR_RESULT; exit 3'
)"),
            kFailed);
  EXPECT_TRUE(logged("pass ***")) << logs_;
  for (const auto& text : {logs_, followed_, json::print(shown_)})
    EXPECT_EQ(text.find("hunter22"), std::string::npos) << text;
  ASSERT_EQ(weir({"versions", "hidden", "--show", "1"}), kOk);
  EXPECT_EQ(out_.find("hunter22"), std::string::npos);
}

TEST_F(StepsTest, a_secret_that_the_worker_does_not_have_is_named) {
  open();
  EXPECT_EQ(run_once("lost", "secrets: {PASSWORD: no/such}\nsteps: [{name: a, run: echo}]\n"), kFailed);
  EXPECT_NE(json::print(shown_).find("WEIR_SECRET_NO_SUCH"), std::string::npos) << json::print(shown_);
}

TEST_F(StepsTest, spark_submit_is_given_the_file_its_arguments_and_options) {
  const auto tool = write("bin/spark-submit", "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\n");
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  open();
  const std::string path = (folder_ / "bin").string() + ":/usr/bin:/bin";
  ASSERT_EQ(run_once("sparkle", R"(compute: {type: spark, workers: 2, worker: {cores: 2, memory: 4 GiB}}
steps:
  - name: a
    spark: {file: jobs/x.py, args: ["--date", "${date}", "it's $HOME"], conf: {spark.ui: "false"}}
    env: {PATH: ")" + path + "\"}\n"),
            kOk)
      << followed_;
  EXPECT_TRUE(
      logged("<--num-executors>\n<2>\n<--executor-cores>\n<2>\n<--executor-memory>\n<4g>\n<--conf>\n"
             "<spark.ui=false>\n<jobs/x.py>\n<--date>\n<2026-01-02>\n<it's $HOME>\n"))
      << logs_;
}

TEST_F(StepsTest, without_spark_submit_the_step_says_what_is_missing) {
  open();
  EXPECT_EQ(run_once("dull", "steps:\n  - name: a\n    spark: {file: x.py}\n    env: {PATH: /nonexistent}\n"), kFailed);
  EXPECT_NE(json::print(shown_).find("this worker has no spark-submit on its PATH"), std::string::npos)
      << json::print(shown_);
}

TEST_F(StepsTest, a_cached_step_is_skipped_until_an_input_changes) {
  open(1);
  const auto input = write("input.csv", "1\n");
  const std::string file =
      "steps:\n  - name: a\n    run: 'echo worked; echo 5 > $WEIR_RESULT'\n    cache: {inputs: [\"" + input.string() +
      "\"]}\n  - {name: b, run: cat \"$WEIR_STEPS\"}\n";
  ASSERT_EQ(run_once("lazy", file), kOk) << followed_;
  EXPECT_TRUE(logged("worked"));
  EXPECT_EQ(steps().front(), "a SUCCEEDED");
  const auto first = run_;
  ASSERT_EQ(run_once("lazy", file), kOk) << followed_;
  EXPECT_EQ(steps().front(), "a SKIPPED");
  EXPECT_TRUE(logged("skipped: the same command, environment, project files and inputs as in run " + first)) << logs_;
  EXPECT_TRUE(logged(R"("a":5)")) << "its result is that of then: " << logs_;
  write("input.csv", "2\n");
  ASSERT_EQ(run_once("lazy", file), kOk) << followed_;
  EXPECT_EQ(steps().front(), "a SUCCEEDED");
}

}  // namespace
}  // namespace weir::cli
