// What a picture shows, and that it says the same in words.
#include "scenario/picture.hpp"

#include <gtest/gtest.h>

#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

const std::string kPair =
    "pipelines:\n  - {name: a, trigger: {schedule: {hour: 3}}}\n"
    "  - {name: d, trigger: {executions: {allOf: [{name: a}]}}}\ntests:\n  - name: x\n    timeline:\n";

Picture drawn(const std::string& text) {
  const auto file = read_tests(text, "x.test.yaml");
  if (!file) {
    ADD_FAILURE() << pipeline::text_of(file.error());
    return {};
  }
  const auto outcome = Player(*file, no_files).play(0, {.draw = true});
  return outcome.picture ? *outcome.picture : Picture{};
}

std::string words(const Picture& picture) {
  std::string out;
  for (const auto& row : words_of(picture))
    out += row.time + " | " + row.what + (row.why.empty() ? "" : " | " + row.why) + "\n";
  return out;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++out;
  return out;
}

TEST(Picture, a_test_is_drawn_only_when_it_is_asked_for) {
  const auto file = read_tests(kPair + "      - at: 04:00\n", "x.test.yaml");
  ASSERT_TRUE(file);
  EXPECT_FALSE(Player(*file, no_files).play(0).picture);
  EXPECT_TRUE(Player(*file, no_files).play(0, {.draw = true}).picture);
}

TEST(Picture, tells_in_words_who_used_whom_and_why_it_started) {
  EXPECT_EQ(words(drawn(kPair + "      - at: 04:00\n        run: a 2026-01-01 FAILED\n"
                                "        expect: {d 2026-01-01: {outOfDate: true, waitsFor: [a]}}\n")),
            "2026-01-01 03:00 | a 2026-01-01 #1 SUCCEEDED | its scheduled time has come\n"
            " | d 2026-01-01 #1 SUCCEEDED | used a 2026-01-01 #1\n"
            "2026-01-01 04:00 | run a 2026-01-01\n"
            " | a 2026-01-01 #2 FAILED | a person started it\n"
            " | d: 2026-01-01 is out of date\n"
            " | d 2026-01-01 waits for a | a: the run of 2026-01-01 is FAILED\n");
}

// Ids are other ones when the engine takes more of them; a picture that shows none stays as it is.
TEST(Picture, shows_no_ids) {
  const auto picture = drawn(
      "pipelines:\n  - {name: a, window: run}\n"
      "  - {name: d, window: none, trigger: {executions: {allOf: [{name: a}]}}}\n"
      "tests:\n  - name: x\n    timeline:\n      - run: a\n      - run: a\n");
  ASSERT_GE(picture.runs.size(), 3u);
  EXPECT_EQ(picture.runs[0].label, "run 1");
  EXPECT_EQ(picture.runs[1].label, "run 1");
  EXPECT_EQ(picture.runs[2].label, "run 2");
}

TEST(Picture, an_arrow_goes_from_each_run_that_was_used) {
  const auto svg = svg_of(drawn(kPair + "      - at: 2026-01-02 04:00\n"));
  EXPECT_EQ(count(svg, "class=\"arrow\" d="), 2u);
  EXPECT_EQ(count(svg, "class=\"good\""), 4u);
  EXPECT_EQ(count(svg, "class=\"wait\""), 0u);
}

TEST(Picture, a_status_is_a_sign_and_a_word_beside_its_colour) {
  const auto svg = svg_of(drawn(kPair + "      - given: {a: FAILED}\n      - at: 04:00\n"));
  EXPECT_NE(svg.find("class=\"bad\""), std::string::npos);
  EXPECT_NE(svg.find("class=\"sign sbad\""), std::string::npos);
  EXPECT_NE(svg.find(">2026-01-01 #1 FAILED</text>"), std::string::npos);
}

TEST(Picture, a_key_that_waits_is_hatched_until_its_run) {
  const auto picture = drawn(kPair +
                             "      - given: {a: SUCCEEDED after 1h}\n      - at: 03:30\n"
                             "        expect: {d 2026-01-01: {waitsFor: [a]}}\n      - at: 05:00\n");
  ASSERT_EQ(picture.waits.size(), 1u);
  EXPECT_EQ(picture.waits[0].waits_for, "a");
  ASSERT_EQ(picture.runs.size(), 2u);
  EXPECT_EQ(picture.waits[0].until, picture.runs[1].run);
  EXPECT_EQ(count(svg_of(picture), "class=\"wait\""), 1u);
}

TEST(Picture, what_people_did_and_what_was_refused_stands_above) {
  const auto picture = drawn(kPair + "      - {delete: a, refused: is needed by}\n      - {pause: d}\n");
  ASSERT_EQ(picture.scenes.size(), 2u);
  EXPECT_EQ(picture.scenes[0].deeds, std::vector<std::string>{"delete a: refused"});
  EXPECT_EQ(picture.scenes[1].deeds, std::vector<std::string>{"pause d"});
}

TEST(Picture, a_missed_window_and_a_missed_deadline_are_marked) {
  const auto missed = drawn(
      "pipelines: {name: a, trigger: {catchup: none, schedule: {hour: 3}}}\n"
      "tests:\n  - name: x\n    timeline:\n      - outage: 2d\n");
  ASSERT_EQ(missed.marks.size(), 1u);
  EXPECT_EQ(missed.marks[0].text.substr(0, 6), "MISSED");
  const auto late = drawn(
      "pipelines:\n  - {name: b, window: day}\n"
      "  - {name: d, trigger: {expect: {startBy: \"07:00\"}, executions: {allOf: [{name: b}]}}}\n"
      "tests:\n  - name: x\n    timeline:\n      - at: 08:00\n");
  ASSERT_EQ(late.marks.size(), 1u);
  EXPECT_EQ(late.marks[0].text, "LATE_START 2026-01-01");
}

TEST(Picture, names_are_escaped_so_that_it_is_xml) {
  auto picture = drawn(kPair + "      - at: 04:00\n");
  picture.title = "a < b & \"c\"";
  const auto svg = svg_of(picture);
  EXPECT_NE(svg.find("<title id=\"t\">a &lt; b &amp; &quot;c&quot;</title>"), std::string::npos);
  EXPECT_EQ(count(svg, "<g>"), count(svg, "</g>"));
}

TEST(Picture, has_colours_for_dark_pages) {
  EXPECT_NE(svg_of({}).find("prefers-color-scheme:dark"), std::string::npos);
}

TEST(Picture, the_same_test_gives_the_same_bytes) {
  const auto text = kPair + "      - at: 2026-01-03 04:00\n        run: a 2026-01-02\n";
  EXPECT_EQ(svg_of(drawn(text)), svg_of(drawn(text)));
}

}  // namespace
}  // namespace weir::scenario
