#include "pipeline/expression.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

PipelineSpec spec_with_upstream() {
  PipelineSpec spec;
  spec.parameters["region"] = {};
  spec.trigger.emplace();
  spec.trigger->executions.emplace();
  ClauseSpec clause;
  clause.name = "listings";
  spec.trigger->executions->all_of.push_back(clause);
  clause.name = "a.b";
  spec.trigger->executions->any_of.push_back(clause);
  return spec;
}

std::string problem(std::string_view text, bool item = false) {
  const auto spec = spec_with_upstream();
  const auto checked = check_paths(text, {spec, {"check"}, item});
  return checked ? "" : checked.error().text();
}

TEST(Expression, every_root_has_its_place_in_the_state) {
  EXPECT_EQ(states_path("date"), "$.run.date");
  EXPECT_EQ(states_path("window"), "$.run.key");
  EXPECT_EQ(states_path("window.start"), "$.run.window_start");
  EXPECT_EQ(states_path("window.end"), "$.run.window_end");
  EXPECT_EQ(states_path("parameters.region"), "$.run.parameters.region");
  EXPECT_EQ(states_path("upstream.Listings.result.path"), "$.run.upstream.listings.result.path");
  EXPECT_EQ(states_path("upstream['a.b'].runs[0].key"), "$.run.upstream['a.b'].runs[0].key");
  EXPECT_EQ(states_path("steps.check.result.rows"), "$.steps.check.rows");
  EXPECT_EQ(states_path("steps.check-it.result"), "$.steps['check-it']");
  EXPECT_EQ(states_path("item.name"), "$.item.name");
}

TEST(Expression, a_text_around_paths_is_formatted) {
  EXPECT_EQ(states_text("${date}"), "$.run.date");
  EXPECT_EQ(states_text("dt=${date}/${parameters.region}"),
            "States.Format('dt={}/{}', $.run.date, $.run.parameters.region)");
  EXPECT_EQ(states_text("it's {${ date }} \\"), R"(States.Format('it\'s \{{}\} \\\\', $.run.date))");
  EXPECT_EQ(states_argument("it's \\ {}"), R"('it\'s \\ {}')");
  EXPECT_EQ(states_argument("${date}"), "$.run.date");
}

TEST(Expression, two_dollars_are_one) {
  EXPECT_FALSE(has_paths("$${HOME}"));
  EXPECT_EQ(read_template("a$${HOME}b").value()[0].text, "a${HOME}b");
  EXPECT_EQ(states_text("$${x}${date}"), R"(States.Format('$\{x\}{}', $.run.date))");
  EXPECT_TRUE(is_path_alone("${date}"));
  EXPECT_FALSE(is_path_alone("${date} "));
  EXPECT_FALSE(has_paths("$date costs 5$"));
}

TEST(Expression, what_is_not_there_is_named_with_the_nearest) {
  EXPECT_EQ(problem("${parameters.region} ${upstream.listings.result} ${upstream['a.b'].key} ${steps.check.result}"),
            "");
  EXPECT_EQ(problem("${item}", true), "");
  EXPECT_EQ(problem("${parameters.regoin}"),
            "${parameters.regoin}: there is no such parameter; did you mean 'region'?");
  EXPECT_EQ(problem("${upstream.listing.result}"),
            "${upstream.listing.result}: the trigger names no such pipeline; did you mean 'listings'?");
  EXPECT_EQ(problem("${steps.chekc.result}"),
            "${steps.chekc.result}: no such step has run before; did you mean 'check'?");
  EXPECT_EQ(problem("${steps.check.rows}"),
            "${steps.check.rows}: of a step there is its result; write ${steps.check.result}");
  EXPECT_EQ(problem("${item}"), "${item}: there is no item here; add 'foreach:' to the step");
  EXPECT_EQ(
      problem("${Date}"),
      "${Date}: it begins with none of date, window, parameters, upstream, steps, item, input and var; did you mean "
      "'date'?");
  EXPECT_EQ(problem("${date"), "a '${' without its '}'; close it, or write $${ for ${ itself");
  for (const auto* bad : {"${}", "${.a}", "${steps}", "${parameters.}", "${parameters.region[x]}", "${window.middle}",
                          "${parameters.region[0}", "${a b}", "${upstream.listings.rows}"})
    EXPECT_NE(problem(bad), "") << bad;
}

}  // namespace
}  // namespace weir::pipeline
