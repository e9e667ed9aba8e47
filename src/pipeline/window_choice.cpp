#include "pipeline/window_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "json/text.hpp"
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

Result<KeyChoice> choose_key(const Tables& tables, const PipelineRow& pipeline, const std::optional<std::string>& text,
                             const JsonText& parameters) {
  KeyChoice out;
  if (!is_keyed(pipeline)) {
    out.date = text;
    return out;
  }
  if (text) {
    auto typed = read_typed_key(*text);
    if (!typed) return std::unexpected(typed.error());
    if (!typed->date.empty()) out.date = typed->date;
    out.values = std::move(typed->values);
  }
  for (const auto& [name, value] : out.values)
    if (std::ranges::find(pipeline.key, name) == pipeline.key.end())
      return fail(fmt::format("'{}' is no part of the key of {}", name, pipeline.name), {},
                  fmt::format("its key is {}", fmt::join(pipeline.key, ", ")));
  const auto given = json::parse(parameters.text.empty() ? "{}" : parameters.text);
  const auto defaults = values_of(tables, pipeline.default_values);
  for (const auto& name : pipeline.key) {
    if (const auto* value = given ? given->find(name) : nullptr) {
      const auto asked = value->string() ? *value->string() : json::print(*value);
      const auto [it, added] = out.values.emplace(name, asked);
      if (!added && it->second != asked)
        return fail(fmt::format("'{}' is both {} and {}", name, it->second, asked), {}, "give it once");
    }
    if (const auto known = defaults.find(name); known != defaults.end()) out.values.insert(*known);
    const auto found = out.values.find(name);
    if (found == out.values.end())
      return fail(fmt::format("'{}' is part of the key of {}, and is not given", name, pipeline.name), {},
                  fmt::format("add --param {}=VALUE, or write the window as '2026-01-02 {}=VALUE'", name, name));
    if (auto problem = check_key_value(name, found->second)) return std::unexpected(std::move(*problem));
  }
  return out;
}

Result<std::int64_t> read_key(const Tables& tables, const PipelineRow& pipeline, const std::string& text) {
  const auto choice = choose_key(tables, pipeline, text, {});
  if (!choice) return std::unexpected(choice.error());
  if (!choice->date) return fail("the window is missing", {}, "write it like '2026-01-02 region=de'");
  const auto window = read_window(pipeline, *choice->date);
  if (!window || !is_keyed(pipeline)) return window;
  const auto values = number_of(tables, choice->values);
  if (!values)
    return fail(fmt::format("nothing of {} has {} yet", pipeline.name, text_of(choice->values)), {},
                fmt::format("`weir runs {}` shows the keys that there are", pipeline.name));
  return key_of(pipeline, *window, *values);
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
