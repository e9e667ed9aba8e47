// What must hold of pipelines, their runs and what started them when everything is at rest, read from the store alone.
//
//   P1 runs and executions agree one to one, and nothing is active any more
//   P2 an occurrence's rows tell the same story: numbers without gaps, the current run the last one
//   P3 no scheduled time ran twice
//   P4 no scheduled time is lost: since the schedule in force was deployed each has come to its window, or is recorded
//      as MISSED
//   P5 along followed clauses no run mixes two runs of one occurrence, no key is doubled, none whose condition holds
//      is missing its firing (the reference model's audit, tests/model); a key that catchup or a quiet plan left out
//      is on record as left out
//   P6 a clause is blocked exactly when the grant is missing
#pragma once

#include <string>
#include <vector>

#include "account/account_rows.hpp"
#include "pipeline/rows.hpp"
#include "store/store.hpp"
#include "workflow/tables.hpp"

namespace weir::invariants {

struct PipelineRows {
  std::vector<pipeline::PipelineRow> pipelines;
  std::vector<pipeline::VersionRow> versions;
  std::vector<pipeline::TriggerRow> triggers;
  std::vector<pipeline::ClauseRow> clauses;
  std::vector<pipeline::OccurrenceRow> occurrences;
  std::vector<pipeline::RunFactRow> facts;
  std::vector<pipeline::ActiveRunRow> active;
  std::vector<pipeline::RunRow> runs;
  std::vector<pipeline::EvidenceRow> evidence;
  std::vector<pipeline::StepRow> steps;
  std::vector<pipeline::ScheduleRow> schedules;
  std::vector<pipeline::CatchupRow> catchups;
  std::vector<pipeline::PlanRow> plans;
  std::vector<pipeline::PlanKeyRow> plan_keys;
  std::vector<pipeline::PlanHeldRow> held;
  std::vector<pipeline::MissedRow> missed;
  std::vector<pipeline::PauseRow> pauses;
  std::vector<account::GrantRow> grants;
  std::vector<workflow::RecordRow> records;

  // All rows of all tables; the problem says which could not be read.
  static Result<PipelineRows> read(store::Store& store);
  const pipeline::PipelineRow* find(std::int64_t pipeline) const;
  const pipeline::TriggerRow* trigger(std::int64_t pipeline, std::int64_t version) const;
};

// Each returns its violations, one line each.
std::vector<std::string> check_runs(const PipelineRows& rows);                       // P1, P2
std::vector<std::string> check_schedules(const PipelineRows& rows, Instant now);     // P3, P4
std::vector<std::string> check_triggers(const PipelineRows& rows);                   // P5
std::vector<std::string> check_grants(const PipelineRows& rows, bool only_granted);  // P6; sharing open: none blocked

}  // namespace weir::invariants
