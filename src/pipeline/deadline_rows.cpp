#include "pipeline/deadline_rows.hpp"

namespace weir::pipeline {

const store::TableInfo kDeadlineTable{"pipeline_deadline", store::Keeping::live, 2, &type_of<DeadlineRow>};
const store::TableInfo kAlertTable{"pipeline_alert", store::Keeping::live, 3, &type_of<AlertRow>};

}  // namespace weir::pipeline
