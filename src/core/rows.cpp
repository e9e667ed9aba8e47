#include "core/rows.hpp"

namespace weir::core {

const TableInfo kCellTable{"cell", store::Keeping::live, 1, &type_of<CellRow>};
const TableInfo kDeliveryTable{"delivery", store::Keeping::live, 1, &type_of<DeliveryRow>};
const TableInfo kEffectTable{"effect", store::Keeping::live, 1, &type_of<EffectRow>};

}  // namespace weir::core
