// Pauses (rule 15): the schedule and the condition of a pipeline, or of all pipelines of an account, start nothing.
// A schedule that comes due meanwhile is parked; when it is resumed it goes on as after an outage (rule 13).
#include <fmt/format.h>

#include "api/account.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {
namespace {

constexpr int kResumedPerCommand = 16;

std::string words(const AccountId& account, const std::string& pipeline) {
  return pipeline.empty() ? fmt::format("account {}", account.value) : fmt::format("{}/{}", account.value, pipeline);
}

}  // namespace

api::Reply<api::PauseReply> TriggerEngine::pause(core::Transaction& tx, const AccountId& account,
                                                 const PipelineRow* pipeline, const std::string& reason) {
  const auto name = pipeline != nullptr ? pipeline->name : std::string();
  const std::int64_t id = pipeline != nullptr ? pipeline->id : 0;
  if (reason.empty())
    return api::refuse(api::ErrorCode::InvalidInput,
                       "a pause needs a reason: others ask why nothing runs; add --reason");
  if (const auto* known = tables_.pauses.find(std::make_tuple(account, id)))
    return api::refuse(api::ErrorCode::Conflict,
                       fmt::format("{} is paused already, since {} by {}: {}", words(account, name),
                                   to_text(known->since), known->who, known->reason));
  PauseRow row{account, id, tx.now(), tx.principal().who, reason};
  api::PauseReply reply{account, name, true, row.since, row.who, reason};
  tx.put(tables_.pauses, std::move(row));
  tx.emit(api::Audited{"Pause", words(account, name), reason});
  return reply;
}

api::Reply<api::PauseReply> TriggerEngine::resume(core::Transaction& tx, const AccountId& account,
                                                  const PipelineRow* pipeline, const std::string& reason) {
  const auto name = pipeline != nullptr ? pipeline->name : std::string();
  const std::int64_t id = pipeline != nullptr ? pipeline->id : 0;
  if (reason.empty())
    return api::refuse(api::ErrorCode::InvalidInput,
                       "a resumption needs a reason: it stands in the audit; add --reason");
  const auto known = tables_.pauses.share(std::make_tuple(account, id));
  if (!known) {
    const bool by_account = tables_.pauses.find(std::make_tuple(account, std::int64_t{0})) != nullptr;
    return api::refuse(
        api::ErrorCode::Conflict,
        by_account ? fmt::format("{} itself is not paused, its account is: weir resume --all", words(account, name))
                   : fmt::format("{} is not paused", words(account, name)));
  }
  tx.erase(tables_.pauses, *known);
  tx.emit(api::Audited{"Resume", words(account, name), reason});
  api::PauseReply reply{account, name, false, known->since, tx.principal().who, reason};
  if (pipeline == nullptr) {
    resume_some(tx, account, {});
    return reply;
  }
  reply.paused = tables_.find_pause(*pipeline) != nullptr;
  resume_one(tx, PipelineRow(*pipeline));
  return reply;
}

void TriggerEngine::resume_one(core::Transaction& tx, const PipelineRow& pipeline) {
  if (tables_.find_pause(pipeline) != nullptr) return;
  Scope work(*this, tx);
  // Missed times and released keys stand in one line, oldest first: so both are found before either starts.
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (const auto schedule = tables_.schedules.share(pipeline.id); schedule && schedule->parked && trigger != nullptr) {
    ScheduleRow goes_on = *schedule;
    goes_on.parked = false;
    fire_schedule(tx, pipeline, *trigger, goes_on);
  }
  work->look_at_all(pipeline, "the end of a pause");
  work.settle();
}

void TriggerEngine::resume_some(core::Transaction& tx, const AccountId& account, const std::string& after) {
  const auto& index = tables_.pipelines.index<by_name>();
  std::vector<std::shared_ptr<const PipelineRow>> some;
  for (auto at = index.upper_bound(std::make_tuple(account, after)); at != index.end() && (*at)->account == account;
       ++at) {
    if ((*at)->deleted) continue;
    some.push_back(*at);
    if (some.size() == kResumedPerCommand) break;
  }
  Scope work(*this, tx);  // of all: what one of them starts must not look like what makes another's key true
  for (const auto& pipeline : some) resume_one(tx, *pipeline);
  work.settle();
  if (some.size() == kResumedPerCommand) tx.deliver(account, ResumeRest{some.back()->name});
}

}  // namespace weir::pipeline
