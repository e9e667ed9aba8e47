// Notifications: what of a run's changes is told to whom. The channel LOG delivers; targets of the others are stored
// with the version.
#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {
namespace {

bool wanted(NotificationType type, const std::string& status) {
  const bool failed = status == "FAILED" || status == "TIMED_OUT" || status == "ABORTED";
  switch (type) {
    case NotificationType::FULL_EXECUTION:
      return failed || status == "SUCCEEDED" || status == "RUNNING";
    case NotificationType::ON_COMPLETION:
      return failed || status == "SUCCEEDED";
    case NotificationType::ON_FAILURE:
      return failed;
  }
  return false;
}

}  // namespace

void PipelineService::notify(core::Transaction& tx, const api::RunStatusChanged& changed) {
  const auto* row = tables_.find_pipeline(changed.account, changed.pipeline);
  if (!row) row = tables_.find_formerly(changed.account, changed.pipeline);  // renamed while it ran
  if (!row || (row->launch.version == row->version && !row->launch.notifies)) return;
  const auto spec = spec_of(tx, row->id, row->version);
  if (!spec) return;
  for (const auto& notification : spec->notifications) {
    if (!wanted(notification.type, changed.status)) continue;
    for (const auto& target : notification.targets)
      if (target.channel == Channel::LOG)
        tx.effect(changed.account, "run/" + std::to_string(changed.run) + "/" + changed.status,
                  api::NotifyLog{changed.pipeline, changed.account, changed.window,
                                 spec->display_name + " " + changed.window + ": " + changed.status + " (run " +
                                     std::to_string(changed.run) + ")"});
  }
}

// What is late and what has recovered is told by every notification of the pipeline, whatever its type.
void PipelineService::notify_alert(core::Transaction& tx, const AccountId& account, const std::string& pipeline,
                                   const std::string& window, const std::string& word, const std::string& text) {
  const auto* row = tables_.find_pipeline(account, pipeline);
  if (!row || (row->launch.version == row->version && !row->launch.notifies)) return;
  const auto spec = spec_of(tx, row->id, row->version);
  if (!spec) return;
  for (const auto& notification : spec->notifications)
    for (const auto& target : notification.targets)
      if (target.channel == Channel::LOG)
        tx.effect(
            account, "alert/" + std::to_string(row->id) + "/" + window + "/" + word,
            api::NotifyLog{pipeline, account, window, spec->display_name + " " + window + ": " + word + ": " + text});
}

void PipelineService::install_alerts(core::Registry& registry) {
  registry.observe<api::AlertRaised>([this](core::Transaction& tx, const api::AlertRaised& a) {
    notify_alert(tx, a.account, a.pipeline, a.window, std::string(name_of(a.kind)), a.text);
  });
  registry.observe<api::AlertClosed>([this](core::Transaction& tx, const api::AlertClosed& a) {
    notify_alert(tx, a.account, a.pipeline, a.window, std::string(name_of(a.kind)) + " " + a.how, a.text);
  });
}

}  // namespace weir::pipeline
