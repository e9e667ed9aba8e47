// Lists: read beside the cell from committed rows, a page at a time.
#include "base/folded.hpp"
#include "base/limits.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/run_info.hpp"

namespace weir::pipeline {
namespace {

using store::Condition;

}  // namespace

api::Reply<api::ListRunsReply> list_runs(store::Store& store, const api::Principal& principal,
                                         const api::ListRuns& request, const AccountLookup& lookup) {
  AccountId account = principal.account;
  if (request.account) {
    auto found = lookup(store, *request.account);
    if (!found) return std::unexpected(found.error());
    account = *found;
  }
  store::Query query{&kRunTable, {}, true, {}, std::clamp(request.limit, 1, limits::kQueryPageRows)};
  const auto equal = [&](std::string_view name, store::Column value) {
    query.where.push_back({name, Condition::Op::equal, std::move(value)});
  };
  if (request.pipeline) {
    store::Query by_name{&kPipelineTable, {}, true, {}, 1};
    by_name.where.push_back({"account", Condition::Op::equal, account.value});
    by_name.where.push_back({"name", Condition::Op::equal, folded(*request.pipeline)});
    auto found = store.query(by_name);
    if (!found) return api::refuse(api::ErrorCode::Unavailable, found.error().text());
    std::optional<std::int64_t> id;
    if (!found->rows.empty()) id = static_cast<const PipelineRow*>(found->rows.front().get())->id;
    if (!id) {
      // A name that it had before finds it too.
      auto all = store.query(
          {&kPipelineTable, {{"account", Condition::Op::equal, account.value}}, true, {}, limits::kQueryPageRows});
      if (!all) return api::refuse(api::ErrorCode::Unavailable, all.error().text());
      for (const auto& stored : all->rows) {
        const auto& row = *static_cast<const PipelineRow*>(stored.get());
        if (!row.deleted && std::ranges::find(row.formerly, folded(*request.pipeline)) != row.formerly.end())
          id = row.id;
      }
    }
    if (!id)
      return api::refuse(api::ErrorCode::NotFound, "account " + account.value + " has no pipeline '" +
                                                       *request.pipeline +
                                                       "'; `weir pipelines --all` lists what there is");
    equal("pipeline", *id);
  } else if (!request.all || request.account) {
    equal("account", account.value);
  }
  if (request.window) equal("label", *request.window);
  if (request.status) {
    const auto status = enum_from<RunState>(*request.status == "SUCCESS" ? "SUCCEEDED" : *request.status);
    if (!status)
      return api::refuse(api::ErrorCode::InvalidInput,
                         "status '" + *request.status +
                             "' is none of QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, WITHDRAWN");
    equal("status", std::string(name_of(*status)));
  }
  if (request.before) query.after = store::Key{*request.before};
  auto page = store.query(query);
  if (!page) return api::refuse(api::ErrorCode::Unavailable, page.error().text());
  api::ListRunsReply reply;
  for (const auto& row : page->rows) reply.runs.push_back(info_of(*static_cast<const RunRow*>(row.get())));
  if (page->next) reply.next = std::get<std::int64_t>(page->next->front());
  return reply;
}

}  // namespace weir::pipeline
