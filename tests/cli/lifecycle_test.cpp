// From a file to a version in force and back: fmt, next, diff, deploy --all, versions, rollback, accounts that go.
#include "cli/project.hpp"
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

using Lifecycle = CliTest;

TEST_F(Lifecycle, fmt_changes_the_layout_and_check_only_looks) {
  const auto file = write("x/pipeline.yaml", "name:   x   # me\nsteps:\n- run: echo\n");
  EXPECT_EQ(weir({"fmt", (folder_ / "x").string(), "--check"}), kFailed);
  EXPECT_NE(out_.find("would change"), std::string::npos) << out_;
  EXPECT_EQ(*read_file(file), "name:   x   # me\nsteps:\n- run: echo\n");
  EXPECT_EQ(weir({"fmt", (folder_ / "x").string()}), kOk) << err_;
  EXPECT_EQ(*read_file(file), "name: x  # me\nsteps:\n    - run: echo\n");
  EXPECT_EQ(weir({"fmt", (folder_ / "x").string(), "--check", "--json"}), kOk);
  EXPECT_FALSE(*json().array()->front().find("changed")->boolean());
  write("y/pipeline.yaml", "name: [\n");
  EXPECT_EQ(weir({"fmt", (folder_ / "y").string()}), kBadInput);
}

TEST_F(Lifecycle, next_needs_no_server_for_a_file) {
  const auto file =
      write("x/pipeline.yaml",
            "name: x\ntimezone: Europe/Berlin\ntrigger: {schedule: {hour: 2, minute: 30, calendar: off.txt}}\n"
            "steps: [{run: echo}]\n");
  write("x/off.txt", "2026-03-27\n");
  ASSERT_EQ(weir({"next", "--file", file.string(), "-n", "2", "--from", "2026-03-26T12:00:00Z", "--json"}), kOk)
      << err_;
  const auto times = *json().find("times")->array();
  EXPECT_EQ(*times[0].find("local")->string(), "2026-03-30 02:30 +02:00");
  EXPECT_EQ(*times[0].find("key")->string(), "2026-03-30");
  ASSERT_EQ(weir({"next", "--file", file.string(), "-n", "1"}), kOk);
  EXPECT_NE(out_.find("business days"), std::string::npos) << out_;
  EXPECT_EQ(weir({"next"}), kUsage);
  EXPECT_EQ(weir({"next", "--file", file.string(), "--from", "soon"}), kBadInput);
}

TEST_F(Lifecycle, diff_shows_what_a_deploy_would_change_and_deploys_nothing) {
  open(0);
  const auto where = project("x", "echo 1", "trigger: {schedule: {hour: 3}}\n");
  ASSERT_EQ(weir({"diff", where}), kOk) << err_;
  EXPECT_NE(out_.find("the pipeline x is new"), std::string::npos) << out_;
  EXPECT_EQ(weir({"versions", "x"}), kNotFound);
  ASSERT_EQ(weir({"deploy", where, "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"diff", where}), kOk) << err_;
  EXPECT_NE(out_.find("nothing changes"), std::string::npos) << out_;
  project("x", "echo 2", "trigger: {schedule: {hour: 4}}\n");
  ASSERT_EQ(weir({"diff", where}), kOk) << err_;
  EXPECT_NE(out_.find("~ trigger.schedule.hour: 3 -> 4"), std::string::npos) << out_;
  EXPECT_NE(out_.find("~ steps.work.run: echo 1 -> echo 2"), std::string::npos) << out_;
  EXPECT_NE(out_.find("~ files pipeline.yaml"), std::string::npos) << out_;
  ASSERT_EQ(weir({"next", "x", "-n", "1", "--json"}), kOk);
  EXPECT_EQ(*json().find("schedule")->string(), "0 3 * * *") << "nothing was deployed";
}

TEST_F(Lifecycle, a_rollback_brings_an_old_version_back) {
  open(0);
  const auto where = project("x", "echo 1");
  ASSERT_EQ(weir({"deploy", where, "--yes"}), kOk) << err_;
  project("x", "echo 2");
  ASSERT_EQ(weir({"deploy", where, "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"rollback", "x", "--to", "1", "--dry-run"}), kOk) << err_;
  EXPECT_NE(out_.find("echo 2 -> echo 1"), std::string::npos) << out_;
  ASSERT_EQ(weir({"rollback", "x", "--to", "1", "--yes", "--reason", "worse"}), kOk) << err_;
  EXPECT_NE(out_.find("version 3"), std::string::npos) << out_;
  ASSERT_EQ(weir({"versions", "x"}), kOk);
  EXPECT_NE(out_.find("3 (= 1)"), std::string::npos) << out_;
  ASSERT_EQ(weir({"versions", "x", "--show", "3"}), kOk);
  EXPECT_NE(out_.find("run: echo 1"), std::string::npos) << out_;
  EXPECT_EQ(weir({"rollback", "x", "--to", "3"}), kFailed);
  EXPECT_EQ(weir({"rollback", "x", "--to", "9"}), kNotFound);
}

TEST_F(Lifecycle, all_pipelines_below_a_folder_are_deployed_upstreams_first_or_none) {
  open(0);
  write("all/weir.yaml", "variables: {dev: {HOUR: 3}, prod: {HOUR: 5}}\n");
  write("all/a/pipeline.yaml", "name: down\ntrigger: {executions: {allOf: [{name: up}]}}\nsteps: [{run: echo}]\n");
  write("all/z/pipeline.yaml", "name: up\ntrigger: {schedule: {hour: \"${var.HOUR}\"}}\nsteps: [{run: echo}]\n");
  write("all/.hidden/pipeline.yaml", "no\n");
  const auto all = (folder_ / "all").string();
  EXPECT_EQ(weir({"deploy", all, "--all"}), kBadInput) << "no environment, no variable";
  ASSERT_EQ(weir({"deploy", all, "--all", "--env", "prod", "--yes"}), kOk) << err_;
  EXPECT_LT(out_.find("/up "), out_.find("/down ")) << out_;
  EXPECT_NE(out_.find("05:00"), std::string::npos) << out_;
  write("all/b/pipeline.yaml", "name: other\ntrigger: {executions: {allOf: [{name: nobody}]}}\nsteps: [{run: echo}]\n");
  write("all/0/pipeline.yaml", "name: first\nsteps: [{run: echo}]\n");
  EXPECT_NE(weir({"deploy", all, "--all", "--env", "prod", "--yes"}), kOk);
  EXPECT_EQ(weir({"versions", "first"}), kNotFound) << "none of them";
}

TEST_F(Lifecycle, an_account_is_deleted_when_nobody_needs_it_or_by_force) {
  open(0);
  ASSERT_EQ(weir({"setup-user-account", "111111111111", "--alias", "market"}), kOk) << err_;
  ASSERT_EQ(weir({"deploy", project("up", "echo", "account: market\ntrigger: {schedule: {hour: 3}}\n"), "--yes"}), kOk)
      << err_;
  ASSERT_EQ(weir({"deploy",
                  project("down", "echo",
                          "account: '222222222222'\ntrigger: {executions: {allOf: [{name: up, account: market}]}}\n"),
                  "--yes"}),
            kOk)
      << err_;
  EXPECT_EQ(weir({"delete-account", "market"}), kFailed);
  EXPECT_NE(err_.find("222222222222/down"), std::string::npos) << err_;
  ASSERT_EQ(weir({"delete-account", "market", "--force", "--reason", "closed"}), kOk) << err_;
  EXPECT_NE(out_.find("  up\n"), std::string::npos) << out_;
  ASSERT_EQ(weir({"accounts"}), kOk);
  EXPECT_EQ(out_.find("market"), std::string::npos) << out_;
}

TEST_F(Lifecycle, the_forty_pipelines_of_the_company_come_at_once_in_five_accounts) {
  open(0);
  int id = 0;
  for (const std::string team : {"platform", "sales", "logistics", "finance", "marketing"})
    ASSERT_EQ(weir({"setup-user-account", "10000000000" + std::to_string(++id), "--alias", team}), kOk) << err_;
  ASSERT_EQ(weir({"deploy", WEIR_SOURCE_DIR "/examples/company", "--all", "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"pipelines", "--all", "--json"}), kOk) << err_;
  EXPECT_EQ(json().find("pipelines")->array()->size(), 40u);
  ASSERT_EQ(weir({"dependants", "orders-raw", "--account", "platform"}), kOk) << err_;
  EXPECT_NE(out_.find("board-report"), std::string::npos) << out_;
}

}  // namespace
}  // namespace weir::cli
