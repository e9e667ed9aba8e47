#include "pipeline/yaml.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

std::string first_problem(std::string_view text) {
  const auto document = read_yaml(text, "f.yaml");
  return document.problems.empty() ? "" : document.problems[0].text();
}

TEST(Yaml, keeps_scalars_as_they_are_written) {
  const auto document = read_yaml("account: 001234567012\nword: no\nversion: 1.10\nhex: 0x1F\n", "f.yaml");
  ASSERT_TRUE(document.problems.empty());
  const auto& entries = document.root->entries;
  EXPECT_EQ(entries[0].second->text, "001234567012");
  EXPECT_EQ(entries[1].second->text, "no");
  EXPECT_EQ(entries[2].second->text, "1.10");
  EXPECT_EQ(entries[3].second->text, "0x1F");
}

TEST(Yaml, says_where_keys_and_values_stand) {
  const auto document = read_yaml("a: 1\nb:\n  - x\n  -  y\n", "f.yaml");
  const auto& [key, list] = document.root->entries[1];
  EXPECT_EQ(place("f.yaml", key.mark), "f.yaml:2:1");
  EXPECT_EQ(place("f.yaml", list->items[1]->mark), "f.yaml:4:6");
}

TEST(Yaml, refuses_a_key_that_is_there_twice) {
  EXPECT_EQ(first_problem("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1: the key 'a' is there twice; remove one of the two");
}

TEST(Yaml, resolves_aliases) {
  const auto document = read_yaml("a: &x [1, 2]\nb: *x\n", "f.yaml");
  ASSERT_TRUE(document.problems.empty());
  EXPECT_EQ(document.root->entries[1].second->items.size(), 2u);
}

TEST(Yaml, refuses_aliases_that_multiply) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k ? ", *a" : "*a") + std::to_string(i - 1);
    text += "]\n";
  }
  EXPECT_NE(first_problem(text).find("more than 50000 values"), std::string::npos) << first_problem(text);
}

TEST(Yaml, refuses_an_anchor_within_itself) {
  EXPECT_NE(first_problem("a: &x [1, *x]\n").find("within its own anchor"), std::string::npos);
}

TEST(Yaml, bounds_the_depth) {
  EXPECT_EQ(first_problem(std::string(kYamlDepth, '[') + std::string(kYamlDepth, ']')), "");
  EXPECT_NE(first_problem(std::string(kYamlDepth + 1, '[') + std::string(kYamlDepth + 1, ']')).find("deeper than 32"),
            std::string::npos);
  EXPECT_NE(first_problem(std::string(100'000, '[')).find("f.yaml"), std::string::npos);
}

TEST(Yaml, bounds_the_size) {
  const std::string text = "a: " + std::string(kYamlBytes - 3, 'x');
  EXPECT_EQ(first_problem(text), "");
  EXPECT_NE(first_problem(text + "x").find("more than 1048576"), std::string::npos);
}

TEST(Yaml, refuses_what_has_no_place_in_the_files) {
  EXPECT_NE(first_problem("a: !!binary aGVsbG8=\n").find("tag"), std::string::npos);
  EXPECT_NE(first_problem("a: 1\n---\nb: 2\n").find("second document"), std::string::npos);
  EXPECT_NE(first_problem("? [a]\n: 1\n").find("must be a word"), std::string::npos);
  EXPECT_NE(first_problem("a: \"x\\0y\"\n").find("NUL"), std::string::npos);
  EXPECT_EQ(first_problem("a: x\nb: \xff\n"), "f.yaml:2:4: not UTF-8 text; save the file as UTF-8");
}

TEST(Yaml, turns_syntax_errors_into_problems_with_a_place) {
  EXPECT_EQ(first_problem("a: [1, 2\nb: 3\n").substr(0, 7), "f.yaml:");
  EXPECT_EQ(first_problem("a: b: c\n").substr(0, 9), "f.yaml:1:");
  EXPECT_EQ(first_problem("\ta: 1\n").substr(0, 9), "f.yaml:1:");
}

TEST(Yaml, reads_an_empty_document_as_nothing) {
  EXPECT_TRUE(read_yaml("", "f.yaml").problems.empty());
  EXPECT_EQ(read_yaml("", "f.yaml").root, nullptr);
}

}  // namespace
}  // namespace weir::pipeline
