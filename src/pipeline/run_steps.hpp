// Which steps a run has tried: the work items of its attempts, in the order they were scheduled; their StepRows have
// the places in this list, from 1. Written first when the run starts, so that a running run never misses it.
#pragma once

#include <string>
#include <vector>

#include "base/describe.hpp"
#include "core/cold_table.hpp"

namespace weir::pipeline {

struct RunStepsRow {
  std::int64_t run = 0;
  std::vector<std::int64_t> items;
};
BOOST_DESCRIBE_STRUCT(RunStepsRow, (), (run, items))
extern const store::TableInfo kRunStepsTable;

// How a run begins that continues another one (RunRow::continues). Written with its start.
struct ContinuedRow {
  std::int64_t run = 0;
  std::string state;               // of the state machine, at which its execution starts
  std::string step;                // for people
  JsonText steps;                  // the results of the steps before: an object
  std::vector<std::int64_t> used;  // the runs that these were made from, ascending
};
BOOST_DESCRIBE_STRUCT(ContinuedRow, (), (run, state, step, steps, used))
extern const store::TableInfo kContinuedTable;

}  // namespace weir::pipeline
