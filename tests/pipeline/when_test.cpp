// Conditions as the workflow engine judges them.
#include "pipeline/when.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "workflow/choice.hpp"

namespace weir::pipeline {
namespace {

PipelineSpec spec_of_parameters() {
  PipelineSpec spec;
  for (const auto* name : {"n", "text", "flag", "nothing", "absent"}) spec.parameters[name] = {};
  return spec;
}

bool holds(std::string_view when) {
  const auto spec = spec_of_parameters();
  auto rule = compile_when(when, {spec, {}, false});
  EXPECT_TRUE(rule.has_value()) << when << ": " << rule.error().text();
  if (!rule) return false;
  (*rule)["Next"] = "x";
  std::vector<Problem> problems;
  const auto condition = workflow::compile_condition(json::Value(*rule), true, "when", problems);
  EXPECT_TRUE(problems.empty()) << when << ": " << problems.front().text();
  const auto input = *json::parse(R"({"run": {"parameters": {"n": 5, "text": "de", "flag": true, "nothing": null}}})");
  const json::Value none;
  const std::function<const json::Value&()> context = [&]() -> const json::Value& { return none; };
  const auto out = workflow::holds(condition, {input, context});
  EXPECT_TRUE(out.has_value()) << when << ": " << out.error().cause;
  return out && *out;
}

std::string problem(std::string_view when) {
  const auto spec = spec_of_parameters();
  const auto rule = compile_when(when, {spec, {}, false});
  return rule ? "" : rule.error().text();
}

TEST(When, compares_with_numbers_texts_and_booleans) {
  EXPECT_TRUE(holds("${parameters.n} == 5"));
  EXPECT_TRUE(holds("${parameters.n} == 5.0"));
  EXPECT_TRUE(holds("${parameters.n} > 4 and ${parameters.n}<=5"));
  EXPECT_FALSE(holds("${parameters.n} < 5"));
  EXPECT_TRUE(holds("${parameters.text} == de"));
  EXPECT_TRUE(holds("${parameters.text} == 'de'"));
  EXPECT_TRUE(holds("${parameters.text} >= \"d\""));
  EXPECT_TRUE(holds("${parameters.flag}"));
  EXPECT_TRUE(holds("${parameters.flag} == true"));
  EXPECT_TRUE(holds("${parameters.text} in [at, de]"));
  EXPECT_FALSE(holds("${parameters.text} in [at, ch]"));
}

TEST(When, kinds_are_never_equal_to_each_other) {
  EXPECT_FALSE(holds("${parameters.n} == '5'"));
  EXPECT_TRUE(holds("${parameters.n} != '5'"));
  EXPECT_FALSE(holds("${parameters.text} > 1"));
  EXPECT_FALSE(holds("${parameters.n}"));
}

TEST(When, what_is_not_there_is_null) {
  for (const auto* path : {"${parameters.absent}", "${parameters.nothing}", "${parameters.absent.deep[0]}"}) {
    const std::string p = path;
    EXPECT_TRUE(holds(p + " == null"));
    EXPECT_FALSE(holds(p + " != null"));
    EXPECT_FALSE(holds(p + " == 5"));
    EXPECT_TRUE(holds(p + " != 5"));
    EXPECT_FALSE(holds(p + " > 5"));
    EXPECT_FALSE(holds(p + " <= 5"));
    EXPECT_FALSE(holds(p));
  }
}

TEST(When, and_binds_tighter_than_or) {
  EXPECT_TRUE(holds("${parameters.flag} or ${parameters.absent} and ${parameters.absent}"));
  EXPECT_FALSE(holds("(${parameters.flag} or ${parameters.absent}) and ${parameters.absent}"));
  EXPECT_TRUE(holds("not ${parameters.absent} and ${parameters.flag}"));
  EXPECT_FALSE(holds("not (${parameters.absent} or ${parameters.flag})"));
  EXPECT_TRUE(holds("not not ${parameters.flag}"));
}

TEST(When, mistakes_are_named_with_their_column) {
  EXPECT_EQ(problem("true"),
            "'true', column 1: expected a path; write ${parameters.NAME}, ${steps.NAME.result}, ... at "
            "the left of a comparison");
  EXPECT_EQ(problem("${parameters.m} == 5"), "${parameters.m}: there is no such parameter; did you mean 'n'?");
  EXPECT_EQ(problem("${parameters.n} = 5"),
            "'${parameters.n} = 5', column 17: '= 5' is not expected; join comparisons with and, or");
  for (const auto* bad : {"${parameters.n} == ", "${parameters.n} in de", "${parameters.n} in [", "(${parameters.n}",
                          "${parameters.n} > true", "${parameters.n} == ${parameters.n}", "${parameters.n} and", "",
                          "${parameters.n} == 'x", "${parameters.n", "${parameters.n} == 5 6"})
    EXPECT_NE(problem(bad), "") << bad;
  EXPECT_NE(problem(std::string(40, '(') + "${parameters.n}" + std::string(40, ')')), "");
}

}  // namespace
}  // namespace weir::pipeline
