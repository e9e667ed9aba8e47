#include "calendar/window.hpp"

#include <gtest/gtest.h>

#include <random>

namespace weir {
namespace {

Zone zone(std::string_view name) { return *find_zone(name); }
Instant at(std::string_view text) { return *instant_from_text(text); }
Window window(std::string_view text, Grain grain) { return parse_window(text, grain).value(); }
Window day(std::string_view text) { return window(text, Grain::day); }

TEST(Window, labels_are_read_back) {
  EXPECT_EQ(label(day("2026-01-02")), "2026-01-02");
  EXPECT_EQ(label(window("2026-01-02T05Z", Grain::hour)), "2026-01-02T05Z");
  EXPECT_EQ(label(window("2026-02", Grain::month)), "2026-02");
  EXPECT_EQ(label(window("2026-W01", Grain::week)), "2026-W01");
  for (std::int64_t i = -1000; i < 40'000; i += 7)
    for (const auto grain : {Grain::hour, Grain::day, Grain::week})
      ASSERT_EQ(window(label({grain, i}), grain).index, i) << name_of(grain) << " " << i;
}

TEST(Window, indices_count_from_1970) {
  EXPECT_EQ(day("1970-01-01").index, 0);
  EXPECT_EQ(window("1970-01", Grain::month).index, 0);
  EXPECT_EQ(window("1969-12", Grain::month).index, -1);
  EXPECT_EQ(window("1970-01-01T00Z", Grain::hour).index, 0);
  EXPECT_EQ(window("1970-W01", Grain::week).index, 0);
}

TEST(Window, iso_weeks_belong_to_the_year_of_their_thursday) {
  EXPECT_EQ(label(window_at(Grain::week, at("2025-12-29T00:00:00Z"), Zone())), "2026-W01");
  EXPECT_EQ(label(window_at(Grain::week, at("2025-12-28T23:59:59Z"), Zone())), "2025-W52");
  EXPECT_EQ(label(window("2027-01-03", Grain::week)), "2026-W53");
  EXPECT_EQ(window("2026-W53", Grain::week), window("2027-01-01", Grain::week));
  EXPECT_FALSE(parse_window("2025-W53", Grain::week).has_value());
  EXPECT_FALSE(parse_window("2025-W00", Grain::week).has_value());
  EXPECT_EQ(first_day(window("2026-W01", Grain::week)), std::chrono::year{2025} / 12 / 29);
}

TEST(Window, a_wrong_text_is_an_error_that_shows_the_form) {
  EXPECT_EQ(parse_window("2026-02-29", Grain::day).error().text(),
            "'2026-02-29' is no day; a day is written 2026-01-02");
  EXPECT_FALSE(parse_window("2026-1-2", Grain::day).has_value());
  EXPECT_FALSE(parse_window("2026-01-02T24Z", Grain::hour).has_value());
  EXPECT_FALSE(parse_window("2026-13", Grain::month).has_value());
  EXPECT_FALSE(parse_window("5", Grain::run).has_value());
}

TEST(Window, the_logical_date_is_the_first_moment_in_the_zone) {
  EXPECT_EQ(first_moment(day("2026-01-02"), zone("Asia/Tokyo")), at("2026-01-01T15:00:00Z"));
  EXPECT_EQ(first_moment(day("2026-01-02"), zone("Europe/Berlin")), at("2026-01-01T23:00:00Z"));
  EXPECT_EQ(end_moment(window("2026-03", Grain::month), zone("Europe/Berlin")), at("2026-03-31T22:00:00Z"));
  EXPECT_EQ(first_moment(window("2026-01-02T05Z", Grain::hour), zone("Asia/Tokyo")), at("2026-01-02T05:00:00Z"));
}

TEST(Window, a_day_without_a_midnight_begins_after_the_gap) {
  // Beirut's clock goes from 24:00 to 01:00.
  EXPECT_EQ(first_moment(day("2026-03-29"), zone("Asia/Beirut")), at("2026-03-28T22:00:00Z"));
  EXPECT_EQ(label(window_at(Grain::day, at("2026-03-28T22:00:00Z"), zone("Asia/Beirut"))), "2026-03-29");
}

TEST(Window, days_are_labels_that_tokyo_and_berlin_share) {
  const auto tokyo = window_at(Grain::day, at("2026-01-01T18:00:00Z"), zone("Asia/Tokyo"));      // 03:00 on the 2nd
  const auto berlin = window_at(Grain::day, at("2026-01-02T02:00:00Z"), zone("Europe/Berlin"));  // 03:00 on the 2nd
  EXPECT_EQ(tokyo, berlin);
}

TEST(Window, a_days_hours_are_23_24_or_25) {
  const auto hours = [](std::string_view zone_name, std::string_view text) {
    return members(Grain::hour, day(text), zone(zone_name)).count();
  };
  EXPECT_EQ(hours("Europe/Berlin", "2026-03-29"), 23);
  EXPECT_EQ(hours("Europe/Berlin", "2026-10-25"), 25);
  EXPECT_EQ(hours("Europe/Berlin", "2026-10-26"), 24);
  EXPECT_EQ(hours("America/New_York", "2026-03-08"), 23);
  EXPECT_EQ(hours("America/New_York", "2026-11-01"), 25);
  EXPECT_EQ(hours("Asia/Kolkata", "2026-11-01"), 24);
  const auto range = members(Grain::hour, day("2026-10-25"), zone("Europe/Berlin"));
  EXPECT_EQ(label(range.first), "2026-10-24T22Z");
  EXPECT_EQ(label(range.last), "2026-10-25T22Z");
}

TEST(Window, in_a_zone_of_half_hours_an_hour_lies_where_it_begins) {
  const auto range = members(Grain::hour, day("2026-01-02"), zone("Asia/Kolkata"));  // from 18:30Z
  EXPECT_EQ(label(range.first), "2026-01-01T19Z");
  EXPECT_EQ(label(range.last), "2026-01-02T18Z");
}

TEST(Window, days_belong_to_weeks_and_months_by_the_calendar) {
  const auto tokyo = zone("Asia/Tokyo");
  const auto february = members(Grain::day, window("2024-02", Grain::month), tokyo);
  EXPECT_EQ(february.count(), 29);
  EXPECT_EQ(label(february.first), "2024-02-01");
  EXPECT_EQ(members(Grain::day, window("2026-W01", Grain::week), tokyo).count(), 7);
  EXPECT_TRUE(members(Grain::day, window("2026-W01", Grain::week), tokyo).contains(day("2025-12-31")));
  EXPECT_EQ(label(container(Grain::week, tokyo, day("2026-01-04"))), "2026-W01");
  EXPECT_EQ(label(container(Grain::month, tokyo, day("2026-01-31"))), "2026-01");
}

TEST(Window, a_week_belongs_to_the_month_of_its_monday) {
  const auto weeks = members(Grain::week, window("2026-01", Grain::month), Zone());
  EXPECT_EQ(label(weeks.first), "2026-W02");  // W01 begins on December 29th
  EXPECT_EQ(label(weeks.last), "2026-W05");
  EXPECT_EQ(label(container(Grain::month, Zone(), window("2026-W01", Grain::week))), "2025-12");
}

TEST(Window, an_hour_lies_in_a_day_of_the_upstreams_zone) {
  const auto hour = window("2026-01-01T16Z", Grain::hour);
  EXPECT_EQ(label(container(Grain::day, zone("Asia/Tokyo"), hour)), "2026-01-02");
  EXPECT_EQ(label(container(Grain::day, zone("Europe/Berlin"), hour)), "2026-01-01");
}

TEST(Window, only_calendar_grains_have_an_order) {
  EXPECT_TRUE(coarser(Grain::day, Grain::hour));
  EXPECT_TRUE(coarser(Grain::month, Grain::week));
  EXPECT_FALSE(coarser(Grain::day, Grain::day));
  EXPECT_FALSE(coarser(Grain::run, Grain::day));
  EXPECT_FALSE(coarser(Grain::day, Grain::none));
}

TEST(Window, every_moment_lies_in_its_window_and_every_member_in_its_container) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  const std::vector<Zone> zones{Zone(),
                                zone("Europe/Berlin"),
                                zone("America/St_Johns"),
                                zone("Asia/Kolkata"),
                                zone("America/Havana"),
                                zone("Pacific/Apia")};
  const std::vector<Grain> grains{Grain::hour, Grain::day, Grain::week, Grain::month};
  for (int i = 0; i < 5000; ++i) {
    const auto& z = zones[random() % zones.size()];
    const auto t = instant_of_ms(static_cast<std::int64_t>(random() % (1000LL * 86400 * 365 * 35)) + 946'684'800'000);
    for (const auto grain : grains) {
      const auto w = window_at(grain, t, z);
      ASSERT_LE(first_moment(w, z), t) << z.name() << " " << to_text(t) << " " << label(w);
      ASSERT_LT(t, end_moment(w, z)) << z.name() << " " << to_text(t) << " " << label(w);
      for (const auto finer : grains)
        if (coarser(grain, finer)) {
          const auto range = members(finer, w, z);
          ASSERT_EQ(container(grain, z, range.first), w) << z.name() << " " << label(range.first);
          ASSERT_EQ(container(grain, z, range.last), w) << z.name() << " " << label(range.last);
          ASSERT_EQ(members(finer, shifted(w, 1), z).first, shifted(range.last, 1)) << z.name() << " " << label(w);
        }
    }
  }
}

}  // namespace
}  // namespace weir
