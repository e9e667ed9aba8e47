#include <gtest/gtest.h>

#include "json/value.hpp"

namespace weir::json {
namespace {

Number n(std::string text) { return Number::parsed(std::move(text)); }

TEST(Number, computed_ones_have_the_shortest_text) {
  EXPECT_EQ(Number::of(1.0).text, "1.0");
  EXPECT_EQ(Number::of(0.1).text, "0.1");
  EXPECT_EQ(Number::of(-0.0).text, "-0.0");
  EXPECT_EQ(Number::of(1e22).text, "1e+22");
  EXPECT_EQ(Number::of(std::int64_t{-7}).text, "-7");
}

TEST(Number, whole_values_that_fit_are_integers_however_written) {
  EXPECT_EQ(n("42").as_int(), 42);
  EXPECT_EQ(n("42.0").as_int(), 42);
  EXPECT_EQ(n("4.2e1").as_int(), 42);
  EXPECT_EQ(n("-0.0").as_int(), 0);
  EXPECT_EQ(n("420e-1").as_int(), 42);
  EXPECT_EQ(n("9223372036854775807").as_int(), INT64_MAX);
  EXPECT_EQ(n("-9223372036854775808.0").as_int(), INT64_MIN);
  EXPECT_EQ(n("9223372036854775808").as_int(), std::nullopt);
  EXPECT_EQ(n("1.5").as_int(), std::nullopt);
  EXPECT_EQ(n("1e400").as_int(), std::nullopt);
  EXPECT_EQ(n("1e-400").as_int(), std::nullopt);
}

TEST(Number, are_equal_by_exact_value) {
  EXPECT_EQ(n("1"), n("1.0"));
  EXPECT_EQ(n("1"), n("10e-1"));
  EXPECT_EQ(n("0"), n("-0.00e7"));
  EXPECT_EQ(n("0.001"), n("1E-3"));
  EXPECT_FALSE(n("9007199254740993") == n("9007199254740992"));  // one double
  EXPECT_FALSE(n("1E400") == n("1E401"));
  EXPECT_FALSE(n("1") == n("-1"));
}

}  // namespace
}  // namespace weir::json
