// Pools: a named number of slots of an account that the runs of several of its pipelines share
// (`concurrency: {pool: NAME, priority: N}` in pipeline.yaml; docs/triggers.md, "Limits").
//
// A pool is named by its name (without case) in the account that owns it; `account` in a request is an id or an alias
// and defaults to the principal's. Pipelines of other accounts cannot use it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/pipeline.hpp"

namespace weir::api {

// A run that holds a slot, or waits for one.
struct PoolRun {
  std::int64_t run = 0;
  std::string pipeline;
  std::string window;
  std::string cause;  // as of RunInfo
  int priority = 0;
  Instant since{};    // when it started, or was decided
  std::string waits;  // of one that waits: for what, as of RunInfo
};
BOOST_DESCRIBE_STRUCT(PoolRun, (), (run, pipeline, window, cause, priority, since, waits))

struct PoolInfo {
  std::string pool;
  AccountId account;
  int slots = 0;   // 0: nothing starts
  int in_use = 0;  // more than `slots` after they were made fewer, until runs end
  int waiting = 0;
  std::vector<std::string> pipelines;  // that name it
  std::string who, reason;             // of the last change
  Instant changed{};
  std::vector<PoolRun> runs;  // that hold slots, oldest first; at most limits::kPoolRunsShown; not in a list of pools
  std::vector<PoolRun> line;  // that wait, the next first; the same
};
BOOST_DESCRIBE_STRUCT(PoolInfo, (),
                      (pool, account, slots, in_use, waiting, pipelines, who, reason, changed, runs, line))

// Makes the pool or changes its slots: at once more start, or none until enough have ended. What works is not stopped.
struct SetPool {
  using Reply = PoolInfo;
  std::string pool;
  std::optional<std::string> account;
  int slots = 0;  // 0 to limits::kPoolSlots
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SetPool, (), (pool, account, slots, reason))

struct DescribePool {
  using Reply = PoolInfo;
  std::string pool;
  std::optional<std::string> account;
};
BOOST_DESCRIBE_STRUCT(DescribePool, (), (pool, account))

struct ListPoolsReply {
  std::vector<PoolInfo> pools;  // by account and name
};
BOOST_DESCRIBE_STRUCT(ListPoolsReply, (), (pools))
struct ListPools {
  using Reply = ListPoolsReply;
  std::optional<std::string> account;
  bool all = false;  // of all accounts
};
BOOST_DESCRIBE_STRUCT(ListPools, (), (account, all))

// Refused with the list while pipelines name it.
struct DeletePool {
  using Reply = EmptyReply;
  std::string pool;
  std::optional<std::string> account;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DeletePool, (), (pool, account, reason))

std::span<const OperationInfo> pool_operations();

}  // namespace weir::api
