// The tables of accounts: who there is, who may depend on whom, and who did what.
#pragma once

#include "core/table.hpp"

namespace weir::account {

namespace mi = boost::multi_index;
using core::by_key;
using core::field;
using core::fields;

struct AccountRow {
  AccountId id;
  std::string alias;
  std::string folded_alias;  // lower case: aliases are compared without case; empty aliases do not collide
  std::string owner;
  std::string timezone;
  Instant created{};
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (id, alias, folded_alias, owner, timezone, created))
extern const store::TableInfo kAccountTable;
struct by_alias {};
using AccountTable =
    core::LiveTable<AccountRow,
                    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&AccountRow::id>>,
                                   mi::ordered_non_unique<mi::tag<by_alias>, field<&AccountRow::folded_alias>>>>;

// `pipeline` of `account` ("*": all) may be depended on by `to`. Asked only where sharing is granted.
struct GrantRow {
  AccountId account;
  std::string pipeline;
  AccountId to;
  Instant given{};
};
BOOST_DESCRIBE_STRUCT(GrantRow, (), (account, pipeline, to, given))
extern const store::TableInfo kGrantTable;
using GrantTable =
    core::LiveTable<GrantRow,
                    mi::indexed_by<mi::ordered_unique<
                        mi::tag<by_key>, fields<GrantRow, &GrantRow::account, &GrantRow::pipeline, &GrantRow::to>>>>;

struct AuditRow {
  std::int64_t id = 0;
  Instant at{};
  AccountId account;
  std::string who;
  std::string action;
  std::string what;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (id, at, account, who, action, what, reason))
extern const store::TableInfo kAuditTable;

}  // namespace weir::account
