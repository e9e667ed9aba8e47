// Replies as texts for people. Pure: a reply and the room there is in, text out.
#pragma once

#include <string>

#include "api/account.hpp"
#include "api/lineage.hpp"
#include "api/pipeline.hpp"
#include "api/plan.hpp"
#include "api/pool.hpp"
#include "cli/console.hpp"

namespace weir::cli {

struct Look {
  int width = 100;
  bool color = false;
  Instant now{};  // for "3m ago"
};

std::string account_name(const AccountId& account, const std::string& alias);
// "2h 05m", "3.2s", "120ms"
std::string span_text(Millis span);
// "2026-11-21 03:50" (UTC)
std::string when_text(Instant at);

std::string render_runs(const api::ListRunsReply& reply, const Look& look, bool with_account);
std::string render_run(const api::DescribeRunReply& reply, const Look& look);
std::string render_pipelines(const api::ListPipelinesReply& reply, const Look& look);
std::string render_why(const api::WhyReply& reply, const Look& look);
std::string render_dependants(const api::DependantsReply& reply, const Look& look);
std::string render_status(const api::StatusReply& reply, const Look& look);
// At most 40 lines, however many clauses there are.
std::string render_explain(const api::ExplainReply& reply, const Look& look);
std::string render_graph(const api::GraphReply& reply, const Look& look);
// "✓ ACCOUNT/NAME version 3, one run a day", and the trigger in one sentence.
std::string render_deploy(const api::DeployReply& reply, const Look& look);
// Of a dry run: what would change, and what it would start.
std::string render_diff(const api::DeployReply& reply, const Look& look);
std::string render_changes(const std::vector<api::SpecChange>& changes, const Look& look);
std::string render_versions(const api::ListVersionsReply& reply, const Look& look);
std::string render_version(const api::DescribeVersionReply& reply, const Look& look);
std::string render_next(const api::NextTimesReply& reply, const Look& look);
std::string render_plan(const api::PlanReply& reply, const Look& look, bool every_key);
std::string render_plans(const api::ListPlansReply& reply, const Look& look);
std::string plan_line(const api::PlanInfo& plan);
std::string render_pool(const api::PoolInfo& pool, const Look& look);
std::string render_pools(const api::ListPoolsReply& reply, const Look& look);
std::string render_accounts(const api::ListAccountsReply& reply, const Look& look);
std::string render_audit(const api::ListAuditReply& reply, const Look& look);
// One line: "✓ SUCCEEDED  listings 2026-01-02 (run 12, 3.2s)"
std::string run_line(const api::RunInfo& run, const Look& look);
// "[##########··········] 15/31  1 failed"
std::string progress_bar(int done, int total, int failed, int columns);

}  // namespace weir::cli
