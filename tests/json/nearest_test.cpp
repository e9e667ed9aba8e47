#include "json/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::json {
namespace {

std::string_view near(std::string_view wrong) {
  static const std::vector<std::string_view> kNames{"steps", "schedule", "timeout", "name"};
  return nearest(wrong, kNames);
}

TEST(Nearest, mends_one_error) {
  EXPECT_EQ(near("stpes"), "steps");
  EXPECT_EQ(near("step"), "steps");
  EXPECT_EQ(near("timeoutt"), "timeout");
  EXPECT_EQ(near("Schedule"), "schedule");
  EXPECT_EQ(near("nane"), "name");
}

TEST(Nearest, does_not_guess) {
  EXPECT_EQ(near("colour"), "");
  EXPECT_EQ(near(""), "");
  EXPECT_EQ(near(std::string(10'000, 'x')), "");
}

}  // namespace
}  // namespace weir::json
