#include "work/work_service.hpp"

namespace weir::work {

api::Reply<api::ListWorkReply> list_work(store::Store& store, const api::Principal& principal,
                                         const api::ListWork& request) {
  if (request.limit < 1 || request.limit > limits::kQueryPageRows)
    return api::refuse(api::ErrorCode::InvalidInput,
                       "limit: not within 1 to " + std::to_string(limits::kQueryPageRows));
  using Op = store::Condition::Op;
  store::Query query;
  query.table = &kWorkTable;
  query.limit = request.limit;
  query.where.push_back({"account", Op::equal, principal.account.str()});
  if (request.queue) query.where.push_back({"queue", Op::equal, *request.queue});
  if (request.status) query.where.push_back({"status", Op::equal, std::string(name_of(*request.status))});
  if (request.after) query.after = store::Key{*request.after};
  auto page = store.query(query);
  if (!page) return api::refuse(api::ErrorCode::Unavailable, "reading the store failed: " + page.error().text());
  api::ListWorkReply reply;
  for (const auto& any : page->rows) {
    const auto& row = *static_cast<const WorkRow*>(any.get());
    reply.items.push_back({row.id, row.queue, row.account, row.status, row.attempt, row.worker, row.queued_at,
                           row.lease_until, row.stopping, row.owner()});
  }
  if (page->next) reply.next = std::get<std::int64_t>(page->next->front());
  return reply;
}

}  // namespace weir::work
