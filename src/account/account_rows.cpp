#include "account/account_rows.hpp"

namespace weir::account {

const store::TableInfo kAccountTable{"account", store::Keeping::live, 1, &type_of<AccountRow>};
const store::TableInfo kGrantTable{"account_grant", store::Keeping::live, 3, &type_of<GrantRow>};
const store::TableInfo kAuditTable{"audit", store::Keeping::log, 1, &type_of<AuditRow>, {"account"}};

}  // namespace weir::account
