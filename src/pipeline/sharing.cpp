// Rule 10: who may depend on a pipeline, and who sees its results.
#include <set>

#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {

bool PipelineService::may_depend(core::Transaction& tx, const PipelineRow& upstream, const AccountId& downstream) {
  if (upstream.account == downstream) return true;
  bool granted = false;
  const auto ask = [&](const std::string& name) {
    tx.call(api::CheckGrant{upstream.account, name, downstream},
            [&](core::Transaction&, api::Reply<api::CheckGrantReply> reply) { granted |= reply && reply->granted; });
  };
  ask(upstream.name);
  // A grant follows the pipeline over a rename, unless another has the name now.
  for (const auto& name : upstream.formerly)
    if (!tables_.find_pipeline(upstream.account, name)) ask(name);
  if (granted) return true;
  const auto spec = spec_of(tx, upstream.id, upstream.version);
  if (spec && spec->share && !spec->share->with.empty()) {
    for (const auto& name : spec->share->with)
      if (auto account = account_of(tx, name); account && account->id == downstream) return true;
    return false;
  }
  return options_.sharing == Sharing::open;
}

// Names, status and times are everybody's who may depend; results only when the pipeline shares them.
bool PipelineService::shares_result(core::Transaction& tx, const PipelineRow& upstream, const AccountId& downstream) {
  if (upstream.account == downstream) return true;
  if (upstream.launch.version == upstream.version && !upstream.launch.shares_result) return false;
  const auto spec = spec_of(tx, upstream.id, upstream.version);
  return spec && spec->share && !spec->share->result.empty() && may_depend(tx, upstream, downstream);
}

void PipelineService::sharing_changed(core::Transaction& tx, const PipelineRow& upstream) {
  // Downstream -> how its clauses stand: a version that was deployed while the upstream was gone may stand otherwise
  // than those before it.
  std::map<std::int64_t, std::set<bool>> blocked;
  const auto& index = tables_.clauses.index<by_upstream>();
  for (auto it = index.lower_bound(std::make_tuple(upstream.id)); it != index.end() && (*it)->upstream == upstream.id;
       ++it)
    blocked[(*it)->pipeline].insert((*it)->blocked);
  for (const auto& [downstream, stand] : blocked) {
    const auto* row = tables_.find_pipeline(downstream);
    if (!row) continue;
    const bool given = may_depend(tx, upstream, row->account);
    if (stand.contains(given)) engine_.grant_changed(tx, upstream.id, downstream, given);
  }
}

}  // namespace weir::pipeline
