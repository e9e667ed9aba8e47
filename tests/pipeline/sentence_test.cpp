#include "pipeline/sentence.hpp"

#include <gtest/gtest.h>

#include "pipeline/spec_parse.hpp"
#include "tests/pipeline/spec_files.hpp"

namespace weir::pipeline {
namespace {

std::string sentence(std::string_view text, SentenceFacts facts = {Grain::day, "UTC", ""}) {
  const auto spec = parse_pipeline(text, "pipeline.yaml");
  EXPECT_TRUE(spec) << text_of(spec.error());
  return spec ? trigger_sentence(*spec, facts) : "";
}

std::string with(std::string_view trigger) {
  return "name: d\nsteps: {run: x}\ntrigger: " + std::string(trigger) + "\n";
}

TEST(Sentence, says_a_schedule) {
  EXPECT_EQ(sentence(test::kMinimal, {Grain::day, "Europe/Berlin", "2026-11-22 03:00"}),
            "listings runs once for each day (Berlin), at 03:00; next: 2026-11-22 03:00.");
  EXPECT_EQ(sentence(with("{schedule: {hour: 0, minute: 30, covers: previous}}")),
            "d runs once for each day (UTC), at 00:30; each time is for the day before.");
}

TEST(Sentence, says_a_condition) {
  EXPECT_EQ(sentence(with("{executions: {allOf: [{name: listings, account: Account_A_ID}, "
                          "{name: searches, account: Account_B_ID}]}}"),
                     {Grain::day, "UTC", "2026-11-22 06:00"}),
            "d runs once for each day (UTC), when for that day listings (Account_A_ID) and searches (Account_B_ID) "
            "have SUCCEEDED; next: 2026-11-22 06:00.");
  EXPECT_EQ(sentence(with("{executions: {anyOf: [{name: a}, {name: b}]}}")),
            "d runs once for each day (UTC), when for that day a or b has SUCCEEDED.");
  EXPECT_EQ(sentence(with("{executions: {atLeast: 2, anyOf: [{name: a}, {name: b}, {name: c}]}}")),
            "d runs once for each day (UTC), when for that day at least 2 of a, b and c have SUCCEEDED.");
  EXPECT_EQ(sentence(with("{executions: {anyOf: [{name: a, status: FAILED, for: 15m}]}}")),
            "d runs once for each day (UTC), when for that day a has FAILED for 15m.");
  EXPECT_EQ(
      sentence(with("{executions: {allOf: [{name: a, status: RUNNING}, {name: b, status: [FAILED, TIMED_OUT]}]}}")),
      "d runs once for each day (UTC), when for that day a has started and b has FAILED or TIMED_OUT.");
}

TEST(Sentence, says_the_rich_file) {
  EXPECT_EQ(sentence(test::kServed, {Grain::day, "Europe/Berlin", "2026-11-22 06:00"}),
            "pipeline-x runs once for each day (Berlin), not before 06:00, when for that day listings (Account_A_ID), "
            "searches (Account_B_ID), all of clicks (Account_B_ID) of the day before, the newest fx-rates (finance), "
            "at most 3d old, and pipeline-x of the day before have SUCCEEDED, and prices-a (market) or prices-b "
            "(market) has SUCCEEDED; next: 2026-11-22 06:00.");
}

TEST(Sentence, says_either_of_the_two) {
  EXPECT_EQ(sentence(with("{operator: OR, schedule: {hour: 6}, executions: {allOf: {name: a}}}")),
            "d runs once for each day (UTC), at 06:00 or when for that day a has SUCCEEDED, whichever is first; once "
            "more when the condition comes after the time.");
}

TEST(Sentence, says_the_deadline) {
  const auto late = [](const std::string& expect) {
    const auto text =
        sentence(with("{schedule: {hour: 6}, expect: {" + expect + "}}"), {Grain::day, "UTC", "2026-11-22 06:00"});
    return text.substr(text.find("; ") + 2);
  };
  EXPECT_EQ(late("startBy: \"07:00\", onMiss: run"),
            "late if not started by 07:00, then with what there is; next: 2026-11-22 06:00.");
  EXPECT_EQ(late("startBy: \"07:00\", finishBy: \"+1d 02:00\", onMiss: fail"),
            "late if not started by 07:00 or finished by 02:00 a day later, then it counts as FAILED; next: 2026-11-22 "
            "06:00.");
  EXPECT_EQ(late("finishBy: \"08:30\""), "late if not finished by 08:30; next: 2026-11-22 06:00.");
}

TEST(Sentence, says_what_has_no_calendar) {
  EXPECT_EQ(sentence("name: d\nsteps: {run: x}\n"), "d runs when a person starts it.");
  EXPECT_EQ(sentence(with("{executions: {allOf: {name: a}}}"), {Grain::run, "UTC", ""}),
            "d runs once for each start, when for that start a has SUCCEEDED.");
  EXPECT_EQ(sentence(with("{executions: {allOf: {name: a}}}"), {Grain::none, "UTC", ""}),
            "d runs, when since its last start a has SUCCEEDED.");
}

}  // namespace
}  // namespace weir::pipeline
