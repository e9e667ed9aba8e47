#include "pipeline/next_times.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "calendar/jitter.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

std::string local_text(Instant t, const Zone& zone) {
  const auto local = zone.to_local(t);
  const auto offset = std::chrono::duration_cast<std::chrono::minutes>(local.time_since_epoch() - t.time_since_epoch());
  const auto text = to_text(Instant{local.time_since_epoch()});
  const bool whole = text.substr(17, 6) == "00.000";
  return fmt::format("{} {} {}{:02}:{:02}", text.substr(0, 10), text.substr(11, whole ? 5 : 8),
                     offset.count() < 0 ? '-' : '+', std::abs(offset.count()) / 60, std::abs(offset.count()) % 60);
}

std::vector<api::NextTime> next_times(const ScheduleSpec& spec, const TimesOf& of, Instant from, int count) {
  const Schedule schedule = schedule_of(spec);
  std::vector<api::NextTime> out;
  for (auto at = schedule.next_after(from, of.zone); at && static_cast<int>(out.size()) < count;
       at = schedule.next_after(*at, of.zone)) {
    api::NextTime time;
    time.at = *at;
    time.local = local_text(*at, of.zone);
    time.key = "a new run";
    if (is_calendar(of.grain)) {
      const Window window = window_at(of.grain, *at, of.zone);
      time.key = label(spec.covers == Covers::previous ? shifted(window, -1) : window);
    }
    if (spec.jitter != Millis{0} && !of.who.empty()) time.starts = *at + jitter_of(of.who, *at, spec.jitter);
    out.push_back(std::move(time));
  }
  return out;
}

api::Reply<api::NextTimesReply> PipelineService::next_times(core::Transaction& tx, const api::NextTimes& request) {
  if (request.count < 1 || request.count > limits::kNextTimes)
    return api::refuse(api::ErrorCode::InvalidInput,
                       fmt::format("count: {} is out of range; ask for 1 to {}", request.count, limits::kNextTimes));
  const auto row = find(tx, request.pipeline, request.account);
  if (!row) return std::unexpected(row.error());
  const auto& pipeline = **row;
  api::NextTimesReply reply;
  reply.pipeline = pipeline.name;
  reply.account = pipeline.account;
  reply.grain = name_of(pipeline.grain);
  reply.timezone = pipeline.timezone;
  reply.sentence = pipeline.sentence;
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (trigger == nullptr || !trigger->spec.schedule) return reply;
  const auto& schedule = *trigger->spec.schedule;
  reply.schedule = schedule_of(schedule).text();
  reply.times = pipeline::next_times(schedule, {pipeline.grain, zone_of(pipeline), full_name(pipeline)},
                                     request.from.value_or(tx.now()), request.count);
  return reply;
}

}  // namespace weir::pipeline
