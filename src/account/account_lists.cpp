#include "account/account_service.hpp"
#include "base/limits.hpp"

namespace weir::account {

api::Reply<api::ListAccountsReply> list_accounts(store::Store& store, const api::Principal&,
                                                 const api::ListAccounts& request) {
  auto page = store.query({&kAccountTable, {}, false, {}, std::clamp(request.limit, 1, limits::kQueryPageRows)});
  if (!page) return api::refuse(api::ErrorCode::Unavailable, page.error().text());
  api::ListAccountsReply reply;
  for (const auto& r : page->rows) {
    const auto& row = *static_cast<const AccountRow*>(r.get());
    reply.accounts.push_back({row.id, row.alias, row.owner, row.timezone, row.created});
  }
  return reply;
}

api::Reply<api::ListAuditReply> list_audit(store::Store& store, const api::Principal& principal,
                                           const api::ListAudit& request) {
  store::Query query{&kAuditTable,
                     {{"account", store::Condition::Op::equal, principal.account.value}},
                     true,
                     {},
                     std::clamp(request.limit, 1, limits::kQueryPageRows)};
  if (request.before) query.after = store::Key{*request.before};
  auto page = store.query(query);
  if (!page) return api::refuse(api::ErrorCode::Unavailable, page.error().text());
  api::ListAuditReply reply;
  for (const auto& r : page->rows) {
    const auto& row = *static_cast<const AuditRow*>(r.get());
    reply.entries.push_back({row.id, row.at, row.account, row.who, row.action, row.what, row.reason});
  }
  if (page->next) reply.next = std::get<std::int64_t>(page->next->front());
  return reply;
}

}  // namespace weir::account
