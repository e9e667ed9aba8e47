#include "pipeline/yaml_format.hpp"

#include <gtest/gtest.h>

#include "tests/pipeline/spec_files.hpp"

namespace weir::pipeline {
namespace {

std::string formatted(std::string_view text) {
  const auto out = format_yaml(text, "pipeline.yaml");
  EXPECT_TRUE(out.has_value()) << out.error().front().text();
  if (!out) return {};
  EXPECT_EQ(format_yaml(*out, "pipeline.yaml").value(), *out) << "not idempotent";
  return *out;
}

TEST(FormatYaml, indents_by_four_and_lists_below_their_key) {
  EXPECT_EQ(formatted("name: x\n"
                      "trigger:\n"
                      "  schedule:\n"
                      "    hour:   3\n"
                      "steps:\n"
                      "- name: a\n"
                      "  run: ./a\n"
                      "-   name: b\n"
                      "    env:\n"
                      "      X: 1\n"),
            "name: x\n"
            "trigger:\n"
            "    schedule:\n"
            "        hour: 3\n"
            "steps:\n"
            "    - name: a\n"
            "      run: ./a\n"
            "    - name: b\n"
            "      env:\n"
            "          X: 1\n");
}

TEST(FormatYaml, keeps_comments_and_the_order_of_keys) {
  EXPECT_EQ(formatted("# what it is\n"
                      "\n"
                      "steps:          # the work\n"
                      "  # first\n"
                      "  - run: ./a # not '#b'\n"
                      "\n"
                      "\n"
                      "  # second\n"
                      "  - run: \"./b # no comment\"\n"
                      "    # at the end of the item\n"
                      "name:    x   \n"
                      "# the end\n"),
            "# what it is\n"
            "\n"
            "steps:  # the work\n"
            "    # first\n"
            "    - run: ./a  # not '#b'\n"
            "\n"
            "    # second\n"
            "    - run: \"./b # no comment\"\n"
            "      # at the end of the item\n"
            "name: x\n"
            "# the end\n");
}

TEST(FormatYaml, moves_commands_as_a_whole) {
  EXPECT_EQ(formatted("name: x\n"
                      "steps:\n"
                      "  - run: |\n"
                      "      if true; then\n"
                      "        echo   a   \n"
                      "\n"
                      "\n"
                      "      fi\n"
                      "      # of the shell\n"
                      "    timeout: 5m\n"),
            "name: x\n"
            "steps:\n"
            "    - run: |\n"
            "          if true; then\n"
            "            echo   a   \n"
            "\n"
            "\n"
            "          fi\n"
            "          # of the shell\n"
            "      timeout: 5m\n");
}

TEST(FormatYaml, leaves_brackets_as_they_are) {
  EXPECT_EQ(formatted("steps: [{run:  ./a,\n"
                      "         env: {A:  1}}]\n"
                      "name: x\n"),
            "steps: [{run:  ./a,\n"
            "         env: {A:  1}}]\n"
            "name: x\n");
}

TEST(FormatYaml, ends_lines_as_unix_does) {
  EXPECT_EQ(formatted("\n\nname: x\r\nsteps:\r\n  - run: a\r\n\r\n\r\n"), "name: x\nsteps:\n    - run: a\n");
  EXPECT_EQ(formatted("name: x"), "name: x\n");
}

TEST(FormatYaml, knows_anchors_and_lists_in_lists) {
  EXPECT_EQ(formatted("a: &base\n  x: 1\nb: *base\nc:\n- - 1\n  - 2\n-\n  d: 3\n"),
            "a: &base\n    x: 1\nb: *base\nc:\n    - - 1\n      - 2\n    -\n      d: 3\n");
}

TEST(FormatYaml, says_the_same_for_the_published_files) {
  for (const auto text : {test::kMinimal, test::kServed, test::kRich}) formatted(text);
}

TEST(FormatYaml, refuses_what_is_no_yaml) {
  const auto out = format_yaml("name: x\n\tsteps: 1\n", "pipeline.yaml");
  ASSERT_FALSE(out.has_value());
  EXPECT_TRUE(out.error().front().where.starts_with("pipeline.yaml:2")) << out.error().front().text();
}

}  // namespace
}  // namespace weir::pipeline
