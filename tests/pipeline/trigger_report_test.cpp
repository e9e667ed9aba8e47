// Rule 16: runs of external pipelines as other systems report them.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

struct Report : ServiceBench {
  void SetUp() override {
    ASSERT_TRUE(deploy("name: ext\nexternal: true\nwindow: day\nsince: 2026-01-01\n", A));
    ASSERT_TRUE(
        deploy("name: d\nsince: 2026-01-01\ntrigger: {executions: {allOf: [{name: ext}]}}\nsteps: [{run: echo}]\n", A));
  }
  api::ReportReply report(const std::string& status, const std::string& id, const std::string& started = "",
                          const std::string& date = "2026-11-19") {
    api::ReportRun request;
    request.pipeline = "ext";
    request.date = date;
    request.status = status;
    request.run_id = id;
    if (!started.empty()) request.started = instant_from_text(started);
    const auto reply = ask(request, A);
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? *reply : api::ReportReply{};
  }
  std::vector<api::RunInfo> runs() {
    api::Explain request{"ext", {}, "2026-11-19"};
    return ask(request, A)->runs;
  }
};

TEST_F(Report, a_success_starts_dependants) {
  EXPECT_EQ(report("RUNNING", "r1").run.status, "RUNNING");
  EXPECT_TRUE(started.empty());
  EXPECT_EQ(report("SUCCESS", "r1").run.status, "SUCCEEDED");
  ASSERT_EQ(started.size(), 1u);
  EXPECT_NE(started[0].input.text.find(R"("key":"2026-11-19")"), std::string::npos);
  EXPECT_EQ(machines, std::vector<std::string>{"pipeline-d"}) << "an external pipeline has no state machine";
}

TEST_F(Report, the_same_report_again_changes_nothing) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(report("RUNNING", "r1").changed, i == 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(report("SUCCEEDED", "r1").changed, i == 0);
  EXPECT_EQ(started.size(), 1u);
  EXPECT_EQ(runs().size(), 1u);
}

TEST_F(Report, a_terminal_status_is_never_replaced) {
  report("FAILED", "r1");
  const auto late = report("RUNNING", "r1");
  EXPECT_FALSE(late.changed);
  EXPECT_EQ(late.run.status, "FAILED");
  EXPECT_EQ(report("SUCCEEDED", "r1").run.status, "FAILED") << "the first one stays";
  EXPECT_TRUE(started.empty());
}

TEST_F(Report, a_late_report_of_an_older_run_does_not_become_current) {
  report("SUCCEEDED", "new", "2026-11-20T05:00:00Z");
  ASSERT_EQ(started.size(), 1u);
  const auto old = report("FAILED", "old", "2026-11-20T04:00:00Z");
  EXPECT_FALSE(old.changed);
  EXPECT_EQ(old.run.status, "FAILED") << "it stands in the run log";
  EXPECT_EQ(runs().size(), 1u);
  EXPECT_EQ(runs()[0].status, "SUCCEEDED");
  EXPECT_FALSE(runs()[0].out_of_date);
}

TEST_F(Report, an_older_run_that_was_reported_first_and_ends_last_changes_nothing) {
  report("RUNNING", "old", "2026-11-20T04:00:00Z");
  report("SUCCEEDED", "new", "2026-11-20T05:00:00Z");
  ASSERT_EQ(started.size(), 1u);
  end(0);
  report("FAILED", "old");
  EXPECT_EQ(runs().back().status, "SUCCEEDED");
  EXPECT_EQ(started.size(), 1u);
}

TEST_F(Report, a_late_run_may_end_later_still) {
  report("SUCCEEDED", "new", "2026-11-20T05:00:00Z");
  report("RUNNING", "old", "2026-11-20T04:00:00Z");
  const auto ended = report("SUCCEEDED", "old");
  EXPECT_EQ(ended.run.status, "SUCCEEDED");
  EXPECT_FALSE(ended.changed);
  EXPECT_EQ(started.size(), 1u);
}

TEST_F(Report, a_newer_run_after_a_success_fires_dependants_again) {
  report("SUCCEEDED", "r1", "2026-11-20T04:00:00Z");
  end(0);
  report("RUNNING", "r2", "2026-11-20T06:00:00Z");
  EXPECT_EQ(started.size(), 1u);
  report("SUCCEEDED", "r2");
  EXPECT_EQ(started.size(), 2u);
}

TEST_F(Report, without_an_id_the_run_that_works_is_meant_else_a_new_one) {
  report("RUNNING", "");
  EXPECT_EQ(report("SUCCEEDED", "").run.status, "SUCCEEDED");
  EXPECT_EQ(runs().size(), 1u);
  report("SUCCEEDED", "");
  EXPECT_EQ(runs().size(), 2u);
}

TEST_F(Report, the_result_is_handed_on) {
  api::ReportRun request;
  request.pipeline = "ext";
  request.date = "2026-11-19";
  request.status = "SUCCEEDED";
  request.result.text = R"({"path":"/x"})";
  ASSERT_TRUE(ask(request, A));
  ASSERT_EQ(started.size(), 1u);
  EXPECT_NE(started[0].input.text.find(R"("result":{"path":"/x"})"), std::string::npos) << started[0].input.text;
}

TEST_F(Report, a_restart_keeps_the_ids) {
  report("RUNNING", "r1");
  drive.load();
  EXPECT_TRUE(report("SUCCEEDED", "r1").changed);
  drive.load();
  EXPECT_FALSE(report("SUCCEEDED", "r1").changed);
  EXPECT_EQ(runs().size(), 1u);
}

TEST_F(Report, weir_cannot_start_it_and_others_cannot_be_reported) {
  EXPECT_FALSE(ask(api::StartRun{"ext", {}, "2026-11-19"}, A));
  const auto failed = report("FAILED", "r1");
  EXPECT_FALSE(ask(api::RetryRun{failed.run.run, ""}, A));
  api::ReportRun request;
  request.pipeline = "d";
  request.status = "SUCCEEDED";
  const auto refused = ask(request, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is not external"), std::string::npos) << refused.error().message;
}

TEST_F(Report, a_stopped_run_stays_stopped) {
  const auto run = report("RUNNING", "r1").run.run;
  ASSERT_TRUE(ask(api::StopRun{run, "hangs"}, A));
  EXPECT_EQ(report("SUCCEEDED", "r1").run.status, "ABORTED");
}

TEST_F(Report, bad_values_are_refused_with_the_fix) {
  api::ReportRun request;
  request.pipeline = "ext";
  request.status = "DONE";
  auto refused = ask(request, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("'DONE'"), std::string::npos) << refused.error().message;
  request.status = "SUCCEEDED";
  for (const auto size : {limits::kReportIdBytes - 1, limits::kReportIdBytes, limits::kReportIdBytes + 1}) {
    request.run_id = std::string(size, 'x');
    EXPECT_EQ(ask(request, A).has_value(), size <= limits::kReportIdBytes) << size;
  }
}

TEST_F(Report, steps_and_triggers_of_an_external_pipeline_are_refused) {
  EXPECT_FALSE(deploy("name: x\nexternal: true\nsteps: [{run: echo}]\n", A));
  EXPECT_FALSE(deploy("name: x\nexternal: true\ntrigger: {schedule: {hour: 3}}\n", A));
  EXPECT_FALSE(deploy("name: x\nreports: {openLineage: {namespace: n, name: j}}\nsteps: [{run: echo}]\n", A));
  const auto none = deploy("name: x\n", A);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("the key 'steps' is missing"), std::string::npos) << none.error().message;
}

// ---- events of other systems

constexpr const char* kArn = "arn:aws:states:us-east-1:123456789012:stateMachine:listings";

std::string execution_event(const std::string& status, const std::string& more = "") {
  return R"({"version":"0","id":"315c1398-40ff-a850-213b-158f73e60175","detail-type":"Step Functions Execution Status Change",)"
         R"("source":"aws.states","account":"123456789012","time":"2026-11-20T05:00:00Z","region":"us-east-1","resources":[],)"
         R"("detail":{"executionArn":"arn:aws:states:us-east-1:123456789012:execution:listings:e1","stateMachineArn":")" +
         std::string(kArn) + R"(","name":"e1","status":")" + status +
         R"(","startDate":1795150800000,"stopDate":null,"input":"{\"date\":\"2026-11-19\"}","inputDetails":{"included":true},)"
         R"("output":"{\"rows\":3}","outputDetails":{"included":true},"error":null,"cause":null)" +
         more + "}}";
}

struct Events : ServiceBench {
  void SetUp() override {
    ASSERT_TRUE(deploy("name: sf\nexternal: true\nwindow: day\nreports: {stepFunctions: {stateMachineArn: '" +
                           std::string(kArn) + "', date: $.input.date}}\n",
                       A));
    ASSERT_TRUE(deploy(
        "name: ol\nexternal: true\nwindow: day\nreports: {openLineage: {namespace: airflow, name: dag.load}}\n", A));
  }
  api::ReportedEventReply post(const std::string& text, bool lineage = false, const std::string& account = A) {
    const auto take = [](auto reply) {
      EXPECT_TRUE(reply) << reply.error().message;
      return reply ? *reply : api::ReportedEventReply{};
    };
    return lineage ? take(ask(api::LineageEvent{{text}}, account))
                   : take(ask(api::StepFunctionsEvent{{text}}, account));
  }
};

TEST_F(Events, step_functions_executions_become_runs_of_the_date_in_their_input) {
  const auto running = post(execution_event("RUNNING"));
  ASSERT_EQ(running.reports.size(), 1u) << running.ignored;
  EXPECT_EQ(running.reports[0].run.window, "2026-11-19");
  const auto ended = post(execution_event("SUCCEEDED"));
  EXPECT_EQ(ended.reports[0].run.run, running.reports[0].run.run);
  EXPECT_EQ(ended.reports[0].run.status, "SUCCEEDED");
  EXPECT_EQ(ended.reports[0].run.result.text, R"({"rows":3})");
  EXPECT_FALSE(post(execution_event("RUNNING")).reports[0].changed) << "events come in any order, and more than once";
}

TEST_F(Events, a_redriven_execution_is_a_new_run) {
  post(execution_event("FAILED"));
  const auto again = post(execution_event("SUCCEEDED", R"(,"redriveCount":1,"redriveDate":1795154400000)"));
  EXPECT_TRUE(again.reports[0].changed);
  EXPECT_EQ(again.reports[0].run.status, "SUCCEEDED");
}

TEST_F(Events, other_state_machines_details_and_accounts_are_ignored_with_the_reason) {
  auto other = execution_event("SUCCEEDED");
  other.replace(other.find("stateMachine:listings"), 21, "stateMachine:searches");
  EXPECT_NE(post(other).ignored.find("no external pipeline"), std::string::npos);
  EXPECT_NE(post(execution_event("SUCCEEDED"), false, B).ignored.find("no external pipeline"), std::string::npos);
  EXPECT_FALSE(post(R"({"detail-type":"Object Created","detail":{}})").ignored.empty());
  EXPECT_FALSE(post(execution_event("PENDING_REDRIVE")).ignored.empty());
}

TEST_F(Events, a_date_that_is_not_there_is_refused) {
  auto event = execution_event("SUCCEEDED");
  event.replace(event.find("date\\\""), 4, "datum");
  const auto refused = ask(api::StepFunctionsEvent{{event}}, A);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("$.input.date"), std::string::npos) << refused.error().message;
}

std::string lineage_event(const std::string& type, const std::string& time, const std::string& facets) {
  return R"({"eventType":")" + type + R"(","eventTime":")" + time +
         R"(","producer":"https://example.org","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json",)"
         R"("run":{"runId":"0176a8c2-fe01-7439-87e6-56a1a1b4029f","facets":{)" +
         facets + R"(}},"job":{"namespace":"airflow","name":"dag.load","facets":{}},"inputs":[],"outputs":[]})";
}
constexpr const char* kNominal =
    R"("nominalTime":{"_producer":"p","_schemaURL":"s","nominalStartTime":"2026-11-18T00:00:00Z"})";

TEST_F(Events, lineage_runs_have_the_date_of_the_nominal_time) {
  const auto running = post(lineage_event("START", "2026-11-20T04:00:00.123456Z", kNominal), true);
  ASSERT_EQ(running.reports.size(), 1u) << running.ignored;
  EXPECT_EQ(running.reports[0].run.window, "2026-11-18");
  EXPECT_EQ(running.reports[0].run.status, "RUNNING");
  EXPECT_FALSE(post(lineage_event("RUNNING", "2026-11-20T04:10:00Z", kNominal), true).reports[0].changed);
  const auto failed = post(
      lineage_event("FAIL", "2026-11-20T04:30:00Z", std::string(kNominal) + R"(,"errorMessage":{"message":"no disk"})"),
      true);
  EXPECT_EQ(failed.reports[0].run.status, "FAILED");
  EXPECT_EQ(failed.reports[0].run.cause_text, "no disk");
}

TEST_F(Events, lineage_without_the_facet_has_the_date_of_the_event) {
  EXPECT_EQ(post(lineage_event("COMPLETE", "2026-11-20T04:00:00Z", ""), true).reports[0].run.window, "2026-11-20");
  EXPECT_FALSE(post(lineage_event("OTHER", "2026-11-20T04:00:00Z", ""), true).ignored.empty());
}

TEST_F(Events, a_redeploy_without_the_source_forgets_it) {
  ASSERT_TRUE(deploy("name: sf\nexternal: true\nwindow: day\n", A));
  EXPECT_TRUE(post(execution_event("SUCCEEDED")).reports.empty());
}

}  // namespace
}  // namespace weir::pipeline
