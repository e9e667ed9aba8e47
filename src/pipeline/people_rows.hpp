// The tables of people's decisions about pipelines: keys that wait for an approval, and what is paused.
#pragma once

#include "core/table.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

// A key with `onUpstreamRerun: ask` whose upstream was corrected: it waits for `weir approve`. Erased when it is
// approved or accepted, when its condition no longer holds, and when a run of it starts.
struct ApprovalRow {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  Instant since{};
};
BOOST_DESCRIBE_STRUCT(ApprovalRow, (), (pipeline, window, since))
extern const store::TableInfo kApprovalTable;
using ApprovalTable =
    core::LiveTable<ApprovalRow, boost::multi_index::indexed_by<boost::multi_index::ordered_unique<
                                     boost::multi_index::tag<core::by_key>,
                                     core::fields<ApprovalRow, &ApprovalRow::pipeline, &ApprovalRow::window>>>>;

// The schedule and the condition of what is paused start nothing.
struct PauseRow {
  AccountId account;
  std::int64_t pipeline = 0;  // 0: all of the account
  Instant since{};
  std::string who;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(PauseRow, (), (account, pipeline, since, who, reason))
extern const store::TableInfo kPauseTable;
using PauseTable = core::LiveTable<
    PauseRow,
    boost::multi_index::indexed_by<boost::multi_index::ordered_unique<
        boost::multi_index::tag<core::by_key>, core::fields<PauseRow, &PauseRow::account, &PauseRow::pipeline>>>>;

}  // namespace weir::pipeline
