#include "pipeline/document_key.hpp"

#include <fmt/format.h>

#include <charconv>

#include "json/path.hpp"
#include "json/text.hpp"
#include "pipeline/trigger_judge.hpp"

namespace weir::pipeline {
namespace {

Result<const json::Value*> value_at(const json::Value& document, const std::string& path, const std::string& where) {
  const auto compiled = json::compile_path(path);
  if (!compiled) return std::unexpected(compiled.error());
  const auto* value = compiled->find(document);
  if (value == nullptr || value->is_null())
    return fail(fmt::format("the document has nothing at {}", path), where,
                fmt::format("send a document that has {}, or change '{}' in the pipeline's file", path, where));
  return value;
}

// Takes so many digits from the front.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  int out = 0;
  if (text.size() < count) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, out);
  if (error != std::errc{} || end != text.data() + count) return std::nullopt;
  text.remove_prefix(count);
  return out;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<std::string> text_at_path(const json::Value& document, const std::string& path, const std::string& where) {
  const auto value = value_at(document, path, where);
  if (!value) return std::unexpected(value.error());
  if ((*value)->string()) return *(*value)->string();
  if ((*value)->is_object() || (*value)->is_array())
    return fail(fmt::format("{} is {}, not a text or a number", path, (*value)->type_name()), where,
                "name a place that is one");
  return json::print(**value);
}

Result<JsonText> parameters_at_paths(const json::Value& document, const std::map<std::string, std::string>& paths) {
  if (paths.empty()) return JsonText{};
  json::Object out;
  for (const auto& [name, path] : paths) {
    const auto value = value_at(document, path, "trigger.webhook.parameters." + name);
    if (!value) return std::unexpected(value.error());
    out[name] = **value;
  }
  return JsonText{json::print(out)};
}

std::optional<Instant> local_moment(std::string_view text, const Zone& zone) {
  const auto year = digits(text, 4);
  const bool dashes = take(text, '-');
  const auto month = digits(text, 2);
  if (dashes && !take(text, '-')) return std::nullopt;
  const auto day = digits(text, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  Millis of_day{0};
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const auto hour = digits(text, 2);
    if (!hour || *hour > 23) return std::nullopt;
    of_day += std::chrono::hours{*hour};
    const bool colons = take(text, ':');
    if (colons || !text.empty()) {
      const auto minute = digits(text, 2);
      if (!minute || *minute > 59) return std::nullopt;
      of_day += std::chrono::minutes{*minute};
      if (take(text, ':')) {
        const auto second = digits(text, 2);
        if (!second || *second > 59) return std::nullopt;
        of_day += std::chrono::seconds{*second};
        if (take(text, '.'))
          while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
      }
    }
    if (!text.empty()) return std::nullopt;
  }
  return zone.to_instant(LocalTime{std::chrono::local_days{date}.time_since_epoch() + of_day});
}

Result<WindowChoice> window_of_date(const PipelineRow& pipeline, const std::string& date) {
  const Zone zone = zone_of(pipeline);
  const auto at = [&](Instant moment) {
    WindowChoice out;
    out.from = "the document's date";
    out.logical_date = moment;
    if (!is_calendar(pipeline.grain)) return out;
    const Window window = window_at(pipeline.grain, moment, zone);
    out.window = window.index;
    out.logical_date = first_moment(window, zone);
    return out;
  };
  if (const auto local = local_moment(date, zone)) return at(*local);
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(date.data(), date.data() + date.size(), ms);
  if (error == std::errc{} && end == date.data() + date.size() && date.size() > 8) return at(instant_of_ms(ms));
  if (const auto instant = instant_from_text(date)) return at(*instant);
  auto choice = choose_window(pipeline, nullptr, date, {});
  if (!choice)
    return fail(fmt::format("'{}' is no date", date), "date", "write 2026-01-02, 2026-01-02T05:00 or milliseconds");
  return choice;
}

}  // namespace weir::pipeline
