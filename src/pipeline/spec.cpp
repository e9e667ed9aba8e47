#include "pipeline/spec.hpp"

#include <algorithm>

namespace weir::pipeline {

bool lists(const ClauseSpec& clause, RunStatus status) {
  return std::find(clause.status.begin(), clause.status.end(), status) != clause.status.end();
}

Each each_of(const ClauseSpec& clause) {
  if (clause.each) return *clause.each;
  return lists(clause, RunStatus::SUCCEEDED) ? Each::all : Each::any;
}

bool is_on_itself(const PipelineSpec& owner, const ClauseSpec& clause) {
  return clause.name == owner.name && (clause.account.empty() || clause.account == owner.account);
}

bool is_followed(const PipelineSpec& owner, const ClauseSpec& clause) {
  if (clause.follow) return *clause.follow;
  return lists(clause, RunStatus::SUCCEEDED) && clause.match != Match::newest && !is_on_itself(owner, clause);
}

Catchup catchup_of(const TriggerSpec& trigger, Grain grain) {
  if (trigger.catchup) return *trigger.catchup;
  return grain == Grain::day || coarser(grain, Grain::day) ? Catchup::all : Catchup::last;
}

Schedule schedule_of(const ScheduleSpec& spec) {
  if (!spec.cron.empty()) return *parse_cron(spec.cron);
  if (spec.rate) return Schedule::rate(*spec.rate);
  const int minute = spec.minute.value_or(0);
  if (!spec.hour) return Schedule::hourly(minute);
  return spec.weekdays.empty() ? Schedule::daily(*spec.hour, minute)
                               : Schedule::weekly(spec.weekdays, *spec.hour, minute);
}

}  // namespace weir::pipeline
