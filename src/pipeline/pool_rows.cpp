#include "pipeline/pool_rows.hpp"

namespace weir::pipeline {

const store::TableInfo kPoolTable{"pipeline_pool", store::Keeping::live, 1, &type_of<PoolRow>};

}  // namespace weir::pipeline
