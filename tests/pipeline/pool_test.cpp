// Pools: slots that runs of several pipelines share.
#include "tests/pipeline/service_world.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"

namespace weir::pipeline {
namespace {

class Pool : public ServiceWorld {
 protected:
  api::Reply<api::PoolInfo> set(int slots, const std::string& name = "warehouse") {
    return ask(api::SetPool{name, {}, slots, "a test"});
  }
  api::PoolInfo show(const std::string& name = "warehouse") { return *ask(api::DescribePool{name, {}}); }
  // A day's pipeline that people start.
  void by_hand(const std::string& name, const std::string& concurrency = "pool: warehouse") {
    deploy("name: " + name + "\nwindow: day\nsince: 2025-01-01\nconcurrency: {" + concurrency + "}\n");
  }
  std::int64_t start(const std::string& name, const std::string& day) {
    api::StartRun request;
    request.pipeline = name;
    request.date = day;
    const auto reply = ask(request);
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? reply->run.run : 0;
  }
  std::string refusal(const std::string& yaml) {
    api::DeployPipeline request;
    request.yaml = yaml + "\nsteps: [{run: echo}]\n";
    const auto reply = ask(request);
    if (reply) return "deployed";
    std::string out = reply.error().message;
    for (const auto& problem : reply.error().problems) out += "\n" + problem.text();
    return out;
  }
  void over(std::int64_t run) {
    api::ExecutionStatusChanged event;
    event.owner = "run/" + std::to_string(run);
    event.status = api::ExecutionStatus::SUCCEEDED;
    (void)ask(EndOfExecution{event});
  }
  static std::string named(const std::vector<api::PoolRun>& runs) {
    std::string out;
    for (const auto& run : runs) out += (out.empty() ? "" : ", ") + run.pipeline + " " + run.window;
    return out;
  }
  std::string working() { return named(show().runs); }
  std::string line() { return named(show().line); }
};

TEST_F(Pool, never_more_runs_than_slots_work_and_the_next_starts_when_one_ends) {
  ASSERT_TRUE(set(2));
  by_hand("a");
  by_hand("b");
  const auto first = start("a", "2025-03-01");
  start("b", "2025-03-01");
  start("a", "2025-03-02");
  start("b", "2025-03-02");
  EXPECT_EQ(working(), "a 2025-03-01, b 2025-03-01");
  EXPECT_EQ(line(), "a 2025-03-02, b 2025-03-02");
  over(first);
  EXPECT_EQ(working(), "b 2025-03-01, a 2025-03-02");
}

TEST_F(Pool, the_higher_priority_goes_first_then_the_older_key) {
  ASSERT_TRUE(set(0));
  by_hand("a");
  by_hand("b", "pool: Warehouse, priority: 5");
  by_hand("c", "pool: warehouse, priority: -5");
  start("c", "2025-01-01");
  start("a", "2025-03-02");
  start("a", "2025-03-01");
  start("b", "2025-03-09");
  EXPECT_EQ(line(), "b 2025-03-09, a 2025-03-01, a 2025-03-02, c 2025-01-01");
}

TEST_F(Pool, explain_status_and_the_run_say_for_what_it_waits) {
  ASSERT_TRUE(set(1));
  by_hand("a");
  by_hand("b");
  const auto holder = start("a", "2025-03-01");
  start("b", "2025-03-01");
  const auto waits = start("b", "2025-03-02");
  const auto text =
      fmt::format("a slot of pool warehouse: 1 of 1 in use by a 2025-03-01 (run {}); 2nd in its line", holder);
  EXPECT_EQ(ask(api::DescribeRun{waits})->run.waits, text);
  const auto explained = ask(api::Explain{"b", {}, "2025-03-02"});
  EXPECT_EQ(explained->state, fmt::format("run {} waits for {}", waits, text));
  EXPECT_EQ(explained->next_command, "weir pool show warehouse --account " + kA);
  const auto status = ask(api::Status{});
  ASSERT_EQ(status->queued.size(), 2u);
  EXPECT_EQ(status->queued[0].waits, text);
}

TEST_F(Pool, the_holders_that_are_not_named_are_counted) {
  ASSERT_TRUE(set(5));
  by_hand("a");
  for (int day = 1; day <= 6; ++day) start("a", fmt::format("2025-03-{:02}", day));
  EXPECT_NE(ask(api::Explain{"a", {}, "2025-03-06"})->state.find("5 of 5 in use by a 2025-03-01"), std::string::npos);
  EXPECT_NE(ask(api::Explain{"a", {}, "2025-03-06"})->state.find("and 2 more; 1st in its line"), std::string::npos);
}

TEST_F(Pool, other_slots_are_in_force_at_once_and_stop_nothing) {
  ASSERT_TRUE(set(1));
  by_hand("a");
  const auto first = start("a", "2025-03-01");
  start("a", "2025-03-02");
  start("a", "2025-03-03");
  EXPECT_EQ(set(2)->in_use, 2);
  const auto fewer = set(0);
  EXPECT_EQ(fewer->in_use, 2);
  over(first);
  EXPECT_EQ(working(), "a 2025-03-02");
  EXPECT_EQ(line(), "a 2025-03-03");
  EXPECT_EQ(set(2)->waiting, 0);
}

TEST_F(Pool, who_is_held_back_by_a_limit_of_its_own_lets_others_pass) {
  ASSERT_TRUE(set(2));
  by_hand("a", "pool: warehouse, maxRuns: 1, priority: 9");
  by_hand("b");
  start("a", "2025-03-01");
  start("a", "2025-03-02");
  start("b", "2025-03-01");
  EXPECT_EQ(working(), "a 2025-03-01, b 2025-03-01");
  EXPECT_NE(ask(api::Explain{"a", {}, "2025-03-02"})->state.find("waits for maxRuns: 1 of 1 work: run "),
            std::string::npos);
}

TEST_F(Pool, a_start_whose_condition_no_longer_holds_is_withdrawn_at_its_turn) {
  ASSERT_TRUE(set(0));
  deploy("name: up\nwindow: day\nsince: 2025-01-01\n");
  deploy("name: d\nsince: 2025-01-01\nconcurrency: {pool: warehouse}\ntrigger: {executions: {allOf: [{name: up}]}}\n");
  over(start("up", "2026-01-01"));
  EXPECT_EQ(line(), "d 2026-01-01");
  api::MarkWindow failed;
  failed.pipeline = "up";
  failed.window = "2026-01-01";
  failed.status = "FAILED";
  failed.reason = "it was wrong";
  ASSERT_TRUE(ask(failed));
  EXPECT_EQ(set(1)->in_use, 0);
  const auto runs = ask(api::Explain{"d", {}, "2026-01-01"})->runs;
  ASSERT_EQ(runs.size(), 0u);
  EXPECT_EQ(line(), "");
}

TEST_F(Pool, a_plan_takes_only_slots_that_nobody_else_can_use) {
  ASSERT_TRUE(set(1));
  by_hand("a");
  by_hand("b", "pool: warehouse, priority: -100");
  api::Backfill fill;
  fill.pipeline = "a";
  fill.from = "2025-02-01";
  fill.to = "2025-02-03";
  fill.parallel = 3;
  fill.accept = true;
  ASSERT_TRUE(ask(fill));
  EXPECT_EQ(working(), "a 2025-02-01");
  EXPECT_EQ(line(), "");
  start("b", "2025-05-01");
  over(show().runs[0].run);
  EXPECT_EQ(working(), "b 2025-05-01") << "the live start, though of the lowest priority";
  over(show().runs[0].run);
  EXPECT_EQ(working(), "a 2025-02-02") << "the plan goes on by itself";
  ASSERT_TRUE(set(2));
  EXPECT_EQ(working(), "a 2025-02-02, a 2025-02-03");
}

TEST_F(Pool, a_restart_changes_nothing) {
  ASSERT_TRUE(set(1));
  by_hand("a");
  const auto first = start("a", "2025-03-01");
  start("a", "2025-03-02");
  start("a", "2025-03-03");
  drive.load();
  EXPECT_EQ(show().in_use, 1);
  over(first);
  drive.load();
  EXPECT_EQ(working(), "a 2025-03-02");
  EXPECT_EQ(line(), "a 2025-03-03");
}

TEST_F(Pool, a_deploy_moves_those_that_wait_and_those_that_work_keep_their_slot) {
  ASSERT_TRUE(set(1));
  ASSERT_TRUE(set(1, "lake"));
  by_hand("a");
  by_hand("b");
  start("a", "2025-03-01");
  start("a", "2025-03-02");
  start("b", "2025-03-03");
  by_hand("b", "pool: warehouse, priority: 1");
  EXPECT_EQ(line(), "b 2025-03-03, a 2025-03-02");
  by_hand("a", "pool: lake");
  EXPECT_EQ(working(), "a 2025-03-01");
  EXPECT_EQ(named(show("lake").runs), "a 2025-03-02");
  by_hand("b", "maxRuns: 1");
  EXPECT_EQ(ask(api::Explain{"b", {}, "2025-03-03"})->runs[0].status, "RUNNING");
}

TEST_F(Pool, a_deploy_moves_however_many_wait) {
  for (const int waiting : {limits::kLineRows - 1, limits::kLineRows, limits::kLineRows + 1}) {
    const auto name = "n" + std::to_string(waiting);
    ASSERT_TRUE(set(0, name));
    by_hand(name, "pool: " + name);
    for (int i = 0; i < waiting; ++i)
      start(name, to_text(*instant_from_text("2025-02-01T00:00:00Z") + std::chrono::hours{24 * i}).substr(0, 10));
    by_hand(name, "pool: " + name + ", priority: 7");
    int moved = 0;
    for (const auto& row : service.tables().active.rows()) moved += row->turn == -7;
    EXPECT_EQ(moved, waiting);
    ask(api::DeletePipeline{name, {}, true, ""});
  }
}

TEST_F(Pool, a_deploy_that_names_no_pool_of_the_account_is_refused_with_the_fix) {
  const std::string a = "name: a\nwindow: day\nconcurrency: {pool: warehose}";
  EXPECT_NE(refusal(a).find("make it with: weir pool set warehose --slots N --account " + kA), std::string::npos)
      << refusal(a);
  ASSERT_TRUE(set(1));
  EXPECT_NE(refusal(a).find("did you mean 'warehouse'?"), std::string::npos) << refusal(a);
  const auto other = refusal("name: a\nwindow: day\nconcurrency: {pool: " + kB + "/warehouse}");
  EXPECT_NE(other.find("a pool is for the pipelines of its own account"), std::string::npos) << other;
  const auto alone = refusal("name: a\nwindow: day\nconcurrency: {priority: 3}");
  EXPECT_NE(alone.find("add 'pool:', or remove it"), std::string::npos) << alone;
}

TEST_F(Pool, priorities_and_slots_have_bounds) {
  ASSERT_TRUE(set(1));
  const auto with = [&](int priority) {
    return refusal(fmt::format("name: p{}\nwindow: day\nconcurrency: {{pool: warehouse, priority: {}}}", priority + 500,
                               priority));
  };
  for (const int most : {limits::kPoolPriority, -limits::kPoolPriority}) {
    const int over = most > 0 ? most + 1 : most - 1;
    EXPECT_EQ(with(most > 0 ? most - 1 : most + 1), "deployed");
    EXPECT_EQ(with(most), "deployed");
    EXPECT_NE(with(over), "deployed");
  }
  for (const auto& [slots, good] : std::vector<std::pair<int, bool>>{{-1, false},
                                                                     {0, true},
                                                                     {1, true},
                                                                     {limits::kPoolSlots - 1, true},
                                                                     {limits::kPoolSlots, true},
                                                                     {limits::kPoolSlots + 1, false}})
    EXPECT_EQ(set(slots).has_value(), good) << slots;
  EXPECT_FALSE(set(1, "not a name"));
}

TEST_F(Pool, an_account_has_so_many_pools_and_changes_those_it_has) {
  for (int i = 1; i < limits::kPoolsPerAccount; ++i) ASSERT_TRUE(set(1, "p" + std::to_string(i)));
  EXPECT_TRUE(set(1, "last"));
  EXPECT_FALSE(set(1, "one-more"));
  EXPECT_TRUE(set(2, "last"));
  EXPECT_EQ(ask(api::ListPools{})->pools.size(), static_cast<std::size_t>(limits::kPoolsPerAccount));
  EXPECT_TRUE(ask(api::SetPool{"own", {}, 1, ""}, kB));
}

TEST_F(Pool, so_many_runs_are_shown_and_the_others_counted) {
  ASSERT_TRUE(set(0));
  by_hand("a");
  for (int i = 1; i <= limits::kPoolRunsShown + 1; ++i) {
    start("a", to_text(*instant_from_text("2025-02-01T00:00:00Z") + std::chrono::hours{24 * i}).substr(0, 10));
    EXPECT_EQ(show().line.size(), static_cast<std::size_t>(std::min(i, limits::kPoolRunsShown)));
    EXPECT_EQ(show().waiting, i);
  }
}

TEST_F(Pool, a_pool_is_deleted_when_no_pipeline_names_it_and_with_its_account) {
  ASSERT_TRUE(set(1));
  by_hand("a");
  const auto refused = ask(api::DeletePool{"warehouse", {}, ""});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is named by a;"), std::string::npos) << refused.error().message;
  ASSERT_TRUE(ask(api::DeletePipeline{"a", {}, true, ""}));
  EXPECT_TRUE(ask(api::DeletePool{"WAREHOUSE", {}, "moved"}));
  EXPECT_FALSE(ask(api::DescribePool{"warehouse", {}}));
  ASSERT_TRUE(set(1));
  ASSERT_TRUE(ask(api::DeleteAccount{AccountId{kA}, false, ""}));
  EXPECT_EQ(service.tables().pools.size(), 0u);
}

}  // namespace
}  // namespace weir::pipeline
