#include "json/print.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"

namespace weir::json {
namespace {

TEST(Print, is_compact) { EXPECT_EQ(print(*parse("{ \"a\" : [1, {}, []] }")), R"({"a":[1,{},[]]})"); }

TEST(Print, pretty_is_for_people) {
  EXPECT_EQ(print_pretty(*parse(R"({"a":[1,2],"b":{},"c":[],"d":{"e":null}})")), R"({
  "a": [
    1,
    2
  ],
  "b": {},
  "c": [],
  "d": {
    "e": null
  }
})");
}

TEST(Print, strings_escape_only_what_must_be) {
  EXPECT_EQ(quote("a\"b\\c\n\x01é/"), "\"a\\\"b\\\\c\\n\\u0001é/\"");
  EXPECT_EQ(quote("\xed\xa0\xbd"), "\"\\ud83d\"");
  EXPECT_EQ(quote("\xed\x9f\xbf"), "\"\xed\x9f\xbf\"");  // U+D7FF is no surrogate
  EXPECT_EQ(quote(""), "\"\"");
}

TEST(Print, appends_to_a_text) {
  std::string out = "x=";
  append_quoted(out, "y");
  append_value(out, Value(Array{1, 2}));
  EXPECT_EQ(out, "x=\"y\"[1,2]");
}

}  // namespace
}  // namespace weir::json
