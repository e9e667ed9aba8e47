#include "calendar/zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace weir {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::size_t alike(auto a, auto a_end, auto b, auto b_end) {
  std::size_t n = 0;
  while (a != a_end && b != b_end && lower(*a++) == lower(*b++)) ++n;
  return n;
}

// What two names have in common from both ends: one typing error leaves all but one character.
std::size_t likeness(std::string_view a, std::string_view b) {
  const auto n = alike(a.begin(), a.end(), b.begin(), b.end()) + alike(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  return std::min({n, a.size(), b.size()});
}

std::string_view city(std::string_view name) { return name.substr(name.rfind('/') + 1); }

std::string nearest_zone(const date::tzdb& db, std::string_view wanted) {
  std::string best;
  std::size_t best_score = wanted.size() / 2;
  for (const auto& zone : db.zones) {
    // "berlin" means Europe/Berlin; otherwise the whole name is compared.
    const auto score = std::max(likeness(wanted, zone.name()), likeness(wanted, city(zone.name())));
    if (score > best_score) {
      best = zone.name();
      best_score = score;
    }
  }
  return best;
}

}  // namespace

std::string_view Zone::name() const { return zone_ ? std::string_view(zone_->name()) : std::string_view("UTC"); }

LocalTime Zone::to_local(Instant t) const {
  if (!zone_) return LocalTime{t.time_since_epoch()};
  return LocalTime{t.time_since_epoch() + zone_->get_info(t).offset};
}

Instant Zone::to_instant(LocalTime local) const {
  const Instant as_utc{local.time_since_epoch()};
  if (!zone_) return as_utc;
  const auto info = zone_->get_info(date::local_time<Millis>{local.time_since_epoch()});
  // In a gap `first` ends where `second` begins: at the first moment after it.
  if (info.result == date::local_info::nonexistent) return Instant{info.first.end.time_since_epoch()};
  return as_utc - info.first.offset;
}

Result<Zone> find_zone(std::string_view name) {
  if (name == "UTC" || name == "Etc/UTC" || name == "Z") return Zone();
  try {
    const auto& db = date::get_tzdb();
    try {
      return Zone(date::locate_zone(name));
    } catch (const std::exception&) {
      const auto near = nearest_zone(db, name);
      return fail(fmt::format("unknown time zone '{}'", name), {},
                  near.empty() ? "give a name of the tz database, for example Europe/Berlin"
                               : fmt::format("did you mean '{}'?", near));
    }
  } catch (const std::exception& e) {
    return fail(fmt::format("the system's tz database cannot be read: {}", e.what()), {}, "install the package tzdata");
  }
}

}  // namespace weir
