#include "workflow/tables.hpp"

namespace weir::workflow {

const core::TableInfo kMachineTable{"machine", store::Keeping::live, 1, &type_of<MachineRow>};
const core::TableInfo kRevisionTable{"machine_revision", store::Keeping::live, 2, &type_of<RevisionRow>};
const core::TableInfo kExecutionTable{"execution", store::Keeping::live, 1, &type_of<ExecutionRow>};
const core::TableInfo kExecutionInputTable{"execution_input", store::Keeping::live, 1, &type_of<ExecutionInputRow>};
const core::TableInfo kFrameTable{"frame", store::Keeping::live, 2, &type_of<FrameRow>};
const core::TableInfo kFrameDataTable{"frame_data", store::Keeping::live, 2, &type_of<FrameDataRow>};
const core::TableInfo kHistoryTable{"history", store::Keeping::log, 1, &type_of<HistoryRow>, {"execution"}};
const core::TableInfo kRecordTable{
    "execution_record", store::Keeping::cold, 1, &type_of<RecordRow>, {"account", "machine"}};
const core::TableInfo kNameTable{"execution_name", store::Keeping::cold, 2, &type_of<NameRow>};

}  // namespace weir::workflow
