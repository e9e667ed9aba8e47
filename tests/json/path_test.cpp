#include "json/path.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"

namespace weir::json {
namespace {

const Value& shop() {
  static const Value value = parse(R"({
    "books": [
      {"title": "Emma", "price": 8, "kind": "novel", "tags": ["a", "b"]},
      {"title": "Faust", "price": 12.5, "kind": "play", "sold": true},
      {"title": "Dune", "price": 20, "kind": "novel", "tags": []}
    ],
    "limit": 10, "a b": {"c.d": 1}, "grüße": "hallo", "lists": [0, 1, 2, 3, 4, 5]
  })")
                                 .value();
  return value;
}

std::string select(std::string_view path, const Value& root = shop()) {
  const auto compiled = compile_path(path);
  if (!compiled) return compiled.error().text();
  std::string out;
  for (const auto* found : compiled->select(root)) out += (out.empty() ? "" : " ") + print(*found);
  return out;
}

std::string assign(std::string_view path, std::string_view root_text, Value value) {
  auto root = parse(root_text).value();
  const auto r = compile_path(path).value().assign(root, std::move(value));
  return r ? print(root) : r.error().text() + " | " + print(root);
}

TEST(Path, references_name_one_place) {
  EXPECT_EQ(select("$.limit"), "10");
  EXPECT_EQ(select("$['a b']['c.d']"), "1");
  EXPECT_EQ(select("$[\"a b\"]"), R"({"c.d":1})");
  EXPECT_EQ(select("$.grüße"), "\"hallo\"");
  EXPECT_EQ(select("$.books[1].title"), "\"Faust\"");
  EXPECT_EQ(select("$", Value(1)), "1");
  EXPECT_EQ(select("$.nothing.there"), "");
  EXPECT_EQ(select("$.books[7]"), "");
  EXPECT_EQ(select("$.limit.x"), "");
}

TEST(Path, knows_whether_it_is_a_reference) {
  for (const auto* text : {"$", "$.a", "$['a'].b[0]"}) EXPECT_TRUE(compile_path(text)->is_reference()) << text;
  for (const auto* text : {"$.*", "$..a", "$[0:1]", "$['a','b']", "$[-1]", "$[?(@.a)]"})
    EXPECT_FALSE(compile_path(text)->is_reference()) << text;
}

TEST(Path, wildcards_unions_and_slices) {
  EXPECT_EQ(select("$.books[*].price"), "8 12.5 20");
  EXPECT_EQ(select("$.books.*.price"), "8 12.5 20");
  EXPECT_EQ(select("$.books[0]['title','price']"), "\"Emma\" 8");
  EXPECT_EQ(select("$.lists[0,2,-1]"), "0 2 5");
  EXPECT_EQ(select("$.lists[1:3]"), "1 2");
  EXPECT_EQ(select("$.lists[:2]"), "0 1");
  EXPECT_EQ(select("$.lists[-2:]"), "4 5");
  EXPECT_EQ(select("$.lists[::2]"), "0 2 4");
  EXPECT_EQ(select("$.lists[::-2]"), "5 3 1");
  EXPECT_EQ(select("$.lists[4:1:-1]"), "4 3 2");
  EXPECT_EQ(select("$.lists[10:20]"), "");
  EXPECT_EQ(select("$.lists[0:9007199254740992:9007199254740992]"), "0");
}

TEST(Path, two_dots_look_at_all_that_is_below) {
  EXPECT_EQ(select("$..price"), "8 12.5 20");
  EXPECT_EQ(select("$.books..tags[0]"), "\"a\"");
  EXPECT_EQ(select("$..*", *parse(R"({"a":{"b":1}})")), "{\"b\":1} 1");
  EXPECT_EQ(select("$..[0]", *parse("[[1],[2]]")), "[1] 1 2");
}

TEST(Path, filters_choose_elements) {
  EXPECT_EQ(select("$.books[?(@.price > 10)].title"), "\"Faust\" \"Dune\"");
  EXPECT_EQ(select("$.books[?(@.price > 10 && @.kind == 'novel')].title"), "\"Dune\"");
  EXPECT_EQ(select("$.books[?(@.sold || @.price<=8)].title"), "\"Emma\" \"Faust\"");
  EXPECT_EQ(select("$.books[?(!@.sold)].title"), "\"Emma\" \"Dune\"");
  EXPECT_EQ(select("$.books[?(!(@.kind == \"novel\"))].title"), "\"Faust\"");
  EXPECT_EQ(select("$.books[?@.price >= $.limit].price"), "12.5 20");
  EXPECT_EQ(select("$.books[?(@.sold != true)].price"), "8 20");
  EXPECT_EQ(select("$.books[?(@.tags[0] == 'a')].price"), "8");
  EXPECT_EQ(select("$.books[?(@.price == 20.0)].price"), "20");
  EXPECT_EQ(select("$.lists[?(@ > 1 && @ < 4)]"), "2 3");
  EXPECT_EQ(select("$.books[?(@.price > 'x')]"), "");
}

TEST(Path, a_wrong_path_says_where) {
  EXPECT_EQ(select("a.b"), "path 'a.b', column 1: a path begins with '$'");
  EXPECT_EQ(select("$.a["), "path '$.a[', column 5: expected a number, a name in quotes, '*' or '?'");
  EXPECT_EQ(select("$.a b"), "path '$.a b', column 4: unexpected ' '");
  EXPECT_EQ(select("$[?(@.a = 1)]"), "path '$[?(@.a = 1)]', column 9: unknown operator; equality is written '=='");
  for (const auto* bad :
       {"", "$.", "$..", "$[", "$[]", "$['a", "$[1", "$[1:2:0]", "$[?(]", "$[?(@.a", "$[?(@.a ==)]", "$[?(1)]",
        "$.a.length()", "$[?(@..a == 1)]", "$..a..b..c..d", "$[99999999999999999999]", "$$.a", "$[?(@.a == x)]"})
    EXPECT_FALSE(compile_path(bad).has_value()) << bad;
  EXPECT_FALSE(compile_path("$[?" + std::string(100'000, '(') + "1").has_value());
  EXPECT_FALSE(compile_path("$[?" + std::string(100'000, '!') + "@.a]").has_value());
}

TEST(Path, assign_makes_objects_on_the_way) {
  EXPECT_EQ(assign("$", R"({"a":1})", 2), "2");
  EXPECT_EQ(assign("$.a", R"({"a":1,"b":2})", 3), R"({"a":3,"b":2})");
  EXPECT_EQ(assign("$.x.y.z", R"({"a":1})", "v"), R"({"a":1,"x":{"y":{"z":"v"}}})");
  EXPECT_EQ(assign("$.a.b", R"({"a":null})", 1), R"({"a":{"b":1}})");
  EXPECT_EQ(assign("$.a[1].b", R"({"a":[0,{}]})", 1), R"({"a":[0,{"b":1}]})");
}

TEST(Path, an_assignment_that_cannot_be_leaves_all_as_it_was) {
  EXPECT_EQ(
      assign("$.a.b", R"({"a":"x"})", 1),
      "path '$.a.b': cannot set \"b\": what should hold it is of type string; give another path, or pass an object | "
      R"({"a":"x"})");
  EXPECT_EQ(assign("$.a[2]", R"({"a":[0]})", 1),
            "path '$.a[2]': there is no element [2] to set; only elements that exist can be set | "
            R"({"a":[0]})");
  EXPECT_EQ(assign("$.x.y[0]", "{}", 1),
            "path '$.x.y[0]': there is no array to set element [0] of; only elements that exist can be set | {}");
}

}  // namespace
}  // namespace weir::json
