// A written file is the file that was read.
#include "scenario/write.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "json/described.hpp"
#include "scenario/flow.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

// All that a player sees of a file. Blocks are named by their order, which writing may change.
std::string seen(const ReadFile& file) {
  auto out = json::print_described(file.file);
  for (const auto& block : file.blocks) out += "\n" + flow_text(*block);
  return out;
}

void goes_round(const std::string& text, const std::string& name) {
  const auto file = read_tests(text, name);
  ASSERT_TRUE(file.has_value()) << pipeline::text_of(file.error());
  const auto written = write_tests(*file);
  const auto again = read_tests(written, name);
  ASSERT_TRUE(again.has_value()) << pipeline::text_of(again.error()) << written;
  EXPECT_EQ(seen(*file), seen(*again)) << written;
  EXPECT_EQ(written, write_tests(*again));
}

TEST(Write, every_rule_file_goes_round) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WEIR_SOURCE_DIR) + "/tests/rules")) {
    std::ifstream in(entry.path());
    goes_round({std::istreambuf_iterator<char>(in), {}}, entry.path().filename().string());
    ++files;
  }
  EXPECT_GE(files, 12);
}

TEST(Write, short_forms_are_used_where_they_say_all) {
  ReadFile file;
  file.file.pipelines.push_back(add_block(file, "{name: a, trigger: {schedule: {hour: 3}}}"));
  Entry entry;
  entry.at = "2026-01-02 03:10";
  entry.run.push_back({"a", "2026-01-02", pipeline::RunStatus::FAILED, Millis{600'000}, false, false, {}});
  entry.expect["a 2026-01-02"].runs = 1;
  entry.expect["a"].used = std::vector<std::string>{"b#1", "b 2026-01-02#2"};
  file.file.tests.push_back({"a story: with a colon", "", {}, {}, {}, {entry}});
  EXPECT_EQ(write_tests(file, "made by hand"),
            "# made by hand\n"
            "pipelines:\n"
            "  - {name: a, trigger: {schedule: {hour: 3}}}\n"
            "tests:\n"
            "  - name: \"a story: with a colon\"\n"
            "    timeline:\n"
            "      - at: 2026-01-02 03:10\n"
            "        run: a 2026-01-02 FAILED after 10m\n"
            "        expect: {a: {used: [b#1, b 2026-01-02#2]}, a 2026-01-02: 1}\n");
}

TEST(Write, texts_that_yaml_would_read_otherwise_are_quoted) {
  for (const auto* text : {"a: b", "a #b", "null", "- a", "[a]", "a, b", "{a}", "it's \"it\"", "a\nb", "?", "*a", "#1",
                           "a:", " a ", "true", "1.10", "03:00", "b#2"}) {
    ReadFile file;
    file.file.tests.push_back({text, "", {}, {}, {}, {Entry{}}});
    file.file.tests.back().timeline.back().at = "2026-01-02";
    const auto whole = read_tests(write_tests(file), "x.test.yaml");
    ASSERT_TRUE(whole.has_value()) << text << "\n" << pipeline::text_of(whole.error());
    EXPECT_EQ(whole->file.tests.at(0).name, text);
  }
}

}  // namespace
}  // namespace weir::scenario
