#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "json/text.hpp"

namespace weir::json {
namespace {

std::string problem(std::string_view text) { return parse(text).error().text(); }
double number(std::string_view text) { return parse(text)->number()->value; }

TEST(Parse, errors_name_line_column_and_what_was_expected) {
  EXPECT_EQ(problem("{\n  \"a\": 1\n  \"b\": 2}"), "line 3, column 3: expected ',' or '}', got '\"'");
  EXPECT_EQ(problem("[1,"), "line 1, column 4: expected a value, got the end of the text");
  EXPECT_EQ(problem("[tru]"), "line 1, column 5: expected 'true', got ']'");
  EXPECT_EQ(problem("012"), "line 1, column 2: a number has no leading zeros");
  EXPECT_EQ(problem("\"a\tb\""), "line 1, column 3: a control character in a string is written \\u0009");
  EXPECT_EQ(parse("[1, 2 3]").error().offset, 6u);
}

TEST(Parse, text_must_be_utf8) {
  for (const std::string_view bad : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
                                     "\"\xe2\x82\"", "\"\x80\"", "\"\xf0\x80\x80\x80\"", "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(parse(bad).has_value());
    EXPECT_FALSE(validate(bad).has_value());
  }
  EXPECT_EQ(parse("\"ab\xff\"").error().offset, 3u);
}

TEST(Parse, limits_are_the_callers) {
  EXPECT_TRUE(parse("[[1]]", {.depth = 2}).has_value());
  EXPECT_EQ(parse("[[1]]", {.depth = 1}).error().offset, 1u);
  EXPECT_FALSE(parse("[1, 2]", {.bytes = 5}).has_value());
}

TEST(Parse, numbers_become_the_nearest_double) {
  EXPECT_EQ(number("0.1"), 0.1);
  EXPECT_EQ(number("17.123456789012345"), 17.123456789012345);
  EXPECT_EQ(number("1E400"), HUGE_VAL);
  EXPECT_EQ(number("-1E400"), -HUGE_VAL);
  EXPECT_EQ(number("1E-400"), 0.0);
  EXPECT_TRUE(std::signbit(number("-0")));
}

TEST(Parse, a_hostile_object_of_many_equal_keys_is_read) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"k" + std::to_string(i % 1000) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  const auto value = parse(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->object()->size(), 1000u);
  EXPECT_EQ(value->object()->begin()->second, Value(199'000));
}

Value random_value(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 0 ? 7 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random());
    case 3: {
      double d = 0;
      const auto bits = random();
      std::memcpy(&d, &bits, sizeof d);
      return std::isfinite(d) ? d : 0.5;
    }
    case 4: {
      static constexpr std::string_view kParts[] = {"a", "\"", "\\",           "\n", "\x01",
                                                    "é", "😀", "\xed\xa0\xbd", "/",  "\x7f"};
      std::string text;
      for (auto n = random() % 8; n > 0; --n) text += kParts[random() % std::size(kParts)];
      return text;
    }
    case 5: {
      Array out;
      for (auto n = random() % 5; n > 0; --n) out.push_back(random_value(random, depth - 1));
      return out;
    }
    default: {
      Object out;
      for (auto n = random() % 5; n > 0; --n) out["k" + std::to_string(random() % 9)] = random_value(random, depth - 1);
      return out;
    }
  }
}

TEST(Parse, reads_back_what_is_printed) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int i = 0; i < 3000; ++i) {
    const auto value = random_value(random, 5);
    const auto text = print(value);
    const auto again = parse(text);
    ASSERT_TRUE(again) << text << " " << again.error().text();
    ASSERT_EQ(*again, value) << text;
    ASSERT_EQ(print(*again), text);
  }
}

TEST(Parse, never_reads_past_a_text_that_is_cut_or_changed) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  const std::string good = R"({"a":[1,-2.5e+3,true,false,null,"\ud83d\ude00é\n"],"b":{"c":"d\u0041"},"e":[]})";
  for (int i = 0; i < 20'000; ++i) {
    auto text = good.substr(0, random() % (good.size() + 1));
    for (auto n = random() % 3; n > 0 && !text.empty(); --n) text[random() % text.size()] = static_cast<char>(random());
    // A copy of just this size lets the sanitizer see one byte too many.
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view view(exact.data(), exact.size());
    const auto value = parse(view);
    ASSERT_EQ(value.has_value(), validate(view).has_value()) << text;
    if (!value) {
      ASSERT_LE(value.error().offset, text.size());
      ASSERT_EQ(value.error().offset, validate(view).error().offset);
    }
  }
}

}  // namespace
}  // namespace weir::json
