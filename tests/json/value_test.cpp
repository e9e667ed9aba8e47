#include "json/value.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"

namespace weir::json {
namespace {

TEST(Value, knows_its_type) {
  EXPECT_EQ(Value().type_name(), "null");
  EXPECT_EQ(Value(true).type_name(), "boolean");
  EXPECT_EQ(Value(1).type_name(), "number");
  EXPECT_EQ(Value("x").type_name(), "string");
  EXPECT_EQ(Value(Array{}).type_name(), "array");
  EXPECT_EQ(Value(Object{}).type_name(), "object");
  EXPECT_EQ(Value("x").number(), nullptr);
  EXPECT_EQ(Value("x").boolean(), std::nullopt);
  EXPECT_EQ(Value(1).find("a"), nullptr);
}

TEST(Value, equality_looks_at_no_order_of_keys) {
  EXPECT_EQ(*parse(R"({"a":1,"b":[2,"x"]})"), *parse(R"({"b":[2.0,"x"],"a":1})"));
  EXPECT_FALSE(*parse(R"({"a":1})") == *parse(R"({"a":1,"b":2})"));
  EXPECT_FALSE(*parse(R"({"a":null})") == *parse(R"({"b":null})"));
  EXPECT_FALSE(*parse("[1,2]") == *parse("[2,1]"));
  EXPECT_FALSE(Value(0) == Value(false));
}

TEST(Object, keeps_the_order_of_insertion) {
  Object o;
  o["z"] = 1;
  o["a"] = 2;
  o["m"] = 3;
  o["z"] = 4;
  EXPECT_EQ(print(o), R"({"z":4,"a":2,"m":3})");
  EXPECT_TRUE(o.erase("z"));
  EXPECT_FALSE(o.erase("z"));
  EXPECT_EQ(print(o), R"({"a":2,"m":3})");
  EXPECT_TRUE(o.contains("a"));
  EXPECT_EQ(*o.find("m"), Value(3));
}

TEST(Object, of_duplicates_the_last_stands_at_the_first_place) {
  EXPECT_EQ(print(Object::of({{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}, {"b", 5}})), R"({"a":3,"b":5,"c":4})");
}

}  // namespace
}  // namespace weir::json
