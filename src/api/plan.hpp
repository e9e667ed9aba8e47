// Plans (docs/reference/triggers.md, rule 14): reruns and backfills, numbered, shown first, then accepted.
//
// A plan holds keys of the pipeline that was named and, when it goes downstream, of those that follow from it, in all
// accounts. From acceptance each of its keys counts as RUNNING until it has been run, so dependants run once. A quiet
// plan's runs count, but start nothing and make nothing out of date. Plan numbers are the installation's; everybody may
// read a plan, only the account that made it may accept, pause, resume or cancel it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::api {

struct PlanInfo {
  std::int64_t plan = 0;  // 0: a dry run, nothing is stored
  std::string kind;       // "rerun", "backfill"
  std::string status;     // PROPOSED, ACCEPTED, PAUSED, DONE, CANCELLED
  AccountId account;      // that made it
  std::string pipeline;   // "account/name" that was named
  std::string from, to;   // its windows
  bool quiet = false;
  std::string redo;  // missing, failed, all
  int parallel = 1;  // of its runs at once
  std::string who, reason;
  Instant created{};
  std::optional<Instant> accepted, ended;
  int keys = 0;
  int started = 0;  // that work or wait for a limit
  int over = 0;     // with or without a run
  int failed = 0;
  int in_other_accounts = 0;  // keys
};
BOOST_DESCRIBE_STRUCT(PlanInfo, (),
                      (plan, kind, status, account, pipeline, from, to, quiet, redo, parallel, who, reason, created,
                       accepted, ended, keys, started, over, failed, in_other_accounts))

struct PlanPipelineInfo {
  std::string pipeline;
  AccountId account;
  std::string owner;
  std::string first, last;  // windows
  int keys = 0, over = 0, failed = 0;
  std::vector<std::string> left_alone;  // windows that are active, or successful where `redo` leaves these
};
BOOST_DESCRIBE_STRUCT(PlanPipelineInfo, (), (pipeline, account, owner, first, last, keys, over, failed, left_alone))

struct PlanKeyInfo {
  std::string pipeline;
  AccountId account;
  std::string owner;
  std::string window;
  std::string last;   // status of its current run; empty: it has none
  std::string state;  // WAITING, READY, STARTED, a run's last status, LEFT_ALONE, NOT_RUN, CANCELLED
  std::string why;    // of LEFT_ALONE and NOT_RUN
  std::optional<std::int64_t> run;
};
BOOST_DESCRIBE_STRUCT(PlanKeyInfo, (), (pipeline, account, owner, window, last, state, why, run))

struct PlanReply {
  PlanInfo plan;
  std::vector<PlanPipelineInfo> pipelines;  // topologically, upstream first
  std::vector<PlanKeyInfo> keys;            // in the same order, oldest first; a page
  std::optional<std::int64_t> next;         // pass as `after`
  std::vector<std::string> left_out;        // "account/name": dependants that the plan does not run, and why
  std::vector<PlanKeyInfo> held;            // what its quiet runs would have started
};
BOOST_DESCRIBE_STRUCT(PlanReply, (), (plan, pipelines, keys, next, left_out, held))

// Runs keys again, and by default what follows from them. Absent `window`: the newest scheduled one. `to` makes it a
// range.
struct Rerun {
  using Reply = PlanReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<std::string> window, to;
  std::string redo = "all";       // missing | failed | all
  bool quiet = false;             // only the keys named; they start nothing
  std::vector<std::string> only;  // "name" or "account/name": of what follows, only these
  std::vector<std::string> except;
  int parallel = 8;
  bool accept = false;  // at once; else the plan is only shown
  bool others = false;  // many runs in other accounts are meant
  bool dry_run = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Rerun, (),
                      (pipeline, account, window, to, redo, quiet, only, except, parallel, accept, others, dry_run,
                       reason))

// Runs the windows of [from, to] that have no successful run (redo `missing`), oldest first. Quiet unless `downstream`.
struct Backfill {
  using Reply = PlanReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::string from, to;
  std::string redo = "missing";
  bool downstream = false;
  std::vector<std::string> only, except;
  int parallel = 1;
  bool accept = false;
  bool others = false;
  bool dry_run = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Backfill, (),
                      (pipeline, account, from, to, redo, downstream, only, except, parallel, accept, others, dry_run,
                       reason))

struct ListPlansReply {
  std::vector<PlanInfo> plans;  // newest first
};
BOOST_DESCRIBE_STRUCT(ListPlansReply, (), (plans))
struct ListPlans {
  using Reply = ListPlansReply;
  bool all = false;  // of all accounts
  int limit = 50;
};
BOOST_DESCRIBE_STRUCT(ListPlans, (), (all, limit))

struct DescribePlan {
  using Reply = PlanReply;
  std::int64_t plan = 0;
  std::optional<std::int64_t> after;
  int limit = 500;  // of keys; 0: none
};
BOOST_DESCRIBE_STRUCT(DescribePlan, (), (plan, after, limit))

// Refused without `others` when more than limits::kPlanRunsElsewhere of its keys lie in other accounts.
struct AcceptPlan {
  using Reply = PlanInfo;
  std::int64_t plan = 0;
  bool others = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(AcceptPlan, (), (plan, others, reason))
// Starts no more of its keys; those that work go on. The others still count as RUNNING.
struct PausePlan {
  using Reply = PlanInfo;
  std::int64_t plan = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(PausePlan, (), (plan, reason))
struct ResumePlan {
  using Reply = PlanInfo;
  std::int64_t plan = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ResumePlan, (), (plan, reason))
// What has not started is dropped; runs that work go on.
struct CancelPlan {
  using Reply = PlanInfo;
  std::int64_t plan = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(CancelPlan, (), (plan, reason))

std::span<const OperationInfo> plan_operations();

}  // namespace weir::api
