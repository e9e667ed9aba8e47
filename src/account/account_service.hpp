// Accounts, aliases, grants, and the audit: who deployed, ran, stopped, retried, marked. The audit row is written by
// the same commit as what it tells of.
#pragma once

#include "account/account_rows.hpp"
#include "api/account.hpp"
#include "core/registry.hpp"
#include "store/store.hpp"

namespace weir::account {

class AccountService {
 public:
  void install(core::Registry& registry);

  // An id or an alias, without case. An account of 12 digits that was never set up exists all the same, without alias:
  // development mode takes any credentials.
  api::Reply<api::AccountInfo> resolve(const std::string& name) const;
  bool granted(const AccountId& account, const std::string& pipeline, const AccountId& to) const;

 private:
  api::Reply<api::AccountInfo> put(core::Transaction& tx, const api::PutAccount& request);
  api::Reply<api::DeleteAccountReply> remove(core::Transaction& tx, const api::DeleteAccount& request);
  api::Reply<api::GrantInfo> grant(core::Transaction& tx, const api::PutGrant& request);

  AccountTable accounts_{kAccountTable};
  GrantTable grants_{kGrantTable};
  core::LogTable<AuditRow> audit_{kAuditTable};
};

// Queries, for the host's readers.
api::Reply<api::ListAccountsReply> list_accounts(store::Store& store, const api::Principal&,
                                                 const api::ListAccounts& request);
api::Reply<api::ListAuditReply> list_audit(store::Store& store, const api::Principal& principal,
                                           const api::ListAudit& request);

}  // namespace weir::account
