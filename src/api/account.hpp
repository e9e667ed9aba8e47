// Accounts: whose things are whose; aliases, grants, and who did what.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::api {

struct AccountInfo {
  AccountId id;  // 12 digits
  std::string
      alias;  // "Account_A_ID", "finance": what pipeline.yaml may say instead; unique without case; may be empty
  std::string owner;     // a team
  std::string timezone;  // of its pipelines that say none; empty: UTC
  Instant created{};
};
BOOST_DESCRIBE_STRUCT(AccountInfo, (), (id, alias, owner, timezone, created))

// Creates or changes an account (weir setup-user-account). Fields that are absent stay as they are.
struct PutAccount {
  using Reply = AccountInfo;
  AccountId id;
  std::optional<std::string> alias;
  std::optional<std::string> owner;
  std::optional<std::string> timezone;
};
BOOST_DESCRIBE_STRUCT(PutAccount, (), (id, alias, owner, timezone))

// Deletes an account with its pipelines and grants. Refused with the list when other accounts depend on one of its
// pipelines, unless `force`: their clauses are then blocked, and their owners told. What has run stays in the run log.
struct DeleteAccountReply {
  std::vector<std::string> pipelines;  // that were deleted with it
};
BOOST_DESCRIBE_STRUCT(DeleteAccountReply, (), (pipelines))
struct DeleteAccount {
  using Reply = DeleteAccountReply;
  AccountId id;
  bool force = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DeleteAccount, (), (id, force, reason))

struct ListAccountsReply {
  std::vector<AccountInfo> accounts;
};
BOOST_DESCRIBE_STRUCT(ListAccountsReply, (), (accounts))
struct ListAccounts {
  using Reply = ListAccountsReply;
  int limit = 1000;
};
BOOST_DESCRIBE_STRUCT(ListAccounts, (), (limit))

// `account` lets the pipelines of `to` depend on its pipeline (`*`: all of them). Only asked where sharing is granted.
struct GrantInfo {
  AccountId account;
  std::string pipeline;
  AccountId to;
};
BOOST_DESCRIBE_STRUCT(GrantInfo, (), (account, pipeline, to))
struct PutGrant {
  using Reply = GrantInfo;
  std::string pipeline;
  std::string to;  // an id or an alias
  bool withdraw = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(PutGrant, (), (pipeline, to, withdraw, reason))

struct AuditEntry {
  std::int64_t id = 0;
  Instant at{};
  AccountId account;
  std::string who;
  std::string action;  // the operation's name
  std::string what;    // "pipeline-x 2026-01-02", "run 17"
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (id, at, account, who, action, what, reason))
struct ListAuditReply {
  std::vector<AuditEntry> entries;  // newest first
  std::optional<std::int64_t> next;
};
BOOST_DESCRIBE_STRUCT(ListAuditReply, (), (entries, next))
struct ListAudit {
  using Reply = ListAuditReply;
  std::optional<std::int64_t> before;
  int limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListAudit, (), (before, limit))

// --- events: who did what, written to the audit log in the same commit ---
struct Audited {
  std::string action;
  std::string what;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Audited, (), (action, what, reason))

// Withdrawn or given back: triggers look again.
struct GrantChanged {
  GrantInfo grant;
  bool given = true;
};
BOOST_DESCRIBE_STRUCT(GrantChanged, (), (grant, given))

// --- internal: answered at once, for other services ---
// An id or an alias (without case) to an account; NotFound names the nearest alias.
struct ResolveAccount {
  using Reply = AccountInfo;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ResolveAccount, (), (name))
// Deletes the pipelines of an account, or says who needs them.
struct ReleaseAccountReply {
  std::vector<std::string> pipelines;
};
BOOST_DESCRIBE_STRUCT(ReleaseAccountReply, (), (pipelines))
struct ReleaseAccount {
  using Reply = ReleaseAccountReply;
  AccountId account;
  bool force = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReleaseAccount, (), (account, force, reason))
struct CheckGrantReply {
  bool granted = true;
};
BOOST_DESCRIBE_STRUCT(CheckGrantReply, (), (granted))
struct CheckGrant {
  using Reply = CheckGrantReply;
  AccountId account;
  std::string pipeline;
  AccountId to;
};
BOOST_DESCRIBE_STRUCT(CheckGrant, (), (account, pipeline, to))

std::span<const OperationInfo> account_operations();

}  // namespace weir::api
