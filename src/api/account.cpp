#include "api/account.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> account_operations() {
  static const std::array table{
      operation<PutAccount>("PutAccount", "account", Access::write, Growth::grows, "PUT", "/v1/accounts/{id}", "id",
                            "Creates or changes an account."),
      operation<DeleteAccount>("DeleteAccount", "account", Access::write, Growth::frees, "DELETE", "/v1/accounts/{id}",
                               "id",
                               "Deletes an account with its pipelines; refused with the list when others depend on "
                               "them."),
      operation<ListAccounts>("ListAccounts", "account", Access::query, Growth::neutral, "GET", "/v1/accounts", "",
                              "Lists the accounts."),
      operation<PutGrant>("PutGrant", "account", Access::write, Growth::grows, "POST", "/v1/grants", "pipeline to",
                          "Gives or withdraws another account's permission to depend on a pipeline."),
      operation<ListAudit>("ListAudit", "account", Access::query, Growth::neutral, "GET", "/v1/audit", "",
                           "Who did what, newest first."),
  };
  return table;
}

}  // namespace weir::api
