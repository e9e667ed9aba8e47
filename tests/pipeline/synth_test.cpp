#include "pipeline/synth.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "pipeline/spec_parse.hpp"
#include "tests/pipeline/spec_files.hpp"

namespace weir::pipeline {
namespace {

SynthesisedPipeline made(std::string_view text) {
  const auto spec = parse_pipeline(text, "pipeline.yaml");
  EXPECT_TRUE(spec) << text_of(spec.error());
  return spec ? synthesise(*spec) : SynthesisedPipeline{};
}

json::Value definition(std::string_view text) {
  const auto value = json::parse(made(text).definition);
  EXPECT_TRUE(value);
  return value ? *value : json::Value{};
}

const json::Value& at(const json::Value& v, std::initializer_list<std::string_view> keys) {
  static const json::Value kNone;
  const json::Value* here = &v;
  for (const auto k : keys)
    if (here = here->find(k); here == nullptr) return kNone;
  return *here;
}

std::string text_at(const json::Value& v, std::initializer_list<std::string_view> keys) {
  const auto* text = at(v, keys).string();
  return text ? *text : "";
}

// "a -> b -> run succeeded"
std::string way(const json::Value& machine) {
  std::string state = text_at(machine, {"StartAt"});
  std::string out = state;
  for (int i = 0; i < 20; ++i) {
    state = text_at(machine, {"States", state, "Next"});
    if (state.empty()) break;
    out += " -> " + state;
  }
  return out;
}

TEST(Synth, makes_the_minimal_pipeline_one_task) {
  EXPECT_EQ(json::print(definition(test::kMinimal)),
            R"({"Comment":"listings, made from its pipeline.yaml","StartAt":"step-1","States":{)"
            R"("step-1":{"Type":"Task","Resource":"arn:weir:work:::queue/default","Parameters":{"step":"step-1",)"
            R"("command":"./aggregate.sh \"$WEIR_DATE\"","env":{},"timeout_s":86400,"run.$":"$.run",)"
            R"("steps.$":"$.steps"},"TimeoutSeconds":86400,"Retry":[{"ErrorEquals":["Weir.WorkerLost"],)"
            R"("IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":2.0}],"ResultPath":"$.steps['step-1']",)"
            R"("Next":"run succeeded"},"run succeeded":{"Type":"Succeed","OutputPath":"$.steps"}}})");
}

TEST(Synth, retries_so_that_attempts_counts_the_first) {
  const auto machine = definition(test::kServed);
  const auto& retry = *at(machine, {"States", "metric", "Retry"}).array();
  ASSERT_EQ(retry.size(), 2u);
  EXPECT_EQ(json::print(retry[1]),
            R"({"ErrorEquals":["States.ALL"],"IntervalSeconds":60,"MaxAttempts":2,"BackoffRate":2.0})");
}

TEST(Synth, runs_finally_after_success_and_after_failure) {
  const auto machine = definition(test::kServed);
  EXPECT_EQ(way(machine), "check -> metric -> finally-1 -> run succeeded");
  const auto& caught = at(machine, {"States", "metric", "Catch"}).array()->front();
  EXPECT_EQ(json::print(caught), R"({"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"on-failure-1"})");
  EXPECT_EQ(text_at(machine, {"States", "on-failure-1", "Next"}), "finally-1 after failure");
  EXPECT_EQ(text_at(machine, {"States", "on-failure-1", "Parameters", "error.$"}), "$.error");
  EXPECT_EQ(text_at(machine, {"States", "finally-1 after failure", "Next"}), "run failed");
  EXPECT_EQ(text_at(machine, {"States", "run failed", "ErrorPath"}), "$.error.Error");
  EXPECT_EQ(text_at(at(machine, {"States", "finally-1", "Catch"}).array()->front(), {"Next"}), "run failed");
}

TEST(Synth, puts_steps_with_needs_into_levels) {
  const auto machine = definition(
      "name: x\nsteps:\n"
      "  - {name: a, run: x}\n"
      "  - {name: b, run: x, needs: a}\n"
      "  - {name: c, run: x, needs: [a]}\n"
      "  - {name: d, run: x, needs: [b, c]}\n");
  EXPECT_EQ(way(machine), "a -> parallel 2 -> collect 2 -> d -> run succeeded");
  EXPECT_EQ(at(machine, {"States", "parallel 2", "Branches"}).array()->size(), 2u);
  EXPECT_EQ(json::print(at(machine, {"States", "collect 2", "Parameters"})),
            R"({"run.$":"$.run","steps":{"a.$":"$.steps.a","b.$":"$.parallel[0]","c.$":"$.parallel[1]"}})");
}

TEST(Synth, starts_steps_that_need_nothing_at_once) {
  EXPECT_EQ(way(definition("name: x\nsteps: [{name: a, run: x}, {name: b, run: x, needs: []}]\n")),
            "parallel 1 -> collect 1 -> run succeeded");
}

TEST(Synth, puts_the_projects_variables_below_a_steps_own) {
  ProjectDefaults project;
  project.variables["default"] = {{"A", "1"}, {"B", "1"}};
  const auto spec = parse_pipeline("name: x\nsteps: {name: s, run: x, env: {B: 2}}\n", "p.yaml", project);
  ASSERT_TRUE(spec);
  const auto machine = json::parse(synthesise(*spec).definition);
  EXPECT_EQ(json::print(at(*machine, {"States", "s", "Parameters", "env"})), R"({"A":"1","B":"2"})");
}

TEST(Synth, shows_schedule_and_trigger) {
  const auto all = made(test::kServed);
  const auto schedule = json::parse(all.schedule);
  ASSERT_TRUE(schedule);
  EXPECT_EQ(json::print(*schedule), R"({"times":"0 6 * * *","timezone":"Europe/Berlin","covers":"current"})");
  const auto trigger = json::parse(all.trigger);
  ASSERT_TRUE(trigger);
  EXPECT_EQ(at(*trigger, {"executions", "all_of"}).array()->size(), 5u);
  EXPECT_EQ(made("name: x\nsteps: {run: x}\n").trigger, "");
}

TEST(Synth, when_is_a_choice_that_may_skip_the_step) {
  const auto machine = definition(R"(name: x
parameters: {full: {type: boolean, default: "false"}}
steps:
  - {name: a, run: ./a}
  - {name: b, run: ./b, when: "${parameters.full}"}
  - {name: c, run: ./c}
)");
  EXPECT_EQ(text_at(machine, {"States", "a", "Next"}), "when b");
  EXPECT_EQ(json::print(at(machine, {"States", "when b"})),
            R"({"Type":"Choice","Choices":[{"And":[{"Variable":"$.run.parameters.full","IsPresent":true},)"
            R"({"Variable":"$.run.parameters.full","BooleanEquals":true}],"Next":"b"}],"Default":"skip b"})");
  EXPECT_EQ(json::print(at(machine, {"States", "skip b"})),
            R"({"Type":"Pass","Result":null,"ResultPath":"$.steps.b","Next":"c"})");
}

TEST(Synth, foreach_is_a_map_over_its_items) {
  const auto machine = definition(R"(name: x
steps:
  - {name: list, run: ./list}
  - {name: a, run: ./a, foreach: [de, at], maxParallel: 1}
  - {name: b, run: ./b, foreach: "${steps.list.result.countries}", env: {C: "${item}"}}
)");
  EXPECT_EQ(way(machine), "list -> items a -> each a -> each b -> run succeeded");
  EXPECT_EQ(json::print(at(machine, {"States", "items a"})),
            R"({"Type":"Pass","Parameters":{"list":["de","at"]},"ResultPath":"$.items","Next":"each a"})");
  const auto& each = at(machine, {"States", "each a"});
  EXPECT_EQ(text_at(each, {"ItemsPath"}), "$.items.list");
  EXPECT_EQ(at(each, {"MaxConcurrency"}).number()->text, "1");
  EXPECT_EQ(text_at(each, {"ItemSelector", "item.$"}), "$$.Map.Item.Value");
  EXPECT_EQ(text_at(each, {"ItemProcessor", "States", "a", "Parameters", "item.$"}), "$.item");
  EXPECT_EQ(text_at(each, {"ResultPath"}), "$.steps.a");
  EXPECT_EQ(text_at(machine, {"States", "each b", "ItemsPath"}), "$.steps.list.countries");
  EXPECT_EQ(text_at(machine, {"States", "each b", "ItemProcessor", "States", "b", "Parameters", "env", "C.$"}),
            "$.item");
}

TEST(Synth, steps_of_one_level_may_loop_and_be_skipped) {
  const auto machine = definition(R"(name: x
parameters: {r: {default: "de,at"}}
steps:
  - {name: a, run: ./a, needs: [], foreach: "${parameters.r}"}
  - {name: b, run: ./b, needs: [], when: "${parameters.r} == de"}
)");
  const auto& branches = *at(machine, {"States", "parallel 1", "Branches"}).array();
  EXPECT_EQ(text_at(branches[0], {"StartAt"}), "items a");
  EXPECT_EQ(text_at(branches[0], {"States", "items a", "Parameters", "list.$"}),
            "States.StringSplit($.run.parameters.r, ', ')");
  EXPECT_TRUE(at(branches[0], {"States", "each a", "End"}).boolean().value_or(false));
  EXPECT_EQ(text_at(branches[1], {"StartAt"}), "when b");
  EXPECT_TRUE(at(branches[1], {"States", "skip b", "End"}).boolean().value_or(false));
}

TEST(Synth, finally_and_on_failure_may_loop_and_be_skipped) {
  const auto machine = definition(R"(name: x
parameters: {f: {type: boolean, default: "true"}}
steps: [{name: a, run: ./a}]
onFailure: [{name: q, run: ./q, when: "${parameters.f}"}]
finally: [{name: c, run: ./c, foreach: [1, 2]}]
)");
  EXPECT_EQ(text_at(machine, {"States", "a", "Next"}), "items c");
  EXPECT_EQ(text_at(machine, {"States", "skip q", "Next"}), "items c after failure");
  const auto& each = at(machine, {"States", "each c after failure"});
  EXPECT_EQ(text_at(each, {"ItemSelector", "error.$"}), "$.error");
  EXPECT_EQ(text_at(each, {"Next"}), "run failed");
}

TEST(Synth, environments_are_filled_when_the_step_starts) {
  const auto machine = definition(R"(name: x
steps:
  - {name: a, run: 'echo ${HOME}', env: {PLAIN: a, D: "${date}", P: "s3://x/dt=${date}", DOLLAR: "$${HOME}"}}
)");
  EXPECT_EQ(text_at(machine, {"States", "a", "Parameters", "command"}), "echo ${HOME}");
  EXPECT_EQ(
      json::print(at(machine, {"States", "a", "Parameters", "env"})),
      R"x({"D.$":"$.run.date","DOLLAR":"${HOME}","P.$":"States.Format('s3://x/dt={}', $.run.date)","PLAIN":"a"})x");
}

TEST(Synth, spark_becomes_what_spark_submit_is_given) {
  const auto machine = definition(R"(name: x
compute: {type: spark, workers: 2, worker: {cores: 4, memory: 8 GiB}}
steps:
  - name: a
    spark: {file: jobs/x.py, args: [--date, "${date}"], conf: {spark.app: x}}
  - name: b
    spark: {file: x.jar, class: de.X}
    compute: {type: spark, queue: big, master: yarn, worker: {memory: 512 MiB}}
)");
  EXPECT_EQ(json::print(at(machine, {"States", "a", "Parameters", "spark"})),
            R"x({"file":"jobs/x.py","args.$":"States.Array('--date', $.run.date)","conf":{"spark.app":"x"},)x"
            R"x("options":["--num-executors","2","--executor-cores","4","--executor-memory","8g"]})x");
  EXPECT_EQ(
      json::print(at(machine, {"States", "b", "Parameters", "spark"})),
      R"({"file":"x.jar","class":"de.X","args":[],"conf":{},"options":["--master","yarn","--executor-memory","512m"]})");
  EXPECT_EQ(text_at(machine, {"States", "b", "Resource"}), "arn:weir:work:::queue/big");
}

TEST(Synth, steps_go_to_their_queue_with_the_names_of_their_secrets) {
  const auto machine = definition(R"(name: x
secrets: {PASSWORD: hive/metastore}
compute: {type: queue, queue: big}
steps:
  - {name: a, run: ./a, cache: {inputs: ["data/${date}.csv", "x"]}}
  - {name: b, run: ./b, compute: {type: local}}
)");
  EXPECT_EQ(text_at(machine, {"States", "a", "Resource"}), "arn:weir:work:::queue/big");
  EXPECT_EQ(text_at(machine, {"States", "b", "Resource"}), "arn:weir:work:::queue/default");
  EXPECT_EQ(json::print(at(machine, {"States", "a", "Parameters", "secrets"})), R"({"PASSWORD":"hive/metastore"})");
  EXPECT_EQ(json::print(at(machine, {"States", "a", "Parameters", "cache"})),
            R"x({"inputs.$":"States.Array(States.Format('data/{}.csv', $.run.date), 'x')"})x");
}

}  // namespace
}  // namespace weir::pipeline
