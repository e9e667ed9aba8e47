#include "work/tables.hpp"

namespace weir::work {

const core::TableInfo kWorkTable{"work_item", store::Keeping::live, 1, &type_of<WorkRow>};
const core::TableInfo kWorkPayloadTable{"work_payload", store::Keeping::live, 1, &type_of<WorkPayloadRow>};
const core::TableInfo kWorkTurnTable{"work_turn", store::Keeping::live, 1, &type_of<WorkTurnRow>};

}  // namespace weir::work
