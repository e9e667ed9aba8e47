#include "base/time.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Time, writes_and_reads_instants) {
  EXPECT_EQ(to_text(instant_of_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_text(instant_of_ms(1'795'233'007'123)), "2026-11-21T03:50:07.123Z");
  for (std::int64_t ms : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'795'233'007'123}})
    EXPECT_EQ(instant_from_text(to_text(instant_of_ms(ms))), instant_of_ms(ms));
}

TEST(Time, reads_fractions_and_offsets) {
  EXPECT_EQ(instant_from_text("1970-01-01T00:00:01Z"), instant_of_ms(1000));
  EXPECT_EQ(instant_from_text("1970-01-01 00:00:01.5Z"), instant_of_ms(1500));
  EXPECT_EQ(instant_from_text("1970-01-01T01:00:00+01:00"), instant_of_ms(0));
  EXPECT_EQ(instant_from_text("1970-01-01T00:00:00.123456789Z"), instant_of_ms(123));
}

TEST(Time, refuses_what_is_no_instant) {
  for (const auto* text : {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:00:00", "2026-01-01", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx"})
    EXPECT_EQ(instant_from_text(text), std::nullopt) << text;
}

TEST(Time, reads_and_writes_durations) {
  EXPECT_EQ(duration_from_text("90s"), Millis{90'000});
  EXPECT_EQ(duration_from_text("3d"), Millis{259'200'000});
  EXPECT_EQ(duration_from_text("250ms"), Millis{250});
  EXPECT_EQ(to_text(Millis{90'000}), "90s");
  EXPECT_EQ(to_text(Millis{120'000}), "2m");
  EXPECT_EQ(to_text(Millis{0}), "0s");
  for (const auto* text : {"", "5", "m", "-5m", "1.5h", "5 m", "5w", "9223372036854775807d"})
    EXPECT_EQ(duration_from_text(text), std::nullopt) << text;
}

}  // namespace
}  // namespace weir
