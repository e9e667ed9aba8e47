// The operations of pools (pool_rows.hpp): made, changed and deleted by the account that owns them.
#include <fmt/format.h>

#include <algorithm>

#include "base/folded.hpp"
#include "base/limits.hpp"
#include "json/nearest.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/spec_reader.hpp"

namespace weir::pipeline {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string slots_text(int slots) { return fmt::format("{} slot{}", slots, slots == 1 ? "" : "s"); }

}  // namespace

void PipelineService::install_pools(core::Registry& registry) {
  using core::Transaction;
  registry.on<api::SetPool>([this](Transaction& tx, const api::SetPool& r) { return set_pool(tx, r); });
  registry.on<api::DeletePool>([this](Transaction& tx, const api::DeletePool& r) { return delete_pool(tx, r); });
  registry.on<api::DescribePool>([this](Transaction& tx, const api::DescribePool& r) -> api::Reply<api::PoolInfo> {
    auto row = find_pool(tx, r.pool, r.account);
    if (!row) return std::unexpected(row.error());
    return pool_info(**row, true);
  });
  registry.on<api::ListPools>([this](Transaction& tx, const api::ListPools& r) -> api::Reply<api::ListPoolsReply> {
    auto owner = account_of(tx, r.account.value_or(""));
    if (!owner) return std::unexpected(owner.error());
    api::ListPoolsReply reply;
    for (const auto& row : tables_.pools.index<by_pool_name>())
      if (r.all || row->account == owner->id) reply.pools.push_back(pool_info(*row, false));
    return reply;
  });
}

api::Reply<std::shared_ptr<const PoolRow>> PipelineService::find_pool(core::Transaction& tx, const std::string& name,
                                                                      const std::optional<std::string>& account) {
  auto owner = account_of(tx, account.value_or(""));
  if (!owner) return std::unexpected(owner.error());
  if (const auto* row = tables_.find_pool(owner->id, folded(name))) return tables_.pools.share(row->id);
  return api::refuse(api::ErrorCode::NotFound, "account " + owner->id.value + " has no pool '" + name + "'; " +
                                                   missing_pool_fix(owner->id, folded(name)));
}

std::string PipelineService::missing_pool_fix(const AccountId& account, const std::string& name) const {
  std::vector<std::string_view> names;
  for (const auto& row : tables_.pools.rows())
    if (row->account == account) names.push_back(row->name);
  const auto near = json::nearest(name, names);
  if (!near.empty()) return "did you mean '" + std::string(near) + "'?";
  return "make it with: weir pool set " + name + " --slots N --account " + account.value;
}

api::Reply<api::PoolInfo> PipelineService::set_pool(core::Transaction& tx, const api::SetPool& request) {
  auto owner = account_of(tx, request.account.value_or(""));
  if (!owner) return std::unexpected(owner.error());
  if (!is_name(request.pool))
    return api::refuse(std::vector<Problem>{
        {"'" + request.pool + "' is no name of a pool", "pool", "letters, digits, '-', '_' and '.', at most 60"}});
  if (request.slots < 0 || request.slots > limits::kPoolSlots)
    return api::refuse(std::vector<Problem>{
        {fmt::format("{} is no number of slots", request.slots), "slots",
         fmt::format("0 (nothing starts) to {}; a pipeline without a pool has no such limit", limits::kPoolSlots)}});
  const auto name = folded(request.pool);
  const auto* known = tables_.find_pool(owner->id, name);
  if (known == nullptr) {
    const auto own =
        std::ranges::count_if(tables_.pools.rows(), [&](const auto& p) { return p->account == owner->id; });
    if (own >= limits::kPoolsPerAccount)
      return api::refuse(
          api::ErrorCode::LimitExceeded,
          fmt::format("account {} has {} pools, and may have {}; delete one that no pipeline names: weir "
                      "pool list",
                      owner->id.value, own, limits::kPoolsPerAccount));
  }
  PoolRow row = known != nullptr ? *known : PoolRow{};
  const auto before = known != nullptr ? " (" + std::to_string(known->slots) + " before)" : std::string();
  if (known == nullptr) row.id = tx.new_id();
  row.account = owner->id;
  row.name = name;
  row.slots = request.slots;
  row.reason = request.reason;
  row.who = tx.principal().who;
  row.changed = tx.now();
  tx.put(tables_.pools, row);
  tx.emit(
      api::Audited{"SetPool", owner->id.value + "/" + name + " has " + slots_text(row.slots) + before, request.reason});
  engine_.pool_changed(tx, row.id);
  return pool_info(row, true);
}

api::Reply<api::EmptyReply> PipelineService::delete_pool(core::Transaction& tx, const api::DeletePool& request) {
  auto row = find_pool(tx, request.pool, request.account);
  if (!row) return std::unexpected(row.error());
  if (const auto users = pipelines_of_pool((*row)->id); !users.empty())
    return api::refuse(api::ErrorCode::Conflict, "pool " + (*row)->name + " is named by " + listed(users) +
                                                     "; deploy these without it first, or let everything start with "
                                                     "more --slots");
  tx.erase(tables_.pools, **row);
  tx.emit(api::Audited{"DeletePool", (*row)->account.value + "/" + (*row)->name, request.reason});
  return api::EmptyReply{};
}

void PipelineService::forget_pools(core::Transaction& tx, const AccountId& account) {
  std::vector<std::shared_ptr<const PoolRow>> own;
  for (const auto& row : tables_.pools.rows())
    if (row->account == account) own.push_back(row);
  for (const auto& row : own) tx.erase(tables_.pools, *row);
}

std::vector<std::string> PipelineService::pipelines_of_pool(std::int64_t pool) const {
  std::vector<std::string> out;
  for (const auto& row : tables_.pipelines.rows())
    if (!row->deleted && row->pool == pool) out.push_back(row->name);
  std::ranges::sort(out);
  return out;
}

api::PoolInfo PipelineService::pool_info(const PoolRow& row, bool whole) const {
  api::PoolInfo out;
  out.pool = row.name;
  out.account = row.account;
  out.slots = row.slots;
  out.who = row.who;
  out.reason = row.reason;
  out.changed = row.changed;
  out.pipelines = pipelines_of_pool(row.id);
  const auto& line = tables_.active.index<by_pool>();
  const auto list = [&](RunState status, int& count, std::vector<api::PoolRun>& to) {
    const auto [first, last] = line.equal_range(std::make_tuple(row.id, status));
    count = static_cast<int>(std::distance(first, last));
    for (auto at = first; whole && at != last && to.size() < limits::kPoolRunsShown; ++at) {
      const auto* pipeline = tables_.pipelines.find((*at)->pipeline);
      if (pipeline == nullptr) continue;
      to.push_back({(*at)->run, pipeline->name, engine_.label_of(*pipeline, (*at)->window),
                    std::string(name_of((*at)->cause)), pipeline->priority, (*at)->since,
                    status == RunState::QUEUED ? engine_.waits_for((*at)->run) : std::string()});
    }
  };
  list(RunState::RUNNING, out.in_use, out.runs);
  list(RunState::QUEUED, out.waiting, out.line);
  std::ranges::sort(out.runs, {}, [](const api::PoolRun& run) { return std::tie(run.since, run.run); });
  return out;
}

}  // namespace weir::pipeline
