#include "counter/counter_rows.hpp"

namespace weir::counter {

const store::TableInfo kCounterTable{"counter", store::Keeping::live, 1, &type_of<CounterRow>};
const store::TableInfo kLaterTable{"counter_later", store::Keeping::live, 1, &type_of<LaterRow>};
const store::TableInfo kReceivedTable{"counter_received", store::Keeping::cold, 1, &type_of<ReceivedRow>};
const store::TableInfo kCounterLogTable{"counter_log", store::Keeping::log, 1, &type_of<CounterLogRow>, {"account"}};

}  // namespace weir::counter
