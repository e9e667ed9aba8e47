#include "pipeline/run_steps.hpp"

namespace weir::pipeline {

const store::TableInfo kRunStepsTable{"pipeline_run_steps", store::Keeping::cold, 1, &type_of<RunStepsRow>};
const store::TableInfo kContinuedTable{"pipeline_run_continued", store::Keeping::cold, 1, &type_of<ContinuedRow>};

}  // namespace weir::pipeline
