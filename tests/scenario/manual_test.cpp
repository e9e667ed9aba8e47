// The examples of docs/reference/test-files.md are played: what the manual shows is what is.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "scenario/read.hpp"
#include "scenario/report.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

std::string manual() {
  std::ifstream in(std::string(WEIR_SOURCE_DIR) + "/docs/reference/test-files.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> examples() {
  std::vector<std::string> out;
  const auto text = manual();
  const std::string begin = "<!-- played -->\n```yaml\n", end = "\n```";
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    out.push_back(text.substr(at, text.find(end, at) - at));
  }
  return out;
}

TEST(Manual, its_examples_pass) {
  const auto all = examples();
  ASSERT_EQ(all.size(), 2u);
  for (const auto& example : all)
    for (const auto& outcome : play_all(example)) EXPECT_TRUE(outcome.passed) << failure_text(outcome);
}

TEST(Manual, names_every_word_of_the_language) {
  const auto text = manual();
  for (const auto& word : words_of(test_file_schema()))
    EXPECT_NE(text.find(word), std::string::npos) << word << " is not in docs/reference/test-files.md";
}

}  // namespace
}  // namespace weir::scenario
