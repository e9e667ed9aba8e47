// A stored run as people see it.
#pragma once

#include "api/pipeline.hpp"
#include "pipeline/rows.hpp"

namespace weir::pipeline {

// Without out_of_date, which only the engine knows. Each used run once, in the order of clauses.
api::RunInfo info_of(const RunRow& row);

}  // namespace weir::pipeline
