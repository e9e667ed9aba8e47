#include "pipeline/file_pattern.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

FilePattern pattern(const char* text) {
  auto out = FilePattern::compile(text);
  EXPECT_TRUE(out) << text << ": " << (out ? "" : out.error().what);
  return out ? *out : FilePattern{};
}

std::string what(const char* text) {
  const auto out = FilePattern::compile(text);
  return out ? "" : out.error().what;
}

TEST(FilePattern, takes_the_date_out_of_a_path) {
  const auto p = pattern("/in/dt={date}/_SUCCESS");
  ASSERT_TRUE(p.match("/in/dt=2026-01-02/_SUCCESS"));
  EXPECT_EQ(p.match("/in/dt=2026-01-02/_SUCCESS")->date, "2026-01-02");
  EXPECT_EQ(p.match("/in/dt=20260102/_SUCCESS")->date, "20260102");
  EXPECT_FALSE(p.match("/in/dt=__HIVE_DEFAULT_PARTITION__/_SUCCESS"));
  EXPECT_FALSE(p.match("/in/dt=2026-01-02/x/_SUCCESS"));
  EXPECT_FALSE(p.match("/in/dt=2026-01-02/_SUCCESS.crc"));
  EXPECT_TRUE(p.has_date());
}

TEST(FilePattern, puts_a_date_together_from_its_parts) {
  EXPECT_EQ(pattern("/in/{year}/{month}/{day}/x.csv").match("/in/2026/01/02/x.csv")->date, "2026-01-02");
  EXPECT_EQ(pattern("/in/{year}-{month}.csv").match("/in/2026-01.csv")->date, "2026-01");
  EXPECT_EQ(pattern("/in/dt={date}/hour={hour}/*").match("/in/dt=2026-01-02/hour=05/a")->date, "2026-01-02T05");
  EXPECT_FALSE(pattern("/in/{year}/{month}/x").match("/in/26/1/x"));
}

TEST(FilePattern, takes_parameters_and_lets_the_rest_differ) {
  const auto p = pattern("/shops/{region}/orders-?-*.csv");
  const auto found = p.match("/shops/de/orders-1-final.csv");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->parameters.at("region"), "de");
  EXPECT_EQ(found->date, "");
  EXPECT_EQ(p.parameters(), std::vector<std::string>{"region"});
  EXPECT_FALSE(p.match("/shops/de/at/orders-1-final.csv"));
  EXPECT_FALSE(p.match("/shops//orders-1-final.csv"));
  EXPECT_EQ(p.glob(), "/shops/*/orders-?-*.csv");
}

TEST(FilePattern, two_names_side_by_side_share_what_there_is) {
  const auto found = pattern("/in/{region}-{date}.csv").match("/in/de-by-2026-01-02.csv");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->parameters.at("region"), "de-by");
  EXPECT_EQ(found->date, "2026-01-02");
}

TEST(FilePattern, many_wildcards_do_not_take_long) {
  const auto p = pattern("/*a*a*a*a*a*a*a*a*a*a*a*a*b");
  EXPECT_FALSE(p.match("/" + std::string(4'000, 'a')));
}

TEST(FilePattern, says_what_it_cannot_watch) {
  EXPECT_NE(what("s3://lake/dt={date}/_SUCCESS").find("only its files are watched"), std::string::npos);
  EXPECT_NE(what("in/x").find("not absolute"), std::string::npos);
  EXPECT_NE(what("/in/").find("names a folder"), std::string::npos);
  EXPECT_NE(what("/in/**/x").find("'**'"), std::string::npos);
  EXPECT_NE(what("/in/../x").find("'/../'"), std::string::npos);
  EXPECT_NE(what("/in/{").find("without a name"), std::string::npos);
  EXPECT_NE(what("/in/{a}/{a}").find("twice"), std::string::npos);
  EXPECT_NE(what("/in/{day}/x").find("{day} with both"), std::string::npos);
  EXPECT_NE(what("/in/{hour}/x").find("{hour} goes with"), std::string::npos);
  EXPECT_NE(what("/in/{date}/{year}/{month}").find("exclude each other"), std::string::npos);
  EXPECT_EQ(what("file:///in/x"), "");
}

}  // namespace
}  // namespace weir::pipeline
