#include "calendar/zone.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

Zone zone(std::string_view name) { return *find_zone(name); }
Instant at(std::string_view text) { return *instant_from_text(text); }
LocalTime local(std::string_view text) { return LocalTime{at(text).time_since_epoch()}; }

TEST(Zone, default_is_utc) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(Zone(), zone("UTC"));
  EXPECT_EQ(Zone().to_instant(local("2026-01-02T03:04:05Z")), at("2026-01-02T03:04:05Z"));
}

TEST(Zone, local_times_follow_summer_time) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.to_local(at("2026-01-15T12:00:00Z")), local("2026-01-15T13:00:00Z"));
  EXPECT_EQ(berlin.to_local(at("2026-07-15T12:00:00.250Z")), local("2026-07-15T14:00:00.250Z"));
  EXPECT_EQ(berlin.to_instant(local("2026-07-15T14:00:00.250Z")), at("2026-07-15T12:00:00.250Z"));
}

TEST(Zone, a_time_that_the_clock_skips_is_the_first_moment_after_the_gap) {
  EXPECT_EQ(zone("Europe/Berlin").to_instant(local("2026-03-29T02:30:00Z")), at("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone("America/New_York").to_instant(local("2026-03-08T02:00:00Z")), at("2026-03-08T07:00:00Z"));
}

TEST(Zone, a_time_that_comes_twice_is_the_first) {
  EXPECT_EQ(zone("Europe/Berlin").to_instant(local("2026-10-25T02:30:00Z")), at("2026-10-25T00:30:00Z"));
  EXPECT_EQ(zone("America/New_York").to_instant(local("2026-11-01T01:30:00Z")), at("2026-11-01T05:30:00Z"));
}

TEST(Zone, knows_offsets_of_half_an_hour) {
  EXPECT_EQ(zone("Asia/Kolkata").to_local(at("2026-01-01T18:30:00Z")), local("2026-01-02T00:00:00Z"));
  // Lord Howe Island's summer time is half an hour.
  EXPECT_EQ(zone("Australia/Lord_Howe").to_instant(local("2026-10-04T02:15:00Z")), at("2026-10-03T15:30:00Z"));
}

TEST(Zone, an_unknown_name_is_an_error_that_names_the_nearest) {
  EXPECT_EQ(find_zone("Europe/Berln").error().text(),
            "unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?");
  EXPECT_EQ(find_zone("tokyo").error().fix, "did you mean 'Asia/Tokyo'?");
  EXPECT_FALSE(find_zone("").has_value());
}

TEST(Zone, the_order_of_local_times_is_kept_over_every_change_of_the_clock) {
  for (const auto* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"}) {
    const auto z = zone(name);
    auto before = z.to_instant(local("2025-12-31T00:00:00Z"));
    for (auto t = local("2025-12-31T00:15:00Z"); t < local("2027-01-01T00:00:00Z"); t += 15min) {
      const auto now = z.to_instant(t);
      ASSERT_GE(now, before) << name << " at local minute " << t.time_since_epoch() / 1min;
      before = now;
    }
  }
}

}  // namespace
}  // namespace weir
