// docs/triggers.md teaches with examples. Each is a file of docs/examples; the page quotes it, shows what happened in
// docs/pictures and says the same in words. WEIR_UPDATE=1 writes page and pictures anew from the examples.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenario/report.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

namespace fs = std::filesystem;

const fs::path kDocs = fs::path(WEIR_SOURCE_DIR) / "docs";
const std::string kBegin = "<!-- lesson ", kEnd = "<!-- lesson ends -->\n";

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> stems(const fs::path& folder, const std::string& ending) {
  std::set<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(ending)) out.insert(name.substr(0, name.size() - ending.size()));
  }
  return out;
}

std::string cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

struct Lesson {
  Outcome outcome;
  std::string page, svg;
};

// One test an example, so that text and picture tell the same.
Lesson lesson(const std::string& name) {
  Lesson out;
  const auto yaml = text_of_file(kDocs / "examples" / (name + ".test.yaml"));
  const auto file = read_tests(yaml, name + ".test.yaml");
  if (!file || file->file.tests.size() != 1) {
    out.outcome = {name, "", false, file ? "has not exactly one test" : pipeline::text_of(file.error())};
    return out;
  }
  out.outcome = Player(*file, no_files).play(0, {.draw = true});
  const auto& picture = *out.outcome.picture;
  out.svg = svg_of(picture);
  out.page =
      "\n```yaml\n" + yaml + "```\n\n![Timeline: " + picture.title + "](pictures/" + name +
      ".svg)\n\n<details><summary>The picture in words</summary>\n\n| time | what happens | because |\n|---|---|---|\n";
  for (const auto& row : words_of(picture))
    out.page += "| " + row.time + " | " + cell(row.what) + " | " + cell(row.why) + " |\n";
  out.page += "\n</details>\n\n";
  return out;
}

// The page with its lessons written by `write`; what stands between them stays.
std::string with_lessons(const std::string& page, std::vector<std::string>& names) {
  std::string out;
  std::size_t at = 0;
  for (auto begin = page.find(kBegin); begin != std::string::npos; begin = page.find(kBegin, at)) {
    const auto name_at = begin + kBegin.size();
    const auto name = page.substr(name_at, page.find(" -->", name_at) - name_at);
    const auto body = page.find('\n', name_at) + 1;
    const auto next = page.find(kBegin, body), end = page.find(kEnd, body);
    // A lesson that is new in the page has a beginning only.
    const bool written = end != std::string::npos && (next == std::string::npos || end <= next);
    names.push_back(name);
    out += page.substr(at, body - at) + lesson(name).page + kEnd;
    at = written ? end + kEnd.size() : body;
  }
  return out + page.substr(at);
}

TEST(Lessons, every_example_passes) {
  for (const auto& name : stems(kDocs / "examples", ".test.yaml")) {
    const auto one = lesson(name);
    EXPECT_TRUE(one.outcome.passed) << failure_text(one.outcome);
  }
}

TEST(Lessons, the_pictures_are_what_the_tests_draw) {
  const auto examples = stems(kDocs / "examples", ".test.yaml");
  if (std::getenv("WEIR_UPDATE") != nullptr) {
    fs::remove_all(kDocs / "pictures");
    fs::create_directories(kDocs / "pictures");
    for (const auto& name : examples)
      std::ofstream(kDocs / "pictures" / (name + ".svg"), std::ios::binary) << lesson(name).svg;
  }
  EXPECT_EQ(stems(kDocs / "pictures", ".svg"), examples);
  for (const auto& name : examples)
    EXPECT_TRUE(text_of_file(kDocs / "pictures" / (name + ".svg")) == lesson(name).svg)
        << "docs/pictures/" << name << ".svg is not what docs/examples/" << name
        << ".test.yaml draws today; WEIR_UPDATE=1 draws it anew";
}

TEST(Lessons, the_page_quotes_each_example_once_and_tells_each_picture_in_words) {
  const auto path = kDocs / "triggers.md";
  const auto page = text_of_file(path);
  std::vector<std::string> names;
  const auto expected = with_lessons(page, names);
  if (std::getenv("WEIR_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << expected;
  EXPECT_TRUE(text_of_file(path) == expected)
      << "docs/triggers.md does not say what docs/examples do; WEIR_UPDATE=1 writes it anew";
  std::ranges::sort(names);
  const auto examples = stems(kDocs / "examples", ".test.yaml");
  EXPECT_EQ(names, std::vector<std::string>(examples.begin(), examples.end()));
}

TEST(Lessons, the_page_has_no_yaml_that_is_not_played) {
  const auto page = text_of_file(kDocs / "triggers.md");
  std::size_t blocks = 0, lessons = 0;
  for (auto at = page.find("```yaml"); at != std::string::npos; at = page.find("```yaml", at + 1)) ++blocks;
  for (auto at = page.find(kEnd); at != std::string::npos; at = page.find(kEnd, at + 1)) ++lessons;
  EXPECT_EQ(blocks, lessons);
  EXPECT_GE(lessons, 30u);
}

// Each rule that is served has a place in the page that teaches.
TEST(Lessons, the_page_names_every_command_of_people) {
  const auto page = text_of_file(kDocs / "triggers.md");
  for (const char* word :
       {"weir explain", "weir mark",     "weir skip", "weir accept",     "weir approve", "weir run --now", "weir pause",
        "weir rerun",   "weir backfill", "catchup",   "onUpstreamRerun", "joinOn",       "maxAge",         "atLeast",
        "each: last",   "offset: -1",    "formerly",  "external: true",  "startBy",      "onLate"})
    EXPECT_NE(page.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace weir::scenario
