#include "cli/render.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::cli {
namespace {

Look look(int width = 100) { return {width, false, *instant_from_text("2026-01-03T04:00:00Z")}; }

api::RunInfo run(std::int64_t id, const std::string& pipeline, const std::string& status) {
  api::RunInfo out;
  out.run = id;
  out.pipeline = pipeline;
  out.account = AccountId{"111111111111"};
  out.window = "2026-01-02";
  out.status = status;
  out.created = out.started.emplace(*instant_from_text("2026-01-03T03:00:00Z"));
  if (status != "RUNNING") out.ended = *instant_from_text("2026-01-03T03:00:03.2Z");
  out.why = "the schedule";
  return out;
}

TEST(Render, runs) {
  api::ListRunsReply reply;
  reply.runs = {run(2, "listings", "RUNNING"), run(1, "listings", "FAILED")};
  reply.runs[1].error = "Weir.StepFailed";
  reply.runs[1].cause_text = "exit code 1\nlog";
  EXPECT_EQ(render_runs(reply, look(), false),
            "RUN  PIPELINE  WINDOW      STATUS     STARTED           TOOK    WHY\n"
            "2    listings  2026-01-02  ● RUNNING  2026-01-03 03:00  1h 00m  the schedule\n"
            "1    listings  2026-01-02  ✗ FAILED   2026-01-03 03:00  3.2s    Weir.StepFailed: exit code 1\n");
}

TEST(Render, a_run_with_its_steps_and_neighbours) {
  api::DescribeRunReply reply;
  reply.run = run(7, "pipeline-x", "SUCCEEDED");
  api::StepInfo step;
  step.step = "metric";
  step.status = "SUCCEEDED";
  step.started = reply.run.started;
  step.ended = reply.run.ended;
  reply.steps = {step};
  reply.upstream_runs = {run(5, "listings", "SUCCEEDED")};
  const auto text = render_run(reply, look());
  EXPECT_TRUE(text.starts_with("✓ SUCCEEDED  pipeline-x 2026-01-02 (run 7, 3.2s)\n")) << text;
  EXPECT_NE(text.find("used\n  ✓ SUCCEEDED  listings 2026-01-02 (run 5, 3.2s)\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\nweir logs 7\n")) << text;
}

TEST(Render, explains_as_a_tree_that_ends_with_the_next_command) {
  api::ExplainReply reply;
  reply.pipeline = "pipeline-x";
  reply.account = AccountId{"333333333333"};
  reply.window = "2026-01-02";
  reply.state = "waits for searches (Account_B_ID) of 2026-01-02";
  api::ClauseState met, open;
  met.clause = "listings (Account_A_ID) SUCCEEDED";
  met.block = open.block = "allOf";
  met.met = true;
  met.why = "run 12 SUCCEEDED";
  open.clause = "searches (Account_B_ID) SUCCEEDED";
  open.missing = {"2026-01-02"};
  reply.clauses = {met, open};
  reply.next_command = "weir run 222222222222/searches --date 2026-01-02";
  EXPECT_EQ(render_explain(reply, look()),
            "pipeline-x (333333333333) 2026-01-02\n"
            "├─ waits for searches (Account_B_ID) of 2026-01-02\n"
            "└─ allOf\n"
            "   ├─ ✓ listings (Account_A_ID) SUCCEEDED: run 12 SUCCEEDED\n"
            "   └─ ○ searches (Account_B_ID) SUCCEEDED: missing 2026-01-02\n"
            "\nnext: weir run 222222222222/searches --date 2026-01-02\n");
}

TEST(Render, explains_any_number_of_clauses_on_one_screen_what_is_missing_first) {
  api::ExplainReply reply;
  reply.pipeline = "pipeline-x";
  reply.window = "2026-01-02";
  reply.state = "waits";
  for (int i = 0; i < 30; ++i) {
    api::ClauseState clause;
    clause.clause = "c" + std::to_string(i);
    clause.block = "allOf";
    clause.met = i != 29;
    reply.clauses.push_back(clause);
    reply.runs.push_back(run(i, "pipeline-x", "FAILED"));
    reply.history.push_back({i, {}, "2026-01-02", "FIRED", "rule 2", {}, {}});
  }
  reply.sentence = "a sentence.";
  reply.next_command = "weir run x";
  const auto text = render_explain(reply, look());
  EXPECT_LE(std::ranges::count(text, '\n'), 40) << text;
  EXPECT_LT(text.find("○ c29"), text.find("✓ c0")) << text;
  EXPECT_NE(text.find("11 more clauses, all met"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("next: weir run x\n"));
  reply.clauses.resize(20);
  EXPECT_NE(render_explain(reply, look()).find("✓ c19"), std::string::npos) << "twenty stand one by one";
}

TEST(Render, a_status_says_failures_first_with_owner_and_the_next_command) {
  api::StatusReply reply;
  reply.failed = {run(7, "listings", "FAILED")};
  reply.failed[0].owner = "core";
  reply.late = {
      {AccountId{"111111111111"}, "clicks", "web", "2026-01-02", "not started by 07:00", {}, "weir explain x"}};
  reply.paused = {{AccountId{"111111111111"}, "", "", "", "by ann: a migration", {}, "weir resume --all"}};
  auto wide = look();
  wide.width = 200;
  const auto text = render_status(reply, wide);
  EXPECT_TRUE(text.starts_with("FAILED (1)\n")) << text;
  EXPECT_LT(text.find("core"), text.find("LATE (1)")) << text;
  EXPECT_NE(text.find("not started by 07:00"), std::string::npos);
  EXPECT_NE(text.find("weir explain x"), std::string::npos);
  EXPECT_LT(text.find("LATE (1)"), text.find("PAUSED (1)"));
}

TEST(Render, why_and_dependants) {
  api::WhyReply why;
  api::WhyLink x, a;
  x.run = run(9, "pipeline-x", "SUCCEEDED");
  a.depth = 1;
  a.run = run(7, "listings", "SUCCEEDED");
  a.run.why = "its scheduled time has come";
  a.first = true;
  why.links = {x, a};
  why.first_causes = {7};
  const auto text = render_why(why, look());
  EXPECT_NE(text.find("its scheduled time has come; a first cause\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("first cause: run 7\nweir show 7\n")) << text;
  api::DependantsReply none;
  none.pipeline = "x";
  none.account = AccountId{"111111111111"};
  EXPECT_EQ(render_dependants(none, look()), "nothing depends on 111111111111/x\n");
}

TEST(Render, the_graph_as_a_box_for_each_account) {
  api::GraphReply reply;
  api::PipelineInfo a, c;
  a.pipeline = "listings";
  a.account = AccountId{"111111111111"};
  a.account_alias = "Account_A_ID";
  a.grain = "day";
  a.last_run = run(1, "listings", "SUCCEEDED");
  c.pipeline = "pipeline-x";
  c.account = AccountId{"333333333333"};
  c.grain = "day";
  reply.pipelines = {a, c};
  reply.edges = {{"111111111111/listings", "333333333333/pipeline-x", "SUCCEEDED, allOf"}};
  EXPECT_EQ(render_graph(reply, look()),
            "┌─ Account_A_ID 111111111111 ────────────┐\n"
            "│ listings [day]  ✓ SUCCEEDED 2026-01-02 │\n"
            "│   → 333333333333/pipeline-x            │\n"
            "└────────────────────────────────────────┘\n"
            "┌─ 333333333333 ──────────────────────────────┐\n"
            "│ pipeline-x [day]  · no run                  │\n"
            "│   ← Account_A_ID/listings  SUCCEEDED, allOf │\n"
            "└─────────────────────────────────────────────┘\n");
}

TEST(Render, a_status_without_trouble_says_so) {
  EXPECT_EQ(render_status({}, look()), "✓ nothing failed, nothing runs, nothing waits\n");
}

TEST(Render, progress) {
  EXPECT_EQ(progress_bar(5, 10, 0, 20), "[######·······] 5/10");
  EXPECT_EQ(progress_bar(10, 10, 2, 17), "[#####] 10/10  2 failed");
}

TEST(Render, spans) {
  EXPECT_EQ(span_text(Millis{120}), "120ms");
  EXPECT_EQ(span_text(Millis{3'250}), "3.2s");
  EXPECT_EQ(span_text(Millis{125'000}), "2m 05s");
  EXPECT_EQ(span_text(Millis{7'500'000}), "2h 05m");
}

}  // namespace
}  // namespace weir::cli
