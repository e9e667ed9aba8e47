// What must hold of executions when everything is at rest, read from their rows.
//
//   I5 a history has no gap, ends once, and nothing follows its end      I8 nothing runs for ever
#pragma once

#include <string>
#include <vector>

#include "tests/invariants/ledger.hpp"
#include "workflow/tables.hpp"

namespace weir::invariants {

struct ExecutionFindings {
  std::vector<std::string> violations;
  // Results that tasks brought: {"token": N}, each a trace at "execution ID".
  std::vector<Trace> results;
};

ExecutionFindings check_executions(const std::vector<workflow::HistoryRow>& chunks,
                                   const std::vector<workflow::RecordRow>& records);

}  // namespace weir::invariants
