#include "run/mask.hpp"

#include <gtest/gtest.h>

#include <random>

namespace weir::run {
namespace {

std::string in_pieces(Mask mask, const std::vector<std::string>& pieces) {
  std::string out;
  for (const auto& piece : pieces) out += mask.feed(piece);
  return out + mask.rest();
}

TEST(Mask, takes_a_secret_out_wherever_it_stands) {
  const Mask mask({"hunter22"});
  EXPECT_EQ(mask.masked("hunter22"), "***");
  EXPECT_EQ(mask.masked("a hunter22, and hunter22hunter22\n"), "a ***, and ******\n");
  EXPECT_EQ(mask.masked("hunter2 hunter"), "hunter2 hunter");
}

TEST(Mask, takes_out_a_secret_that_comes_in_pieces) {
  EXPECT_EQ(in_pieces(Mask({"hunter22"}), {"pass: hun", "ter", "22\n"}), "pass: ***\n");
  EXPECT_EQ(in_pieces(Mask({"hunter22"}), {"h", "h", "unter2", "2"}), "h***");
  EXPECT_EQ(in_pieces(Mask({"hunter22"}), {"hunter2", "hunter2", "2"}), "hunter2***");
  EXPECT_EQ(in_pieces(Mask({"abab"}), {"aba", "bab"}), "***ab");
}

TEST(Mask, shows_what_cannot_become_a_secret_at_once) {
  Mask mask({"hunter22"});
  EXPECT_EQ(mask.feed("line\nhu"), "line\n");
  EXPECT_EQ(mask.feed("ge\n"), "huge\n");
  EXPECT_EQ(mask.feed("hunter"), "");
  EXPECT_EQ(mask.rest(), "hunter");
}

TEST(Mask, of_two_secrets_the_longer_goes) {
  EXPECT_EQ(in_pieces(Mask({"pass", "password"}), {"pass", "word"}), "***");
  EXPECT_EQ(in_pieces(Mask({"pass", "password"}), {"pass", "port"}), "***port");
}

TEST(Mask, knows_lines_and_what_json_makes_of_a_secret) {
  const Mask key({"-----BEGIN\nMIIEow\n-----END"});
  EXPECT_EQ(key.masked("x MIIEow y"), "x *** y");
  EXPECT_EQ(Mask({"a\"b\\c"}).masked(R"({"p":"a\"b\\c"})"), R"({"p":"***"})");
}

TEST(Mask, without_secrets_changes_nothing) {
  Mask none;
  EXPECT_EQ(none.feed("x"), "x");
  EXPECT_EQ(none.rest(), "");
  EXPECT_EQ(Mask({"", "abc"}).masked("abc"), "abc") << "too short to be masked";
}

TEST(Mask, pieces_never_matter) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("replay with seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const auto text = [&](std::size_t n) {
      std::string out;
      for (std::size_t i = 0; i < n; ++i) out += static_cast<char>('a' + random() % 2);
      return out;
    };
    const Mask mask({text(4 + random() % 3), text(4 + random() % 5)});
    const auto whole = text(60);
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < whole.size();) {
      const auto n = 1 + random() % 9;
      pieces.push_back(whole.substr(at, n));
      at += n;
    }
    ASSERT_EQ(in_pieces(mask, pieces), mask.masked(whole)) << whole;
  }
}

}  // namespace
}  // namespace weir::run
