#include "pipeline/spec_diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/spec_parse.hpp"

namespace weir::pipeline {
namespace {

using testing::ElementsAre;

constexpr auto kBefore = R"(name: x
trigger:
    operator: AND
    schedule: {hour: 3}
    executions: {allOf: [{name: a}, {name: b}]}
steps:
    - {name: one, run: ./one.sh}
    - {name: two, run: ./two.sh}
)";

// "~ steps.one.run: a -> b"
std::vector<std::string> changes(const std::string& before, const std::string& after) {
  const auto old_spec = parse_pipeline(before, "p"), new_spec = parse_pipeline(after, "p");
  EXPECT_TRUE(old_spec && new_spec) << (old_spec ? text_of(new_spec.error()) : text_of(old_spec.error()));
  std::vector<std::string> out;
  for (const auto& c : diff_specs(*old_spec, *new_spec)) {
    const auto sign = c.kind == api::ChangeKind::ADDED ? "+ " : c.kind == api::ChangeKind::REMOVED ? "- " : "~ ";
    out.push_back(sign + c.part + (c.name.empty() ? "" : "." + c.name) + ": " + c.before + " -> " + c.after);
  }
  return out;
}
std::string with(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(SpecDiff, of_the_same_text_is_nothing) { EXPECT_THAT(changes(kBefore, kBefore), ElementsAre()); }

TEST(SpecDiff, names_the_key_as_the_file_does) {
  EXPECT_THAT(changes(kBefore, with(kBefore, "hour: 3", "hour: 4, covers: previous")),
              ElementsAre("~ trigger.schedule.hour: 3 -> 4", "~ trigger.schedule.covers: current -> previous"));
  EXPECT_THAT(changes(kBefore, with(kBefore, "operator: AND", "operator: OR")),
              ElementsAre("~ trigger.operator: AND -> OR"));
  EXPECT_THAT(changes(kBefore, with(kBefore, "name: x\n", "name: x\nowner: me\n")), ElementsAre("+ owner:  -> me"));
}

TEST(SpecDiff, knows_steps_by_their_names) {
  EXPECT_THAT(changes(kBefore, with(kBefore, "./one.sh", "./uno.sh")),
              ElementsAre("~ steps.one.run: ./one.sh -> ./uno.sh"));
  EXPECT_THAT(changes(kBefore, with(kBefore, "name: one", "name: uno")),
              ElementsAre("- steps.one:  -> ", "+ steps.uno:  -> "));
  EXPECT_THAT(changes(kBefore, with(kBefore, "    - {name: two, run: ./two.sh}\n", "")),
              ElementsAre("- steps.two:  -> "));
}

TEST(SpecDiff, a_moved_step_is_a_changed_order) {
  const auto moved = with(with(with(kBefore, "{name: one, run: ./one.sh}", "@"), "{name: two, run: ./two.sh}",
                               "{name: one, run: ./one.sh}"),
                          "@", "{name: two, run: ./two.sh}");
  EXPECT_THAT(changes(kBefore, moved), ElementsAre("~ steps.order: one, two -> two, one"));
}

TEST(SpecDiff, knows_upstreams_by_their_names) {
  EXPECT_THAT(changes(kBefore, with(kBefore, "{name: b}", "{name: b, status: [FAILED]}, {name: c, offset: -1}")),
              ElementsAre("~ trigger.executions.allOf.b.status: [\"SUCCEEDED\"] -> [\"FAILED\"]",
                          "+ trigger.executions.allOf.c offset -1:  -> "));
}

TEST(SpecDiff, files_are_told_by_their_paths) {
  std::vector<api::SpecChange> out;
  diff_files({{"a", false, "YQ=="}, {"b", false, "YQ=="}, {"c", false, "YQ=="}},
             {{"b", true, "YQ=="}, {"c", false, "YQ=="}, {"d", false, ""}}, out);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[0].name, "a");
  EXPECT_EQ(out[0].kind, api::ChangeKind::REMOVED);
  EXPECT_EQ(out[1].name, "b");
  EXPECT_EQ(out[1].kind, api::ChangeKind::CHANGED);
  EXPECT_EQ(out[2].name, "d");
  EXPECT_EQ(out[2].kind, api::ChangeKind::ADDED);
}

}  // namespace
}  // namespace weir::pipeline
