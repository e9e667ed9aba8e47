// The tables of deadlines (rule 8): the next one of each pipeline, and what is late.
#pragma once

#include "api/alerts.hpp"
#include "core/table.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

enum class DeadlineKind { start, finish };
BOOST_DESCRIBE_ENUM(DeadlineKind, start, finish)

// One row a pipeline and kind: only the next window's deadline is computed.
struct DeadlineRow {
  std::int64_t pipeline = 0;
  DeadlineKind kind = DeadlineKind::start;
  std::int64_t window = 0;
  Instant due{};
  std::string time;  // as it was when `due` was computed: a changed deadline begins anew
  std::string timezone;
  AccountId account;  // the pipeline's; as of ScheduleRow
};
BOOST_DESCRIBE_STRUCT(DeadlineRow, (), (pipeline, kind, window, due, time, timezone, account))
extern const store::TableInfo kDeadlineTable;
struct by_deadline {};
struct by_deadline_account {};
using DeadlineTable = core::LiveTable<
    DeadlineRow,
    boost::multi_index::indexed_by<
        boost::multi_index::ordered_unique<boost::multi_index::tag<core::by_key>,
                                           core::fields<DeadlineRow, &DeadlineRow::pipeline, &DeadlineRow::kind>>,
        boost::multi_index::ordered_unique<
            boost::multi_index::tag<by_deadline>,
            core::fields<DeadlineRow, &DeadlineRow::due, &DeadlineRow::pipeline, &DeadlineRow::kind>>,
        boost::multi_index::ordered_unique<boost::multi_index::tag<by_deadline_account>,
                                           core::fields<DeadlineRow, &DeadlineRow::account, &DeadlineRow::due,
                                                        &DeadlineRow::pipeline, &DeadlineRow::kind>>>>;

// A window that is late. Erased when it has recovered, or is skipped.
struct AlertRow {
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  api::AlertKind kind = api::AlertKind::LATE_START;
  Instant raised{};
  std::string text;
};
BOOST_DESCRIBE_STRUCT(AlertRow, (), (pipeline, window, kind, raised, text))
extern const store::TableInfo kAlertTable;
using AlertTable =
    core::LiveTable<AlertRow, boost::multi_index::indexed_by<boost::multi_index::ordered_unique<
                                  boost::multi_index::tag<core::by_key>,
                                  core::fields<AlertRow, &AlertRow::pipeline, &AlertRow::window, &AlertRow::kind>>>>;

}  // namespace weir::pipeline
