#include "pipeline/spec.hpp"

#include <algorithm>

#include "calendar/aws_schedule.hpp"

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

bool takes_documents(const TriggerSpec& trigger) { return trigger.webhook || trigger.file; }

Catchup catchup_of(const TriggerSpec& trigger, Grain grain) {
  if (trigger.catchup) return *trigger.catchup;
  return grain == Grain::day || coarser(grain, Grain::day) ? Catchup::all : Catchup::last;
}

Schedule schedule_of(const ScheduleSpec& spec) {
  if (spec.rate) return Schedule::rate(*spec.rate);
  if (!spec.at.empty()) return Schedule::once(*parse_local_time(spec.at));
  const int minute = spec.minute.value_or(0);
  const Schedule times = is_aws_expression(spec.cron, "cron") ? *parse_aws_cron(spec.cron)
                         : !spec.cron.empty()                 ? *parse_cron(spec.cron)
                         : !spec.hour                         ? Schedule::hourly(minute)
                                                              : Schedule::weekly(spec.weekdays, *spec.hour, minute);
  const bool asked = !spec.calendar.empty() || spec.business_day;
  const DayKind days = spec.days.value_or(asked ? DayKind::businessDays : DayKind::all);
  if (days == DayKind::all) return times;
  auto calendar = parse_business_calendar(spec.calendar_text, spec.calendar);
  return times.only_on(days, spec.business_day.value_or(0), calendar ? std::move(*calendar) : BusinessCalendar());
}

}  // namespace weir::pipeline
