// The tables of machines and executions. Rows of running executions are live and narrow, their documents beside them;
// a closed execution is one cold row and its history.
#pragma once

#include "core/cold_table.hpp"
#include "core/table.hpp"
#include "workflow/execution.hpp"

namespace weir::workflow {

namespace mi = boost::multi_index;
using core::by_key;
using core::field;
using core::fields;

struct MachineRow {
  std::int64_t id = 0;
  AccountId account;
  std::string name;
  int revision = 1;
  Instant updated_at{};
};
BOOST_DESCRIBE_STRUCT(MachineRow, (), (id, account, name, revision, updated_at))
extern const core::TableInfo kMachineTable;
struct by_name {};
using MachineTable = core::LiveTable<
    MachineRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&MachineRow::id>>,
                   mi::ordered_unique<mi::tag<by_name>, fields<MachineRow, &MachineRow::account, &MachineRow::name>>>>;

// Kept while it is the newest one or an execution runs it.
struct RevisionRow {
  std::int64_t machine = 0;
  int revision = 1;
  JsonText definition;
};
BOOST_DESCRIBE_STRUCT(RevisionRow, (), (machine, revision, definition))
extern const core::TableInfo kRevisionTable;
using RevisionTable =
    core::LiveTable<RevisionRow,
                    mi::indexed_by<mi::ordered_unique<
                        mi::tag<by_key>, fields<RevisionRow, &RevisionRow::machine, &RevisionRow::revision>>>>;

// A running execution.
struct ExecutionRow {
  std::int64_t id = 0;
  AccountId account;
  std::int64_t machine = 0;
  int revision = 1;
  std::string machine_name;
  std::string name;
  std::string owner;
  Instant started_at{};
  std::optional<Instant> deadline;
  bool timed = false;  // has a due
  Instant due{};
  std::int64_t version = 0;  // another one after each step, never used twice
  std::int64_t next_event = 1;
  std::int64_t next_frame = 1;
  std::int64_t last_chunk = 0;  // newest row of its history
};
BOOST_DESCRIBE_STRUCT(ExecutionRow, (),
                      (id, account, machine, revision, machine_name, name, owner, started_at, deadline, timed, due,
                       version, next_event, next_frame, last_chunk))
extern const core::TableInfo kExecutionTable;
struct by_due {};
struct by_machine {};
using ExecutionTable = core::LiveTable<
    ExecutionRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&ExecutionRow::id>>,
                   mi::ordered_unique<mi::tag<by_due>, fields<ExecutionRow, &ExecutionRow::timed, &ExecutionRow::due,
                                                              &ExecutionRow::id>>,
                   mi::ordered_unique<mi::tag<by_machine>, fields<ExecutionRow, &ExecutionRow::machine,
                                                                  &ExecutionRow::revision, &ExecutionRow::id>>>>;

struct ExecutionInputRow {
  std::int64_t id = 0;
  JsonText input;
};
BOOST_DESCRIBE_STRUCT(ExecutionInputRow, (), (id, input))
extern const core::TableInfo kExecutionInputTable;
using ExecutionInputTable =
    core::LiveTable<ExecutionInputRow,
                    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&ExecutionInputRow::id>>>>;

struct FrameRow {
  std::int64_t execution = 0;
  std::int64_t id = 0;
  std::int64_t parent = 0;
  int generation = 0;
  int of_generation = 0;
  int index = 0;
  int branch = 0;
  int state = 0;
  Phase phase = Phase::READY;
  std::int64_t last_event = 0;
  std::int64_t entered_event = 0;
  Instant entered_at{};
  std::optional<Instant> due;
  std::int64_t item = 0;
  bool heartbeats = false;
  std::string worker;
  std::vector<int> retries;
  int started = 0;
  int open = 0;
};
BOOST_DESCRIBE_STRUCT(FrameRow, (),
                      (execution, id, parent, generation, of_generation, index, branch, state, phase, last_event,
                       entered_event, entered_at, due, item, heartbeats, worker, retries, started, open))
extern const core::TableInfo kFrameTable;
using FrameTable = core::LiveTable<
    FrameRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, fields<FrameRow, &FrameRow::execution, &FrameRow::id>>>>;

// The documents of a frame, written when one of them is another.
struct FrameDataRow {
  std::int64_t execution = 0;
  std::int64_t frame = 0;
  JsonText input;
  JsonText items;
  JsonText given;
};
BOOST_DESCRIBE_STRUCT(FrameDataRow, (), (execution, frame, input, items, given))
extern const core::TableInfo kFrameDataTable;
using FrameDataTable =
    core::LiveTable<FrameDataRow,
                    mi::indexed_by<mi::ordered_unique<
                        mi::tag<by_key>, fields<FrameDataRow, &FrameDataRow::execution, &FrameDataRow::frame>>>>;

// The events of one step: [{"id":1,"previous":0,"type":"...","details":{...}}, ...]
struct HistoryRow {
  std::int64_t id = 0;
  std::int64_t execution = 0;
  AccountId account;
  Instant at{};
  std::int64_t previous = 0;  // the chunk before; 0: none
  JsonText events;
};
BOOST_DESCRIBE_STRUCT(HistoryRow, (), (id, execution, account, at, previous, events))
extern const core::TableInfo kHistoryTable;

// For lists and for after the end. Documents only once it is closed.
struct RecordRow {
  std::int64_t id = 0;
  AccountId account;
  std::string machine;
  int revision = 1;
  std::string name;
  std::string owner;
  api::ExecutionStatus status = api::ExecutionStatus::RUNNING;
  Instant started_at{};
  std::optional<Instant> ended_at;
  JsonText input;
  JsonText output;
  std::string error;
  std::string cause;
};
BOOST_DESCRIBE_STRUCT(RecordRow, (),
                      (id, account, machine, revision, name, owner, status, started_at, ended_at, input, output, error,
                       cause))
extern const core::TableInfo kRecordTable;

// Names that were given by the starter.
struct NameRow {
  std::int64_t machine = 0;
  std::string name;
  std::int64_t execution = 0;
  std::int64_t input_hash = 0;
};
BOOST_DESCRIBE_STRUCT(NameRow, (), (machine, name, execution, input_hash))
extern const core::TableInfo kNameTable;

}  // namespace weir::workflow
