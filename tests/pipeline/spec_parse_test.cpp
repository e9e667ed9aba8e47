#include "pipeline/spec_parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/described.hpp"
#include "json/text.hpp"
#include "tests/pipeline/spec_files.hpp"

namespace weir::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PipelineSpec parsed(std::string_view text, const ProjectDefaults& project = {}, std::string_view environment = {}) {
  auto spec = parse_pipeline(text, "pipeline.yaml", project, environment);
  EXPECT_TRUE(spec) << text_of(spec.error());
  return spec ? *spec : PipelineSpec{};
}

std::string problems_of(std::string_view text) {
  const auto spec = parse_pipeline(text, "pipeline.yaml");
  return spec ? "" : text_of(spec.error());
}

// A pipeline with these lines in it; they begin on line 3.
std::string with(std::string_view lines) { return "name: x\nsteps: [{run: ./x}]\n" + std::string(lines); }

TEST(ParsePipeline, reads_the_minimal_file) {
  const auto spec = parsed(test::kMinimal);
  EXPECT_EQ(spec.name, "listings");
  ASSERT_TRUE(spec.trigger && spec.trigger->schedule);
  EXPECT_EQ(spec.trigger->schedule->hour, 3);
  ASSERT_EQ(spec.steps.size(), 1u);
  EXPECT_EQ(spec.steps[0].name, "step-1");
  EXPECT_EQ(spec.steps[0].run, R"(./aggregate.sh "$WEIR_DATE")");
  EXPECT_EQ(spec.steps[0].timeout, std::chrono::hours(24));
  EXPECT_EQ(spec.steps[0].retry.attempts, 1);
}

TEST(ParsePipeline, reads_the_published_blocks) {
  const auto spec = parsed(test::kServed);
  EXPECT_EQ(spec.name, "pipeline-x");
  EXPECT_EQ(spec.display_name, "pipeline-X");
  EXPECT_THAT(spec.tags, ElementsAre("metrics", "daily"));
  EXPECT_EQ(spec.window, Grain::day);
  EXPECT_EQ(spec.parameters.at("sampleRate").default_value.text, "1");
  const auto& all = spec.trigger->executions->all_of;
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].account, "Account_A_ID");
  EXPECT_THAT(all[0].status, ElementsAre(RunStatus::SUCCEEDED));
  EXPECT_EQ(all[2].each, Each::all);
  EXPECT_EQ(all[2].offset, -1);
  EXPECT_EQ(all[3].match, Match::newest);
  EXPECT_EQ(all[3].max_age, std::chrono::days(3));
  EXPECT_TRUE(is_followed(spec, all[0]));
  EXPECT_FALSE(is_followed(spec, all[3]));
  EXPECT_FALSE(is_followed(spec, all[4]));
  EXPECT_EQ(spec.trigger->executions->any_of.size(), 2u);
  EXPECT_EQ(spec.steps[1].retry.attempts, 3);
  EXPECT_EQ(spec.steps[1].retry.delay, std::chrono::minutes(1));
  EXPECT_EQ(spec.on_failure[0].name, "on-failure-1");
  EXPECT_EQ(spec.concurrency.max_runs, 2);
  ASSERT_EQ(spec.notifications.size(), 1u);
  EXPECT_EQ(spec.notifications[0].targets[1].channel, Channel::EMAIL);
  EXPECT_THAT(spec.notifications[0].targets[0].addresses, ElementsAre("data-pipeline-alerts"));
}

TEST(ParsePipeline, survives_storing_as_json) {
  const auto spec = parsed(test::kServed);
  const std::string stored = json::print_described(spec);
  const auto again = json::read_described<PipelineSpec>(*json::parse(stored));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(json::print_described(*again), stored);
}

TEST(ParsePipeline, reads_a_pool_without_case_and_a_priority) {
  const auto spec = parsed(test::kRich);
  EXPECT_EQ(spec.concurrency.pool, "warehouse");
  EXPECT_EQ(spec.concurrency.priority, 0);
  EXPECT_EQ(parsed(with("concurrency: {pool: Warehouse, priority: -3}\n")).concurrency.pool, "warehouse");
}

TEST(ParsePipeline, names_every_key_that_is_not_served_yet_at_once) {
  EXPECT_EQ(problems_of("name: x\ncompute: {type: emr}\nsteps: [{emr: j-1}]\n"),
            "pipeline.yaml:2:17: compute.type: 'emr' is not served yet; it comes with 0.2.0; until then: one of local, "
            "queue, spark\n"
            "pipeline.yaml:3:10: steps[0].emr: 'emr' is not served yet; it comes with 0.2.0; remove it until then\n");
}

TEST(ParsePipeline, places_a_wrong_word_and_names_the_nearest) {
  EXPECT_EQ(problems_of(with("trigger:\n  executions:\n    allOf:\n      - name: a\n        status: SUCESS\n")),
            "pipeline.yaml:7:17: trigger.executions.allOf[0].status: expected one of SUCCESS, SUCCEEDED, FAILED, "
            "TIMED_OUT, ABORTED, RUNNING, got 'SUCESS'; did you mean 'SUCCESS'?\n");
}

TEST(ParsePipeline, names_the_nearest_key) {
  EXPECT_EQ(problems_of("name: x\nstpes: [{run: ./x}]\n"),
            "pipeline.yaml:2:1: stpes: unknown key 'stpes'; did you mean 'steps'?\n");
  EXPECT_EQ(problems_of(with("zebra: 1\nshare: {quux: 1}\n")),
            "pipeline.yaml:3:1: zebra: unknown key 'zebra'; pipeline has name, description, owner, account, tags, "
            "timezone, window, since, parameters, compute, trigger, steps, onFailure, finally, inputs, outputs, share, "
            "concurrency, notifications, secrets, key, external, reports, formerly\n"
            "pipeline.yaml:4:9: share.quux: unknown key 'quux'; share has with, result\n");
}

TEST(ParsePipeline, refuses_on_as_a_key) {
  EXPECT_EQ(problems_of(with("on: {schedule: {hour: 3}}\n")),
            "pipeline.yaml:3:1: on: no key is called 'on'; write 'trigger'\n");
}

TEST(ParsePipeline, reports_all_problems_of_a_file) {
  EXPECT_EQ(
      problems_of("name: my pipeline\n"
                  "timezone: Europe/Berlni\n"
                  "since: 2026-02-30\n"
                  "trigger: {schedule: {hour: 24, minute: x}}\n"
                  "steps:\n"
                  "  - timeout: 5 minutes\n"),
      "pipeline.yaml:1:7: name: expected a name of letters, digits, '-', '_' and '.', at most 60, got 'my "
      "pipeline'; choose another name\n"
      "pipeline.yaml:2:11: timezone: unknown time zone 'Europe/Berlni'; did you mean 'Europe/Berlin'?\n"
      "pipeline.yaml:3:8: since: expected a date like 2026-01-31, got '2026-02-30'\n"
      "pipeline.yaml:4:28: trigger.schedule.hour: expected a whole number from 0 to 23, got '24'; write 0 to 23\n"
      "pipeline.yaml:4:40: trigger.schedule.minute: expected a whole number from 0 to 59, got 'x'; write digits only\n"
      "pipeline.yaml:6:14: steps[0].timeout: expected a duration like 90s, 15m, 2h or 3d, got '5 minutes'; "
      "write a whole number and s, m, h or d\n"
      "pipeline.yaml:6:5: steps[0]: the step has no work; add 'run:' with a command, or 'spark:'\n");
}

TEST(ParsePipeline, compares_words_and_pipeline_names_without_case) {
  const auto spec =
      parsed(with("window: DAY\n"
                  "trigger: {executions: {operator: or, allOf: {name: Listings, status: succeeded}}}\n"));
  EXPECT_EQ(spec.window, Grain::day);
  EXPECT_EQ(spec.trigger->executions->op, Operator::OR);
  EXPECT_EQ(spec.trigger->executions->all_of[0].name, "listings");
  EXPECT_THAT(spec.trigger->executions->all_of[0].status, ElementsAre(RunStatus::SUCCEEDED));
}

TEST(ParsePipeline, keeps_texts_that_yaml_would_guess_at) {
  const auto spec = parsed(with("account: 001234567012\nowner: no\ntags: [1.10, true]\n"));
  EXPECT_EQ(spec.account, "001234567012");
  EXPECT_EQ(spec.owner, "no");
  EXPECT_THAT(spec.tags, ElementsAre("1.10", "true"));
}

TEST(ParsePipeline, demands_an_operator_between_schedule_and_executions) {
  EXPECT_EQ(problems_of(with("trigger: {schedule: {hour: 3}, executions: {allOf: {name: a}}}\n")),
            "pipeline.yaml:3:1: trigger: the key 'operator' is missing: schedule and executions are both there; add "
            "'operator: AND' (both) or 'operator: OR' (either)\n");
}

TEST(ParsePipeline, refuses_triggers_that_say_nothing_or_two_things) {
  EXPECT_THAT(problems_of(with("trigger: {catchup: all}\n")), HasSubstr("neither schedule nor executions"));
  EXPECT_THAT(problems_of(with("trigger: {executions: {operator: OR}}\n")), HasSubstr("neither allOf nor anyOf"));
  EXPECT_THAT(problems_of(with("trigger: {schedule: {weekdays: MON}}\n")), HasSubstr("no time is given"));
  EXPECT_THAT(problems_of(with("trigger: {schedule: {hour: 3, cron: '0 3 * * *'}}\n")),
              HasSubstr("exclude each other"));
  EXPECT_THAT(problems_of(with("trigger: {schedule: {cron: '0 25 * * *'}}\n")),
              HasSubstr("trigger.schedule.cron: cron"));
  EXPECT_THAT(problems_of(with("trigger: {executions: {allOf: {name: a, maxAge: 1d}}}\n")),
              HasSubstr("maxAge goes with 'match: newest' only"));
  EXPECT_THAT(problems_of(with("trigger: {executions: {allOf: {name: a, offset: 1}}}\n")),
              HasSubstr("offset: expected"));
  EXPECT_THAT(problems_of(with("trigger: {executions: {allOf: [{name: a}, {name: A}]}}\n")),
              HasSubstr("trigger.executions.allOf[1]: the same as trigger.executions.allOf[0]"));
}

TEST(ParsePipeline, refuses_to_wait_for_itself_in_the_same_window) {
  EXPECT_THAT(problems_of(with("trigger: {executions: {allOf: {name: X}}}\n")),
              HasSubstr("'x' would wait for itself in the same window: x -> x"));
  EXPECT_EQ(problems_of(with("trigger: {executions: {allOf: {name: X, offset: -1}}}\n")), "");
}

TEST(ParsePipeline, demands_steps) {
  EXPECT_EQ(
      problems_of("name: x\n"),
      "pipeline.yaml:1:1: the key 'steps' is missing; add 'steps:', and below it a line '- run: ' with a command\n");
  EXPECT_THAT(problems_of("name: x\nsteps: []\n"), HasSubstr("pipeline.yaml:2:8: steps: the list is empty"));
  EXPECT_THAT(problems_of("name: x\nsteps:\n"), HasSubstr("expected a block of step, got nothing"));
  EXPECT_THAT(problems_of("name: x\nsteps: [{run: ' '}]\n"), HasSubstr("the command is empty"));
  EXPECT_THAT(problems_of(""), HasSubstr("the document is empty"));
}

TEST(ParsePipeline, demands_that_steps_have_names_of_their_own) {
  EXPECT_EQ(problems_of("name: x\nsteps: [{name: a, run: x}]\nfinally: [{name: a, run: y}]\n"),
            "pipeline.yaml:3:12: finally[0].name: the name 'a' is already that of steps[0]; give each step a name of "
            "its own\n");
}

TEST(ParsePipeline, prints_the_circle_of_needs) {
  EXPECT_EQ(problems_of("name: x\nsteps:\n"
                        "  - {name: a, run: x, needs: c}\n"
                        "  - {name: b, run: x, needs: [a]}\n"
                        "  - {name: c, run: x, needs: [b]}\n"),
            "pipeline.yaml:4:31: steps[1].needs: steps need each other in a circle: a -> c -> b -> a; remove one of "
            "these needs\n");
  EXPECT_THAT(problems_of("name: x\nsteps: [{name: a, run: x, needs: zz}]\n"), HasSubstr("there is no step 'zz'"));
}

TEST(ParsePipeline, tells_an_absent_needs_from_an_empty_one) {
  const auto spec = parsed("name: x\nsteps: [{name: a, run: x}, {name: b, run: x, needs: []}]\n");
  EXPECT_FALSE(spec.steps[0].needs.has_value());
  ASSERT_TRUE(spec.steps[1].needs.has_value());
  EXPECT_TRUE(spec.steps[1].needs->empty());
}

TEST(ParsePipeline, turns_defaults_of_parameters_into_json_of_their_type) {
  const auto spec = parsed(with("parameters: {a: {default: 010}, b: {type: boolean, default: True}}\n"));
  EXPECT_EQ(spec.parameters.at("a").default_value.text, "\"010\"");
  EXPECT_EQ(spec.parameters.at("b").default_value.text, "true");
  EXPECT_THAT(problems_of(with("parameters: {a: {type: integer, default: 1.5}}\n")),
              HasSubstr("parameters.a.default: expected an integer, got '1.5'"));
  EXPECT_THAT(problems_of(with("parameters: {WEIR_X: {}}\n")), HasSubstr("Weir's own"));
}

TEST(ParsePipeline, checks_addresses_of_notifications) {
  const std::string text = problems_of(
      with("notifications:\n"
           "  - {type: ON_FAILURE, targets: {channel: EMAIL, addresses: nobody}}\n"
           "  - {type: on_completion, targets: [{channel: webhook, addresses: x.org}, {channel: SLACK}]}\n"));
  EXPECT_THAT(text, HasSubstr("notifications[0].targets[0].addresses: 'nobody' is no mail address"));
  EXPECT_THAT(text, HasSubstr("notifications[1].targets[0].addresses: 'x.org' is no URL"));
  EXPECT_THAT(text, HasSubstr("notifications[1].targets[1]: SLACK needs an address"));
}

TEST(ParsePipeline, takes_from_the_project_what_the_file_does_not_say) {
  const auto project = parse_project(
      "account: 000000000012\nowner: team\ntimezone: Asia/Tokyo\n"
      "defaults: {timeout: 1h, retry: {attempts: 2}}\n"
      "variables: {default: {A: 1, B: 1}, prod: {B: 2}}\n",
      "weir.yaml");
  ASSERT_TRUE(project) << text_of(project.error());
  const auto spec = parsed("name: x\nowner: me\nsteps: [{run: x}, {run: y, timeout: 2h}]\n", *project, "prod");
  EXPECT_EQ(spec.account, "000000000012");
  EXPECT_EQ(spec.owner, "me");
  EXPECT_EQ(spec.timezone, "Asia/Tokyo");
  EXPECT_EQ(spec.steps[0].timeout, std::chrono::hours(1));
  EXPECT_EQ(spec.steps[1].timeout, std::chrono::hours(2));
  EXPECT_EQ(spec.steps[0].retry.attempts, 2);
  EXPECT_EQ(spec.variables.at("A"), "1");
  EXPECT_EQ(spec.variables.at("B"), "2");
  const auto wrong = parse_pipeline(test::kMinimal, "pipeline.yaml", *project, "prd");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(text_of(wrong.error()), HasSubstr("no environment 'prd'; did you mean 'prod'?"));
}

TEST(ParseProject, reports_problems_and_accepts_an_empty_file) {
  EXPECT_TRUE(parse_project("", "weir.yaml"));
  const auto wrong = parse_project("ownr: x\nvariables: {prod: {1A: x}}\n", "weir.yaml");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(text_of(wrong.error()),
            "weir.yaml:1:1: ownr: unknown key 'ownr'; did you mean 'owner'?\n"
            "weir.yaml:2:20: variables.prod.1A: '1A' is no name of an environment variable; use letters, digits and "
            "'_', not beginning with a digit\n");
}

}  // namespace
}  // namespace weir::pipeline
