// Which steps a run has tried: the work items of its attempts, in the order they were scheduled; their StepRows have
// the places in this list, from 1. Written first when the run starts, so that a running run never misses it.
#pragma once

#include "core/cold_table.hpp"

namespace weir::pipeline {

struct RunStepsRow {
  std::int64_t run = 0;
  std::vector<std::int64_t> items;
};
BOOST_DESCRIBE_STRUCT(RunStepsRow, (), (run, items))
inline const store::TableInfo kRunStepsTable{"pipeline_run_steps", store::Keeping::cold, 1, &type_of<RunStepsRow>};

}  // namespace weir::pipeline
