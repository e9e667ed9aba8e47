#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::workflow {
namespace {

using Op = store::Condition::Op;

std::optional<api::ApiError> wrong_limit(int limit) {
  if (limit >= 1 && limit <= limits::kQueryPageRows) return std::nullopt;
  return api::ApiError{
      api::ErrorCode::InvalidInput, fmt::format("limit: {} is not within 1 to {}", limit, limits::kQueryPageRows), {}};
}

void read_chunk(const HistoryRow& row, bool reverse, std::vector<api::HistoryEvent>& out) {
  const auto events = json::parse(row.events.text);
  if (!events || !events->array()) return;
  const auto first = out.size();
  for (const auto& event : *events->array()) {
    api::HistoryEvent one;
    one.id = event.find("id")->number()->as_int().value_or(0);
    one.previous = event.find("previous")->number()->as_int().value_or(0);
    one.at = row.at;
    one.type = *event.find("type")->string();
    one.details.text = json::print(*event.find("details"));
    out.push_back(std::move(one));
  }
  if (reverse) std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
}

}  // namespace

api::Reply<api::HistoryReply> get_execution_history(store::Store& store, const api::Principal& principal,
                                                    const api::GetExecutionHistory& request) {
  if (auto wrong = wrong_limit(request.limit)) return std::unexpected(std::move(*wrong));
  store::Query query;
  query.table = &kHistoryTable;
  query.where.push_back({"execution", Op::equal, request.id});
  query.where.push_back({"account", Op::equal, principal.account.str()});
  query.descending = request.reverse;
  query.limit = std::min(request.limit, 50);
  if (request.after) query.after = store::Key{*request.after};
  api::HistoryReply reply;
  bool any = false;
  for (;;) {
    auto page = store.query(query);
    if (!page) return api::refuse(api::ErrorCode::Unavailable, "reading the store failed: " + page.error().text());
    for (std::size_t i = 0; i < page->rows.size(); ++i) {
      const auto& row = *static_cast<const HistoryRow*>(page->rows[i].get());
      any = true;
      read_chunk(row, request.reverse, reply.events);
      if (static_cast<int>(reply.events.size()) < request.limit) continue;
      if (i + 1 < page->rows.size() || page->next) reply.next = row.id;
      return reply;
    }
    if (!page->next) break;
    query.after = page->next;
  }
  if (!any && !request.after)
    return api::refuse(api::ErrorCode::NotFound, fmt::format("no execution {} in this account", request.id));
  return reply;
}

api::Reply<api::ListExecutionsReply> list_executions(store::Store& store, const api::Principal& principal,
                                                     const api::ListExecutions& request) {
  if (auto wrong = wrong_limit(request.limit)) return std::unexpected(std::move(*wrong));
  store::Query query;
  query.table = &kRecordTable;
  query.where.push_back({"account", Op::equal, principal.account.str()});
  if (request.machine) query.where.push_back({"machine", Op::equal, *request.machine});
  if (request.status) query.where.push_back({"status", Op::equal, std::string(name_of(*request.status))});
  query.descending = true;
  query.limit = request.limit;
  if (request.after) query.after = store::Key{*request.after};
  auto page = store.query(query);
  if (!page) return api::refuse(api::ErrorCode::Unavailable, "reading the store failed: " + page.error().text());
  api::ListExecutionsReply reply;
  for (const auto& any : page->rows) {
    const auto& row = *static_cast<const RecordRow*>(any.get());
    reply.executions.push_back({row.id,
                                row.name,
                                row.machine,
                                row.revision,
                                row.status,
                                row.started_at,
                                row.ended_at,
                                {},
                                {},
                                row.error,
                                row.cause});
  }
  if (page->next) reply.next = std::get<std::int64_t>(page->next->front());
  return reply;
}

}  // namespace weir::workflow
