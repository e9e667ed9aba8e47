#include <fmt/format.h>

#include <fstream>

#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

TEST_F(CliTest, usage_errors_exit_with_2) {
  EXPECT_EQ(weir({}), kUsage);
  EXPECT_EQ(weir({"nonsense"}), kUsage);
  EXPECT_EQ(weir({"show"}), kUsage);
  EXPECT_EQ(weir({"--version"}), kOk);
  EXPECT_TRUE(out_.starts_with("weir ")) << out_;
}

TEST_F(CliTest, a_server_that_is_not_there_exits_with_5_and_says_where_it_looked) {
  EXPECT_EQ(weir({"pipelines"}), kUnreachable);
  EXPECT_NE(err_.find("127.0.0.1:1"), std::string::npos) << err_;
}

TEST_F(CliTest, validate_needs_no_server_and_names_the_place) {
  const auto good = project("good", "true", "trigger:\n  schedule:\n    hour: 3\n");
  EXPECT_EQ(weir({"validate", good}), kOk) << err_;
  EXPECT_NE(out_.find("is valid"), std::string::npos);
  const auto bad = project("bad", "true", "stpes: []\n");
  EXPECT_EQ(weir({"validate", bad}), kBadInput);
  EXPECT_NE(err_.find("pipeline.yaml:4:1"), std::string::npos) << err_;
  EXPECT_NE(err_.find("steps"), std::string::npos) << err_;
  EXPECT_EQ(weir({"validate", folder_ / "nowhere"}), kBadInput);
}

TEST_F(CliTest, synth_and_schema_print_json) {
  const auto good = project("good", "true");
  ASSERT_EQ(weir({"synth", good}), kOk) << err_;
  EXPECT_TRUE(json().find("definition"));
  ASSERT_EQ(weir({"schema"}), kOk);
  EXPECT_TRUE(json().find("properties"));
}

TEST_F(CliTest, accounts_are_made_listed_and_named_by_alias) {
  open();
  EXPECT_EQ(weir({"setup-user-account", "111111111111", "--alias", "market", "--owner", "team-m"}), kOk) << err_;
  EXPECT_EQ(weir({"accounts"}), kOk);
  EXPECT_NE(out_.find("111111111111  market  team-m"), std::string::npos) << out_;
  EXPECT_EQ(weir({"counter", "--account", "market", "--add", "5"}), kOk) << err_;
  EXPECT_EQ(out_, "5 (0 from other accounts)\n");
  EXPECT_EQ(weir({"counter", "--account", "nobody"}), kNotFound);
}

TEST_F(CliTest, what_is_not_there_exits_with_4) {
  open();
  EXPECT_EQ(weir({"explain", "nothing"}), kNotFound);
  EXPECT_EQ(weir({"show", "17"}), kNotFound);
}

TEST_F(CliTest, a_new_project_deploys_and_runs_as_it_is) {
  open();
  const auto name = (folder_ / "fresh").string();
  ASSERT_EQ(weir({"create-project", "-n", name}), kOk) << err_;
  EXPECT_EQ(weir({"create-project", "-n", name}), kBadInput) << "never over what is there";
  ASSERT_EQ(weir({"deploy", name, "--yes"}), kOk) << err_;
  EXPECT_NE(out_.find("fresh runs once for each day"), std::string::npos) << out_;
  ASSERT_EQ(weir({"run", "fresh", "--follow", "--yes"}), kOk) << out_ << err_;
  ASSERT_EQ(weir({"runs", "fresh", "--json"}), kOk);
  const auto runs = json();
  const auto& first = runs.find("runs")->array()->front();
  EXPECT_EQ(*first.find("status")->string(), "SUCCEEDED");
  EXPECT_TRUE(first.find("result")) << out_;
  const auto number = first.find("run")->number()->text;
  ASSERT_EQ(weir({"logs", number}), kOk) << err_;
  EXPECT_NE(out_.find("working on "), std::string::npos) << out_;
  EXPECT_EQ(weir({"show", number}), kOk);
  EXPECT_EQ(weir({"pipelines"}), kOk);
  EXPECT_EQ(weir({"graph"}), kOk);
  EXPECT_EQ(weir({"status"}), kOk);
  EXPECT_EQ(weir({"audit"}), kOk);
}

TEST_F(CliTest, a_failed_run_exits_with_1_and_tells_the_cause) {
  open();
  ASSERT_EQ(weir({"deploy", project("bad", "echo no source; exit 3"), "--yes"}), kOk) << err_;
  EXPECT_EQ(weir({"run", "bad", "--date", "2026-01-02", "--follow", "--yes"}), kFailed);
  EXPECT_NE(out_.find("exit code 3"), std::string::npos) << out_;
  EXPECT_NE(out_.find("no source"), std::string::npos) << out_;
}

TEST_F(CliTest, a_backfill_is_shown_then_accepted_and_waited_for) {
  open();
  ASSERT_EQ(weir({"deploy", project("quick", "true"), "--yes"}), kOk) << err_;
  EXPECT_EQ(weir({"backfill", "quick", "--from", "2026-01-01", "--to", "2026-01-03", "--dry-run"}), kOk) << err_;
  EXPECT_NE(out_.find("3 keys, quiet"), std::string::npos) << out_;
  EXPECT_EQ(weir({"backfill", "quick", "--from", "2026-01-01", "--to", "2026-01-01"}), kOk) << err_;
  EXPECT_NE(err_.find("nothing was started; 'weir plan accept "), std::string::npos) << err_;
  EXPECT_EQ(weir({"backfill", "quick", "--from", "2026-01-01", "--to", "2026-01-03", "--yes", "--wait"}), kOk)
      << out_ << err_;
  EXPECT_NE(out_.find("3 of 3 keys succeeded"), std::string::npos) << out_;
  EXPECT_EQ(weir({"plan", "list"}), kOk);
  EXPECT_NE(out_.find("PROPOSED"), std::string::npos) << out_;
  EXPECT_NE(out_.find("DONE"), std::string::npos) << out_;
}

TEST_F(CliTest, a_retry_from_the_failed_step_keeps_the_results_before_it) {
  open();
  const auto go = folder_ / "go";
  // The first step counts how often it ran; the second fails until somebody mends it.
  const auto folder = project("two", fmt::format("'echo x >> {0}/count; echo \"{{}}\" > $WEIR_RESULT'\n"
                                                 "  - name: second\n    run: 'test -f {0}/go && cat $WEIR_STEPS'",
                                                 folder_.string()));
  ASSERT_EQ(weir({"deploy", folder, "--yes"}), kOk) << err_;
  EXPECT_EQ(weir({"run", "two", "--date", "2026-01-02", "--follow", "--yes"}), kFailed) << out_ << err_;
  ASSERT_EQ(weir({"runs", "two", "--json"}), kOk);
  const auto number = json().find("runs")->array()->front().find("run")->number()->text;
  write("go", "");
  ASSERT_EQ(weir({"retry", number, "--from", "nothing"}), kNotFound) << err_;
  ASSERT_EQ(weir({"retry", number, "--from", "failed", "--json"}), kOk) << err_;
  const auto again = json().find("run")->find("run")->number()->text;
  EXPECT_EQ(weir({"logs", again, "--follow"}), kOk) << err_;
  ASSERT_EQ(weir({"runs", "two", "--json"}), kOk);
  EXPECT_EQ(*json().find("runs")->array()->front().find("status")->string(), "SUCCEEDED") << out_;
  std::ifstream count(folder_ / "count");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(count), {}), "x\n");
}

TEST_F(CliTest, a_rerun_is_a_plan_that_can_be_shown_and_cancelled) {
  open();
  ASSERT_EQ(weir({"deploy", project("quick", "true"), "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"rerun", "quick", "--window", "2026-01-02"}), kOk) << err_;
  const auto at = err_.find("weir plan accept ");
  ASSERT_NE(at, std::string::npos) << err_;
  const auto plan = err_.substr(at + 17, err_.find('\'', at) - at - 17);
  EXPECT_EQ(weir({"plan", "show", plan}), kOk) << err_;
  EXPECT_NE(out_.find("WAITING"), std::string::npos) << out_;
  EXPECT_EQ(weir({"plan", "cancel", plan}), kOk) << err_;
  EXPECT_EQ(weir({"plan", "accept", plan}), kFailed);
  EXPECT_NE(err_.find("is CANCELLED already"), std::string::npos) << err_;
  EXPECT_EQ(weir({"plan", "show", "4711"}), kNotFound);
}

}  // namespace
}  // namespace weir::cli
