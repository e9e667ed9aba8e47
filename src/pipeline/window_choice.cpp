#include "pipeline/window_choice.hpp"

#include <fmt/format.h>

#include <charconv>

#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {

std::optional<Instant> newest_scheduled(const ScheduleSpec& spec, const Zone& zone, Instant now) {
  const Schedule schedule = schedule_of(spec);
  // Calendars only look forward: start a little before, then further and further.
  for (const int hours : {1, 25, 8 * 24, 32 * 24, 367 * 24, 4 * 366 * 24}) {
    std::optional<Instant> last;
    for (auto t = schedule.next_after(now - std::chrono::hours{hours}, zone); t && *t <= now;
         t = schedule.next_after(*t, zone))
      last = t;
    if (last) return last;
  }
  return std::nullopt;
}

Result<std::int64_t> read_window(const PipelineRow& pipeline, const std::string& text) {
  if (!is_calendar(pipeline.grain)) {
    std::int64_t chain = 0;
    const std::string digits = text.starts_with("run-") ? text.substr(4) : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), chain);
    if (error != std::errc{} || end != digits.data() + digits.size())
      return fail(fmt::format("'{}' is no key of {}, whose grain is {}", text, pipeline.name, name_of(pipeline.grain)),
                  {}, "write run-17, as 'weir runs' shows it");
    return chain;
  }
  const auto by_label = parse_window(text, pipeline.grain);
  if (by_label) return by_label->index;
  const Zone zone = zone_of(pipeline);
  if (const auto day = parse_window(text, Grain::day))
    return window_at(pipeline.grain, first_moment(*day, zone), zone).index;
  if (const auto instant = instant_from_text(text)) return window_at(pipeline.grain, *instant, zone).index;
  return std::unexpected(by_label.error());
}

Result<WindowChoice> choose_window(const PipelineRow& pipeline, const TriggerRow* trigger,
                                   const std::optional<std::string>& date, Instant now) {
  const Zone zone = zone_of(pipeline);
  WindowChoice out;
  if (!is_calendar(pipeline.grain)) {
    out.logical_date = now;
    out.from = "now: the grain is " + std::string(name_of(pipeline.grain));
    if (!date) return out;
    out.from = "as asked";
    if (const auto day = parse_window(*date, Grain::day))
      out.logical_date = first_moment(*day, zone);
    else if (const auto instant = instant_from_text(*date))
      out.logical_date = *instant;
    else
      return fail(fmt::format("'{}' is no date", *date), {}, "write 2026-01-02 or 2026-01-02T03:00:00Z");
    return out;
  }
  if (date) {
    const auto window = read_window(pipeline, *date);
    if (!window) return std::unexpected(window.error());
    out.window = *window;
    out.from = "as asked";
  } else {
    std::optional<Instant> time;
    if (trigger != nullptr && trigger->spec.schedule) time = newest_scheduled(*trigger->spec.schedule, zone, now);
    out.window = window_at(pipeline.grain, time.value_or(now), zone).index;
    out.from = "the current window: it has no schedule";
    if (time) {
      if (trigger->spec.schedule->covers == Covers::previous) --out.window;
      out.from = fmt::format("the newest scheduled time at or before now, {}", to_text(*time));
    }
  }
  out.logical_date = first_moment({pipeline.grain, out.window}, zone);
  return out;
}

}  // namespace weir::pipeline
