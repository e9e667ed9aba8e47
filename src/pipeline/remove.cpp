// Deleting pipelines and accounts (rule 12): refused with the list of dependants, or forced, which blocks their clauses
// and tells their owners.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "pipeline/remove.hpp"

#include <set>

#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

// The rows of the deletion, and the news to the dependants' owners; in their own accounts, so owed to them.
void PipelineService::remove_row(core::Transaction& tx, const PipelineRow& row, const std::string& reason) {
  std::set<std::int64_t> dependants;
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(row.id));
  for (auto at = first; at != last; ++at) {
    const auto* down = tables_.find_pipeline((*at)->pipeline);
    if (down && down->id != row.id && down->version == (*at)->version) dependants.insert(down->id);
  }
  auto gone = row;
  gone.deleted = true;
  tx.put(tables_.pipelines, gone);
  forget_report_sources(tx, row.id);
  forget_documents(tx, row.id);
  engine_.removed(tx, row.id);
  for (const auto id : dependants)
    if (const auto* down = tables_.find_pipeline(id))
      tx.deliver(down->account, UpstreamDeleted{id, full_name(row), tx.principal().who, reason});
  tx.emit(api::Audited{"DeletePipeline", full_name(row), reason});
}

Result<void> PipelineService::tell_of_deletion(core::Transaction& tx, const UpstreamDeleted& news) {
  const auto row = tables_.pipelines.share(news.downstream);
  if (!row || row->deleted) return {};
  const auto text =
      fmt::format("{}: {} was deleted by {}; the clause on it is blocked until there is a new one of its name",
                  row->name, news.upstream, news.who);
  tx.emit(api::Audited{"UpstreamDeleted", fmt::format("{} waits for {}", full_name(*row), news.upstream), news.reason});
  tx.effect(row->account, fmt::format("deleted/{}/{}", news.upstream, row->id),
            api::NotifyLog{row->name, row->account, "", text});
  return {};
}

api::Reply<api::EmptyReply> PipelineService::remove(core::Transaction& tx, const api::DeletePipeline& request) {
  auto found = find(tx, request.pipeline, request.account);
  if (!found) return std::unexpected(found.error());
  const auto& row = **found;
  auto dependants = engine_.dependants(row.id);
  std::erase(dependants, full_name(row));  // its own clause on itself goes with it
  if (!dependants.empty() && !request.force)
    return api::refuse(api::ErrorCode::Conflict,
                       full_name(row) + " is needed by " + listed(dependants) +
                           "; delete or change these first, or use --force: their clauses are then blocked, and their "
                           "owners told");
  remove_row(tx, row, request.reason);
  return api::EmptyReply{};
}

api::Reply<api::ReleaseAccountReply> PipelineService::release_account(core::Transaction& tx,
                                                                      const api::ReleaseAccount& request) {
  std::vector<std::shared_ptr<const PipelineRow>> own;
  for (const auto& row : tables_.pipelines.rows())
    if (!row->deleted && row->account == request.account) own.push_back(row);
  if (own.size() > limits::kAccountDeletePipelines)
    return api::refuse(api::ErrorCode::LimitExceeded,
                       fmt::format("account {} has {} pipelines, and {} are deleted with an account; delete some first",
                                   request.account.value, own.size(), limits::kAccountDeletePipelines));
  std::vector<std::string> needed;
  for (const auto& row : own)
    for (const auto& dependant : engine_.dependants(row->id))
      if (!dependant.starts_with(request.account.value + "/")) needed.push_back(full_name(*row) + " by " + dependant);
  if (!needed.empty() && !request.force)
    return api::refuse(api::ErrorCode::Conflict,
                       "other accounts need pipelines of account " + request.account.value + ": " + listed(needed) +
                           "; delete or change these first, or use --force: their clauses are then blocked, and their "
                           "owners told");
  api::ReleaseAccountReply reply;
  for (const auto& row : own) {
    reply.pipelines.push_back(row->name);
    remove_row(tx, *row, request.reason);
  }
  forget_pools(tx, request.account);
  return reply;
}

}  // namespace weir::pipeline
