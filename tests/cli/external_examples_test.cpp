// The examples of examples/external and of docs/how-to/join-two-installations.md, as they stand there.
#include <limits.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

struct ExternalExamples : CliTest {
  // A `weir` on the PATH of scripts and steps: this program, as its main() knows how to be.
  std::string path_with_weir() {
    char self[PATH_MAX] = {};
    EXPECT_GT(::readlink("/proc/self/exe", self, sizeof self - 1), 0);
    const auto script = write("bin/weir", "#!/bin/sh\nexec " + std::string(self) + " __weir \"$@\"\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    return (folder_ / "bin").string() + ":" + std::getenv("PATH");
  }
  int shell(const std::string& command) {
    return std::system(("PATH='" + path_with_weir() + "' WEIR_SERVER=" + server_ +
                        " WEIR_ACCOUNT=111111111111 && export PATH WEIR_SERVER WEIR_ACCOUNT && " + command)
                           .c_str());
  }
  // A pipeline of the account that waits for `upstream`.
  void deploy_dependant(const std::string& upstream) {
    const auto where = project("after", "true", "trigger: {executions: {allOf: [{name: " + upstream + "}]}}\n");
    ASSERT_EQ(weir({"deploy", where, "--yes", "--account", "111111111111"}), kOk) << err_;
  }
  // Statuses of a pipeline's runs, newest first.
  std::string statuses(const std::string& pipeline) {
    EXPECT_EQ(weir({"runs", pipeline, "--account", "111111111111", "--json"}), kOk) << err_;
    std::string out;
    const auto reply = json();
    for (const auto& run : *reply.find("runs")->array())
      out += (out.empty() ? "" : " ") + *run.find("window")->string() + "=" + *run.find("status")->string();
    return out;
  }
  const std::string examples_ = WEIR_SOURCE_DIR "/examples/external";
};

TEST_F(ExternalExamples, a_job_of_cron_reports_its_start_and_its_end) {
  open();
  ASSERT_EQ(weir({"deploy", examples_ + "/crontab", "--account", "111111111111"}), kOk) << err_;
  EXPECT_NE(out_.find("nightly-load runs elsewhere, once for each day (UTC)"), std::string::npos) << out_;
  deploy_dependant("nightly-load");
  const auto reported = "'" + examples_ + "/crontab/reported.sh' nightly-load ";
  EXPECT_EQ(shell(reported + "2026-11-19 true"), 0);
  EXPECT_EQ(WEXITSTATUS(shell(reported + "2026-11-18 sh -c 'exit 7'")), 7);
  EXPECT_EQ(statuses("nightly-load"), "2026-11-18=FAILED 2026-11-19=SUCCEEDED");
  EXPECT_EQ(statuses("after").substr(0, 11), "2026-11-19=");
  house_.reset();
  EXPECT_EQ(shell(reported + "2026-11-20 true 2>/dev/null"), 0) << "no server stops no job";
}

TEST_F(ExternalExamples, callbacks_of_airflow_post_their_runs) {
  open();
  ASSERT_EQ(weir({"deploy", examples_ + "/airflow", "--account", "111111111111"}), kOk) << err_;
  ASSERT_EQ(shell("PYTHONDONTWRITEBYTECODE=1 python3 '" + examples_ + "/airflow/test_weir_callbacks.py' " + server_ +
                  " 111111111111 >/dev/null 2>&1"),
            0);
  EXPECT_EQ(statuses("orders"), "2026-11-19=SUCCEEDED 2026-11-19=FAILED");
}

TEST_F(ExternalExamples, a_pipeline_reports_to_another_installation) {
  open();
  HouseOptions options;
  options.data = folder_ / "other";
  options.memory = true;
  options.port = 0;
  options.workers = 1;
  auto other = House::open(options);
  ASSERT_TRUE(other) << other.error().text();

  const auto there =
      write("there/pipeline.yaml", "name: listings\nexternal: true\nwindow: day\n").parent_path().string();
  const auto here = server_;
  server_ = (*other)->url();
  ASSERT_EQ(weir({"deploy", there, "--account", "111111111111"}), kOk) << err_;
  const auto report = [&](const std::string& name, const std::string& more) {
    return "  - name: " + name + "\n    run: PATH='" + path_with_weir() + "' weir report listings --server " + server_ +
           " --account 111111111111 --date \"$WEIR_KEY\" --run-id \"core/$WEIR_RUN_ID\" " + more + "\n";
  };
  const auto told = report("tell", "--status SUCCEEDED"), failed = report("tell-failure", "--status FAILED");
  server_ = here;
  const auto where = write("here/pipeline.yaml",
                           "name: listings\nwindow: day\nsteps:\n  - name: work\n    run: test $WEIR_DATE "
                           "!= 2026-11-18\n" +
                               told + "onFailure:\n" + failed)
                         .parent_path()
                         .string();
  ASSERT_EQ(weir({"deploy", where}), kOk) << err_;
  ASSERT_EQ(weir({"run", "listings", "--date", "2026-11-19", "--follow"}), kOk) << out_ << err_;
  ASSERT_EQ(weir({"run", "listings", "--date", "2026-11-18", "--follow"}), kFailed) << out_ << err_;
  server_ = (*other)->url();
  EXPECT_EQ(statuses("listings"), "2026-11-18=FAILED 2026-11-19=SUCCEEDED");
}

}  // namespace
}  // namespace weir::cli
