#include "cli/render.hpp"

#include <gtest/gtest.h>

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
            "   ├─ ✓ listings (Account_A_ID) SUCCEEDED\n"
            "   │  └─ run 12 SUCCEEDED\n"
            "   └─ ○ searches (Account_B_ID) SUCCEEDED\n"
            "      └─ missing: 2026-01-02\n"
            "\nnext: weir run 222222222222/searches --date 2026-01-02\n");
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
