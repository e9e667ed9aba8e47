#include "scenario/moment.hpp"

#include <fmt/format.h>

namespace weir::scenario {
namespace {

std::optional<LocalTime> local_of(const std::string& text) {
  for (const char* rest : {"Z", ":00Z", " 00:00:00Z"})
    if (const auto t = instant_from_text(text + rest)) return LocalTime{t->time_since_epoch()};
  return std::nullopt;
}

}  // namespace

Result<Instant> moment_of(const std::string& text, const Zone& zone, std::optional<Instant> now) {
  if (text.ends_with('Z')) {
    if (const auto t = instant_from_text(text)) return *t;
    if (const auto t = instant_from_text(text.substr(0, text.size() - 1) + ":00Z")) return *t;
  }
  if (const auto local = local_of(text)) return zone.to_instant(*local);
  if (now && text.size() >= 4 && text.find(':') <= 2) {
    const std::string padded = text.find(':') == 1 ? "0" + text : text;
    const std::string today = to_text(Instant{zone.to_local(*now).time_since_epoch()}).substr(0, 10);
    if (const auto local = local_of(today + " " + padded)) {
      const auto t = zone.to_instant(*local);
      return t >= *now ? t : zone.to_instant(*local + std::chrono::days{1});
    }
  }
  return fail(fmt::format("'{}' is no time", text), {}, "write 2026-01-02 03:10, 2026-01-02 or 03:10");
}

std::string text_of(Instant t, const Zone& zone) {
  auto text = to_text(Instant{zone.to_local(t).time_since_epoch()});
  text[10] = ' ';
  return text.substr(0, text.substr(17, 2) == "00" ? 16 : 19);
}

}  // namespace weir::scenario
