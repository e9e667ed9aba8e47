// The operations of people's decisions: the pipeline is found by its name, the engine does the rest.
#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {

void PipelineService::install_decisions(core::Registry& registry) {
  using core::Transaction;
  registry.on<api::SkipWindow>([this](Transaction& tx, const api::SkipWindow& r) -> api::Reply<api::DecisionReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    return engine_.skip(tx, **row, r);
  });
  registry.on<api::AcceptWindow>([this](Transaction& tx, const api::AcceptWindow& r) -> api::Reply<api::DecisionReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    return engine_.accept(tx, **row, r);
  });
  registry.on<api::ApproveWindow>(
      [this](Transaction& tx, const api::ApproveWindow& r) -> api::Reply<api::DecisionReply> {
        auto row = find(tx, r.pipeline, r.account);
        if (!row) return std::unexpected(row.error());
        return engine_.approve(tx, **row, r);
      });
  // Both kinds of a pause: of a pipeline, of an account.
  const auto whole = [this](Transaction& tx, const std::optional<std::string>& name,
                            const std::optional<std::string>& account, auto&& act) -> api::Reply<api::PauseReply> {
    if (name) {
      auto row = find(tx, *name, account);
      if (!row) return std::unexpected(row.error());
      return act((*row)->account, row->get());
    }
    auto owner = account_of(tx, account.value_or(""));
    if (!owner) return std::unexpected(owner.error());
    return act(owner->id, nullptr);
  };
  registry.on<api::Pause>([this, whole](Transaction& tx, const api::Pause& r) {
    return whole(tx, r.pipeline, r.account, [&](const AccountId& account, const PipelineRow* row) {
      return engine_.pause(tx, account, row, r.reason);
    });
  });
  registry.on<api::Resume>([this, whole](Transaction& tx, const api::Resume& r) {
    return whole(tx, r.pipeline, r.account, [&](const AccountId& account, const PipelineRow* row) {
      return engine_.resume(tx, account, row, r.reason);
    });
  });
}

}  // namespace weir::pipeline
