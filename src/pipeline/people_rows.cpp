#include "pipeline/people_rows.hpp"

namespace weir::pipeline {

const store::TableInfo kApprovalTable{"pipeline_approval", store::Keeping::live, 2, &type_of<ApprovalRow>};
const store::TableInfo kPauseTable{"pipeline_pause", store::Keeping::live, 2, &type_of<PauseRow>};

}  // namespace weir::pipeline
