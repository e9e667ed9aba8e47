#include "pipeline/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/deadline_time.hpp"

namespace weir::pipeline {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? fmt::format(" {} ", last) : ", ";
    out += parts[i];
  }
  return out;
}

// "Europe/Berlin" is "Berlin".
std::string city(std::string_view zone) {
  std::string out(zone.substr(zone.rfind('/') + 1));
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string clock_times(const ScheduleSpec& s) {
  if (!s.cron.empty()) return fmt::format("by the cron line '{}'", s.cron);
  if (s.rate) return fmt::format("every {}", to_text(*s.rate));
  if (!s.at.empty()) return schedule_of(s).text();
  if (!s.hour) return fmt::format("at minute {} of each hour", s.minute.value_or(0));
  std::string out = fmt::format("at {:02}:{:02}", *s.hour, s.minute.value_or(0));
  if (s.weekdays.empty()) return out;
  std::vector<std::string> days;
  for (const auto d : s.weekdays) days.emplace_back(name_of(d));
  return fmt::format("{} on {}", out, joined(days, "and"));
}

std::string times(const ScheduleSpec& s) {
  std::string out = clock_times(s);
  if (s.business_day && *s.business_day > 0) out += fmt::format(" on business day {} of the month", *s.business_day);
  if (s.business_day == -1) out += " on the last business day of the month";
  if (s.business_day && *s.business_day < -1)
    out += fmt::format(" on business day {} from the end of the month", -*s.business_day);
  if (!s.business_day && s.days == DayKind::daysOff) out += " on days off";
  if (!s.business_day && (s.days ? *s.days == DayKind::businessDays : !s.calendar.empty())) out += " on business days";
  if (!s.calendar.empty()) out += fmt::format(" of {}", s.calendar);
  if (s.jitter != Millis{0}) out += fmt::format(", up to {} later", to_text(s.jitter));
  return out;
}

std::string not_before(const ScheduleSpec& s) {
  if (s.hour && times(s) == fmt::format("at {:02}:{:02}", *s.hour, s.minute.value_or(0)))
    return fmt::format("not before {:02}:{:02}", *s.hour, s.minute.value_or(0));
  return fmt::format("not before its time ({})", times(s));
}

std::string upstream(const ClauseSpec& c, std::string_view grain) {
  std::string out = c.account.empty() ? c.name : fmt::format("{} ({})", c.name, c.account);
  if (!c.where.empty()) {
    std::vector<std::string> values;
    for (const auto& [name, value] : c.where) values.push_back(name + " " + value);
    out += fmt::format(" of {}", joined(values, "and"));
  }
  if (!c.join_on.empty()) out += fmt::format(" of the same {}", joined(c.join_on, "and"));
  if (c.match == Match::newest)
    return c.max_age ? fmt::format("the newest {}, at most {} old,", out, to_text(*c.max_age))
                     : fmt::format("the newest {}", out);
  if (c.each) out = fmt::format("{} of {}", name_of(*c.each), out);
  if (c.offset == -1) out += fmt::format(" of the {} before", grain);
  if (c.offset < -1) out += fmt::format(" of {} {}s before", -c.offset, grain);
  return out;
}

std::string statuses(const ClauseSpec& c) {
  std::vector<std::string> words;
  for (const auto s : c.status) words.emplace_back(s == RunStatus::RUNNING ? "started" : std::string(name_of(s)));
  const auto out = joined(words, "or");
  return c.standing ? fmt::format("{} for {}", out, to_text(*c.standing)) : out;
}

// Neighbours that wait for the same statuses share one verb.
std::string clauses(const std::vector<ClauseSpec>& list, std::string_view word, std::string_view grain) {
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < list.size();) {
    std::vector<std::string> names;
    const std::string wanted = statuses(list[i]);
    for (; i < list.size() && statuses(list[i]) == wanted; ++i) names.push_back(upstream(list[i], grain));
    const bool several = names.size() > 1 && word == "and";
    groups.push_back(fmt::format("{} {} {}", joined(names, word), several ? "have" : "has", wanted));
  }
  return joined(groups, word);
}

std::string any_block(const ExecutionsSpec& e, std::string_view grain) {
  if (e.at_least <= 1) return clauses(e.any_of, "or", grain);
  return fmt::format("at least {} of {}", e.at_least, clauses(e.any_of, "and", grain));
}

std::string condition(const ExecutionsSpec& e, std::string_view grain) {
  if (e.any_of.empty()) return clauses(e.all_of, "and", grain);
  if (e.all_of.empty()) return any_block(e, grain);
  return fmt::format("{}, {} {}", clauses(e.all_of, "and", grain), e.op == Operator::AND ? "and" : "or",
                     any_block(e, grain));
}

// "; late if not started by 07:00 or finished by 08:30, then with what there is"
std::string deadline(const ExpectSpec& e) {
  std::vector<std::string> parts;
  if (const auto time = deadline_time(e.start_by)) parts.push_back("started by " + words_of(*time));
  if (const auto time = deadline_time(e.finish_by)) parts.push_back("finished by " + words_of(*time));
  std::string out = fmt::format("; late if not {}", joined(parts, "or"));
  if (e.on_miss == OnMiss::run) out += ", then with what there is";
  if (e.on_miss == OnMiss::fail) out += ", then it counts as FAILED";
  return out;
}

}  // namespace

namespace {

std::string of_key(const PipelineSpec& spec) { return spec.key.empty() ? "" : " and " + joined(spec.key, "and"); }

}  // namespace

namespace {

// "orders runs once for each document of its webhook, for its day (Berlin), when for that day a has SUCCEEDED"
std::string document_sentence(const PipelineSpec& spec, const SentenceFacts& facts) {
  const TriggerSpec& trigger = *spec.trigger;
  const bool calendar = is_calendar(facts.grain);
  const std::string grain(calendar ? name_of(facts.grain) : "start");
  std::vector<std::string> sources;
  if (trigger.webhook) sources.push_back("document of its webhook");
  if (trigger.file) sources.push_back("file that appears at " + trigger.file->path);
  std::string out = fmt::format("{} runs once for each {}", spec.name, joined(sources, "and each"));
  if (calendar) out += fmt::format(", for its {} ({})", grain, city(facts.zone)) + of_key(spec);
  const std::string when =
      trigger.executions ? fmt::format("when for that {} {}", grain, condition(*trigger.executions, grain)) : "";
  if (trigger.op == Operator::OR) {
    if (trigger.schedule) out += fmt::format("; or {}, whichever is first", times(*trigger.schedule));
    if (trigger.executions) out += fmt::format("; and once {}", when);
  } else {
    if (trigger.schedule) out += fmt::format(", {}", not_before(*trigger.schedule));
    if (trigger.executions) out += fmt::format(", {}", when);
  }
  if (trigger.expect) out += deadline(*trigger.expect);
  if (!facts.next.empty()) out += fmt::format("; next: {}", facts.next);
  return out + ".";
}

}  // namespace

std::string trigger_sentence(const PipelineSpec& spec, const SentenceFacts& facts) {
  const bool scheduled = spec.trigger && spec.trigger->schedule;
  const bool waits = spec.trigger && spec.trigger->executions;
  if (spec.external) {
    std::string told = "by its owners";
    if (spec.reports.step_functions) told = "by Step Functions, " + spec.reports.step_functions->state_machine_arn;
    if (const auto& lineage = spec.reports.open_lineage)
      told = fmt::format("{}by OpenLineage, {}/{}", spec.reports.step_functions ? told + ", and " : "",
                         lineage->job_namespace, lineage->job);
    return fmt::format(
        "{} runs elsewhere, once for each {}; its runs are reported {}.", spec.name,
        (is_calendar(facts.grain) ? fmt::format("{} ({})", name_of(facts.grain), city(facts.zone)) : "start") +
            of_key(spec),
        told);
  }
  if (spec.trigger && takes_documents(*spec.trigger)) return document_sentence(spec, facts);
  if (!scheduled && !waits) return fmt::format("{} runs when a person starts it.", spec.name);

  const bool calendar = is_calendar(facts.grain);
  const std::string grain(calendar ? name_of(facts.grain) : "window");
  std::string out = spec.name;
  if (calendar)
    out += fmt::format(" runs once for each {} ({})", grain, city(facts.zone)) + of_key(spec);
  else
    out += facts.grain == Grain::run ? " runs once for each start" : " runs";

  const std::string when = !waits ? std::string{}
                                  : fmt::format("{}{}",
                                                calendar                     ? fmt::format("when for that {} ", grain)
                                                : facts.grain == Grain::none ? "when since its last start "
                                                                             : "when for that start ",
                                                condition(*spec.trigger->executions, grain));
  if (scheduled && waits && spec.trigger->op == Operator::OR) {
    out += fmt::format(", {} or {}, whichever is first", times(*spec.trigger->schedule), when);
    if (spec.trigger->on_late == OnLate::run) out += "; once more when the condition comes after the time";
  } else if (scheduled && waits) {
    out += fmt::format(", {}, {}", not_before(*spec.trigger->schedule), when);
  } else {
    out += fmt::format(", {}", scheduled ? times(*spec.trigger->schedule) : when);
  }
  if (scheduled && calendar && spec.trigger->schedule->covers == Covers::previous)
    out += fmt::format("; each time is for the {} before", grain);
  if (spec.trigger->expect) out += deadline(*spec.trigger->expect);
  if (!facts.next.empty()) out += fmt::format("; next: {}", facts.next);
  return out + ".";
}

}  // namespace weir::pipeline
