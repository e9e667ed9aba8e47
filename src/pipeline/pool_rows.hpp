// The table of pools: a named number of slots of an account that runs of several of its pipelines share.
//
// A run of a pipeline with `concurrency: {pool: NAME}` takes a slot when it starts and gives it back when it ends. How
// many are in use is counted from the active runs (rows.hpp). The line of a pool: live starts before those of plans,
// then the higher priority, then the older key, then who came first; whom a limit of its own holds back lets the next
// one pass.
#pragma once

#include <string>

#include "base/describe.hpp"
#include "core/table.hpp"

namespace weir::pipeline {

struct PoolRow {
  std::int64_t id = 0;
  AccountId account;
  std::string name;  // lower case
  int slots = 0;     // 0: nothing starts
  std::string reason;
  std::string who;
  Instant changed{};
};
BOOST_DESCRIBE_STRUCT(PoolRow, (), (id, account, name, slots, reason, who, changed))
extern const store::TableInfo kPoolTable;
struct by_pool_name {};
using PoolTable = core::LiveTable<
    PoolRow, boost::multi_index::indexed_by<
                 boost::multi_index::ordered_unique<boost::multi_index::tag<core::by_key>, core::field<&PoolRow::id>>,
                 boost::multi_index::ordered_unique<boost::multi_index::tag<by_pool_name>,
                                                    core::fields<PoolRow, &PoolRow::account, &PoolRow::name>>>>;

}  // namespace weir::pipeline
