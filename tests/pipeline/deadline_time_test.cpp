#include "pipeline/deadline_time.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

std::string at(std::string_view text, Window window, const char* zone) {
  return to_text(deadline_of(window, *deadline_time(text), *find_zone(zone)));
}

TEST(DeadlineTime, reads_a_time_and_a_day_after) {
  EXPECT_EQ(*deadline_time("07:00"), (DeadlineTime{0, 420}));
  EXPECT_EQ(*deadline_time("7:05"), (DeadlineTime{0, 425}));
  EXPECT_EQ(*deadline_time("+1d 02:00"), (DeadlineTime{1, 120}));
  EXPECT_EQ(*deadline_time("+366d 23:59"), (DeadlineTime{366, 1439}));
}

TEST(DeadlineTime, refuses_everything_else) {
  for (const char* text : {"", "7", "24:00", "07:60", "07:0", "007:00", "+d 07:00", "+367d 00:00", "1d 02:00",
                           "-1d 02:00", "+1d", "+1d02:00", "07:00 ", "ab:cd"})
    EXPECT_FALSE(deadline_time(text)) << text;
  EXPECT_NE(deadline_time("noon").error().fix.find("+1d 02:00"), std::string::npos);
}

TEST(DeadlineTime, counts_from_the_first_day_of_the_window_on_the_clock_of_the_zone) {
  const auto day = *parse_window("2026-01-02", Grain::day);
  EXPECT_EQ(at("07:00", day, "Europe/Berlin"), "2026-01-02T06:00:00.000Z");
  EXPECT_EQ(at("+1d 02:00", day, "UTC"), "2026-01-03T02:00:00.000Z");
  EXPECT_EQ(at("07:00", *parse_window("2026-W02", Grain::week), "UTC"), "2026-01-05T07:00:00.000Z");
  EXPECT_EQ(at("+3d 07:00", *parse_window("2026-02", Grain::month), "UTC"), "2026-02-04T07:00:00.000Z");
  // The clock skips half past two: the first moment after the gap.
  EXPECT_EQ(at("02:30", *parse_window("2026-03-29", Grain::day), "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
}

TEST(DeadlineTime, is_said_in_words) {
  EXPECT_EQ(words_of(*deadline_time("7:05")), "07:05");
  EXPECT_EQ(words_of(*deadline_time("+1d 02:00")), "02:00 a day later");
  EXPECT_EQ(words_of(*deadline_time("+3d 02:00")), "02:00 3 days later");
}

}  // namespace
}  // namespace weir::pipeline
