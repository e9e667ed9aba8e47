// P3 and P4: every scheduled time, once.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "pipeline/trigger_judge.hpp"
#include "tests/invariants/pipelines.hpp"

namespace weir::invariants {
namespace {

using pipeline::PipelineRow;
using pipeline::RunCause;
using pipeline::ScheduleSpec;

bool same(const ScheduleSpec& a, const ScheduleSpec& b) {
  return a.hour == b.hour && a.minute == b.minute && a.weekdays == b.weekdays && a.cron == b.cron && a.rate == b.rate &&
         a.covers == b.covers;
}

// Since when the schedule in force stands, through redeploys that left it as it was.
Instant standing_since(const PipelineRows& rows, const PipelineRow& row, const ScheduleSpec& spec) {
  Instant since = row.deployed;
  for (std::int64_t version = row.version; version >= 1; --version) {
    const auto* trigger = rows.trigger(row.id, version);
    if (trigger == nullptr || !trigger->spec.schedule || !same(*trigger->spec.schedule, spec)) break;
    for (const auto& v : rows.versions)
      if (v.pipeline == row.id && v.version == version) since = v.deployed;
  }
  return since;
}

// The windows that are recorded as MISSED: "... --from 2026-01-02 --to 2026-01-04".
std::vector<WindowRange> missed_of(const PipelineRows& rows, const PipelineRow& row) {
  std::vector<WindowRange> out;
  const auto word_after = [](const std::string& text, const std::string& key) {
    const auto at = text.find(key);
    if (at == std::string::npos) return std::string();
    const auto begin = at + key.size();
    return text.substr(begin, text.find(' ', begin) - begin);
  };
  for (const auto& evidence : rows.evidence) {
    if (evidence.pipeline != row.id || evidence.decision != "MISSED") continue;
    const auto from = parse_window(word_after(evidence.rule, "--from "), row.grain);
    const auto to = parse_window(word_after(evidence.rule, "--to "), row.grain);
    if (from && to) out.push_back({*from, *to});
  }
  return out;
}

}  // namespace

std::vector<std::string> check_schedules(const PipelineRows& rows, Instant now) {
  std::vector<std::string> out;
  // The window of a calendar grain; else the scheduled time itself.
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const pipeline::RunRow*>> by_schedule;
  std::set<std::pair<std::int64_t, std::int64_t>> ran, come;
  const auto started = [](const pipeline::RunRow* run) { return run->started.has_value(); };
  for (const auto& run : rows.runs) {
    const auto* row = rows.find(run.pipeline);
    if (row == nullptr || run.adhoc) continue;
    ran.insert({run.pipeline, run.window});
    if (run.cause == RunCause::schedule)
      by_schedule[{run.pipeline, is_calendar(row->grain) ? run.window : ms_of(run.logical_date)}].push_back(&run);
  }
  for (const auto& [key, runs] : by_schedule)
    if (const auto n = std::ranges::count_if(runs, started); n > 1)
      out.push_back(
          fmt::format("P3: the scheduled time of {} {} ran {} times", runs.front()->name, runs.front()->label, n));
  for (const auto& occurrence : rows.occurrences)
    if (occurrence.scheduled) come.insert({occurrence.pipeline, occurrence.window});

  for (const auto& row : rows.pipelines) {
    const auto* trigger = rows.trigger(row.id, row.version);
    if (row.deleted || trigger == nullptr || !trigger->spec.schedule) continue;
    const auto due = std::ranges::find(rows.schedules, row.id, &pipeline::ScheduleRow::pipeline);
    if (due == rows.schedules.end() || due->due <= now) {
      out.push_back(fmt::format("P4: the schedule of {} is not armed", row.name));
      continue;
    }
    if (!is_calendar(row.grain)) continue;  // nothing to be recorded as MISSED: it has no windows
    const auto& spec = *trigger->spec.schedule;
    const Zone zone = pipeline::zone_of(row);
    const auto schedule = pipeline::schedule_of(spec);
    const auto missed = missed_of(rows, row);
    for (auto t = schedule.next_after(standing_since(rows, row, spec), zone); t && *t < due->due;
         t = schedule.next_after(*t, zone)) {
      const auto holding = window_at(row.grain, *t, zone);
      const Window window = spec.covers == pipeline::Covers::previous ? shifted(holding, -1) : holding;
      if (window.index < row.since) continue;
      const bool is_missed = std::ranges::any_of(missed, [&](const auto& range) { return range.contains(window); });
      const std::pair key{row.id, window.index};
      if (!is_missed && !come.contains(key))
        out.push_back(
            fmt::format("P4: the scheduled time {} of {} never came to {}", to_text(*t), row.name, label(window)));
      const bool by_time_alone = !trigger->spec.executions;
      if (is_missed || (trigger->spec.op == pipeline::Operator::AND && !by_time_alone)) continue;
      if (by_time_alone ? !by_schedule.contains(key) : !ran.contains(key))
        out.push_back(fmt::format("P4: the scheduled time {} of {} started nothing for {}", to_text(*t), row.name,
                                  label(window)));
    }
  }
  return out;
}

}  // namespace weir::invariants
