#include "account/account_service.hpp"

#include <algorithm>

#include "base/folded.hpp"
#include "json/nearest.hpp"

namespace weir::account {
namespace {

bool is_account_id(const std::string& text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Aliases are words that pipeline.yaml can hold without quotes.
bool is_alias(const std::string& text) {
  return !text.empty() && text.size() <= 80 && !is_account_id(text) && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
}

api::AccountInfo info_of(const AccountRow& row) { return {row.id, row.alias, row.owner, row.timezone, row.created}; }

}  // namespace

void AccountService::install(core::Registry& registry) {
  registry.table(accounts_);
  registry.table(grants_);
  registry.table(audit_);
  registry.on<api::PutAccount>([this](core::Transaction& tx, const api::PutAccount& r) { return put(tx, r); });
  registry.on<api::DeleteAccount>([this](core::Transaction& tx, const api::DeleteAccount& r) { return remove(tx, r); });
  registry.on<api::PutGrant>([this](core::Transaction& tx, const api::PutGrant& r) { return grant(tx, r); });
  registry.on<api::ResolveAccount>(
      [this](core::Transaction&, const api::ResolveAccount& r) { return resolve(r.name); });
  registry.on<api::CheckGrant>(
      [this](core::Transaction&, const api::CheckGrant& r) -> api::Reply<api::CheckGrantReply> {
        return api::CheckGrantReply{granted(r.account, r.pipeline, r.to)};
      });
  registry.observe<api::Audited>([this](core::Transaction& tx, const api::Audited& a) {
    tx.append(audit_, AuditRow{tx.new_id(), tx.now(), tx.account(), tx.principal().who, a.action, a.what, a.reason});
  });
}

api::Reply<api::AccountInfo> AccountService::resolve(const std::string& name) const {
  if (is_account_id(name)) {
    const auto* row = accounts_.find(AccountId{name});
    return row ? info_of(*row) : api::AccountInfo{AccountId{name}, "", "", "", {}};
  }
  const auto& index = accounts_.index<by_alias>();
  const auto found = index.find(folded(name));
  if (!name.empty() && found != index.end()) return info_of(**found);
  std::vector<std::string> aliases;
  for (const auto& row : accounts_.rows())
    if (!row->alias.empty()) aliases.push_back(row->alias);
  std::vector<std::string_view> views(aliases.begin(), aliases.end());
  const auto nearest = json::nearest(name, views);
  return api::refuse(api::ErrorCode::NotFound,
                     "account '" + name + "' is not known: it is neither 12 digits nor an alias" +
                         (nearest.empty() ? "; `weir setup-user-account ID --alias " + name + "` makes it one"
                                          : "; did you mean '" + std::string(nearest) + "'?"));
}

bool AccountService::granted(const AccountId& account, const std::string& pipeline, const AccountId& to) const {
  return account == to || grants_.find(std::make_tuple(account, pipeline, to)) ||
         grants_.find(std::make_tuple(account, std::string("*"), to));
}

api::Reply<api::AccountInfo> AccountService::put(core::Transaction& tx, const api::PutAccount& request) {
  if (!is_account_id(request.id.value))
    return api::refuse(api::ErrorCode::InvalidInput, "account '" + request.id.value + "' must be 12 digits");
  const auto* before = accounts_.find(request.id);
  AccountRow row = before ? *before : AccountRow{request.id, "", "", "", "", tx.now()};
  if (request.alias) {
    if (!request.alias->empty() && !is_alias(*request.alias))
      return api::refuse(
          api::ErrorCode::InvalidInput,
          "alias '" + *request.alias + "' must be 1 to 80 letters, digits, '-', '_' or '.', and not 12 digits");
    const auto& index = accounts_.index<by_alias>();
    const auto other = index.find(folded(*request.alias));
    if (!request.alias->empty() && other != index.end() && (*other)->id != request.id)
      return api::refuse(api::ErrorCode::AlreadyExists, "alias '" + *request.alias + "' belongs to account " +
                                                            (*other)->id.value + "; choose another");
    row.alias = *request.alias;
    row.folded_alias = folded(*request.alias);
  }
  if (request.owner) row.owner = *request.owner;
  if (request.timezone) row.timezone = *request.timezone;
  tx.put(accounts_, row);
  tx.emit(
      api::Audited{"PutAccount", "account " + row.id.value + (row.alias.empty() ? "" : " (" + row.alias + ")"), ""});
  return info_of(row);
}

api::Reply<api::DeleteAccountReply> AccountService::remove(core::Transaction& tx, const api::DeleteAccount& request) {
  const auto row = accounts_.share(request.id);
  if (!row)
    return api::refuse(api::ErrorCode::NotFound,
                       "there is no account " + request.id.value + "; `weir accounts` lists them");
  // Without credentials (development mode) an account is anybody's; with them only its own.
  if (tx.account() != request.id && tx.account() != AccountId{"000000000000"})
    return api::refuse(api::ErrorCode::AccessDenied, "account " + request.id.value +
                                                         " is deleted by itself; you are account " +
                                                         tx.account().value + "; use --account " + request.id.value);
  api::DeleteAccountReply out;
  std::optional<api::ApiError> refused;
  tx.call(api::ReleaseAccount{request.id, request.force, request.reason},
          [&](core::Transaction&, api::Reply<api::ReleaseAccountReply> reply) {
            if (reply)
              out.pipelines = std::move(reply->pipelines);
            else
              refused = reply.error();
          });
  if (refused) return std::unexpected(std::move(*refused));
  std::vector<std::shared_ptr<const GrantRow>> grants;
  for (const auto& grant : grants_.rows())
    if (grant->account == request.id || grant->to == request.id) grants.push_back(grant);
  for (const auto& grant : grants) tx.erase(grants_, *grant);
  tx.erase(accounts_, *row);
  tx.emit(api::Audited{"DeleteAccount",
                       "account " + request.id.value + (row->alias.empty() ? "" : " (" + row->alias + ")"),
                       request.reason});
  return out;
}

api::Reply<api::GrantInfo> AccountService::grant(core::Transaction& tx, const api::PutGrant& request) {
  auto to = resolve(request.to);
  if (!to) return std::unexpected(to.error());
  const GrantRow row{tx.account(), folded(request.pipeline), to->id, tx.now()};
  api::GrantInfo info{row.account, row.pipeline, row.to};
  const bool had = grants_.find(std::make_tuple(row.account, row.pipeline, row.to)) != nullptr;
  if (request.withdraw == had) {
    if (request.withdraw)
      tx.erase(grants_, row);
    else
      tx.put(grants_, row);
    tx.emit(api::Audited{request.withdraw ? "WithdrawGrant" : "PutGrant", row.pipeline + " to " + row.to.value,
                         request.reason});
    tx.emit(api::GrantChanged{info, !request.withdraw});
  }
  return info;
}

}  // namespace weir::account
