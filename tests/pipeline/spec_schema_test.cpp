#include "pipeline/spec_schema.hpp"

#include <gtest/gtest.h>

#include <set>

#include "json/text.hpp"
#include "pipeline/spec_parse.hpp"

namespace weir::pipeline {
namespace {

// Calls `visit` for each object of the schema, once.
template <class Visit>
void each_object(const ObjectSpec& spec, std::set<std::string_view>& seen, Visit visit) {
  if (!seen.insert(spec.name).second) return;
  visit(spec);
  for (const auto& key : spec.keys)
    if (key.object) each_object(*key.object(), seen, visit);
}

TEST(Schema, names_each_served_key_and_no_other) {
  const auto schema = json::parse(schema_json());
  ASSERT_TRUE(schema) << schema.error().text();
  EXPECT_EQ(*schema->find("$schema")->string(), "https://json-schema.org/draft/2020-12/schema");
  std::set<std::string_view> seen;
  each_object(pipeline_schema(), seen, [&](const ObjectSpec& object) {
    const auto* definition = object.name == "pipeline" ? &*schema : schema->find("$defs")->find(object.name);
    ASSERT_NE(definition, nullptr) << object.name;
    for (const auto& key : object.keys)
      EXPECT_EQ(definition->find("properties")->find(key.key) != nullptr, key.later.empty())
          << object.name << "." << key.key;
  });
}

TEST(Schema, points_to_definitions_that_exist) {
  for (const auto* root : {&pipeline_schema(), &project_schema()}) {
    const std::string text = schema_json(*root);
    const auto schema = json::parse(text);
    for (std::size_t at = text.find("#/$defs/"); at != std::string::npos; at = text.find("#/$defs/", at + 1)) {
      const std::string name = text.substr(at + 8, text.find('"', at) - at - 8);
      EXPECT_NE(schema->find("$defs")->find(name), nullptr) << name;
    }
  }
}

TEST(Schema, demands_steps_unless_it_is_external) {
  const auto schema = json::parse(schema_json());
  ASSERT_TRUE(schema);
  EXPECT_EQ(json::print(*schema->find("required")), R"(["name"])");
  EXPECT_EQ(json::print(*schema->find("anyOf")), R"([{"required":["steps"]},{"required":["external"]}])");
}

template <class T>
void expect_members(const ObjectSpec& object) {
  for (const auto& key : object.keys)
    if (key.later.empty()) {
      EXPECT_NE(type_of<T>().field(member_of(key)), nullptr) << object.name << "." << key.key;
    }
}

// The reader trusts the table in this.
TEST(Schema, has_a_member_of_the_spec_for_each_served_key) {
  const auto below = [](const ObjectSpec& object, std::string_view key) -> const ObjectSpec& {
    return *object.find(key)->object();
  };
  const ObjectSpec& root = pipeline_schema();
  expect_members<PipelineSpec>(root);
  expect_members<ParameterSpec>(below(root, "parameters"));
  expect_members<ComputeSpec>(below(root, "compute"));
  expect_members<TriggerSpec>(below(root, "trigger"));
  expect_members<ScheduleSpec>(below(below(root, "trigger"), "schedule"));
  expect_members<ExpectSpec>(below(below(root, "trigger"), "expect"));
  expect_members<ExecutionsSpec>(below(below(root, "trigger"), "executions"));
  expect_members<ClauseSpec>(below(below(below(root, "trigger"), "executions"), "allOf"));
  expect_members<StepSpec>(below(root, "steps"));
  expect_members<RetrySpec>(below(below(root, "steps"), "retry"));
  expect_members<ShareSpec>(below(root, "share"));
  expect_members<ConcurrencySpec>(below(root, "concurrency"));
  expect_members<NotificationSpec>(below(root, "notifications"));
  expect_members<NotificationTarget>(below(below(root, "notifications"), "targets"));
  expect_members<ReportsSpec>(below(root, "reports"));
  expect_members<StepFunctionsReports>(below(below(root, "reports"), "stepFunctions"));
  expect_members<OpenLineageReports>(below(below(root, "reports"), "openLineage"));
  expect_members<ProjectDefaults>(project_schema());
  expect_members<StepDefaults>(below(project_schema(), "defaults"));
}

// Every word of the table, written into a file, is read.
TEST(Schema, has_an_enumerator_for_each_served_word) {
  const auto& notification = *pipeline_schema().find("notifications")->object();
  for (const auto& w : notification.find("targets")->object()->find("channel")->words) {
    const std::string address = w.word == "EMAIL" ? "a@b" : "https://b";
    const auto spec = parse_pipeline("name: x\nsteps: {run: x}\nnotifications: {type: ON_FAILURE, targets: {channel: " +
                                         std::string(w.word) + ", addresses: '" + address + "'}}\n",
                                     "p.yaml");
    EXPECT_TRUE(spec) << text_of(spec.error());
  }
  const auto& clause = *pipeline_schema().find("trigger")->object()->find("executions")->object()->find("allOf");
  for (const auto& w : clause.object()->find("status")->words)
    EXPECT_TRUE(parse_pipeline(
        "name: x\nsteps: {run: x}\ntrigger: {executions: {allOf: {name: a, status: " + std::string(w.word) + "}}}\n",
        "p.yaml"))
        << w.word;
  const auto& schedule = *pipeline_schema().find("trigger")->object()->find("schedule")->object();
  for (const auto& w : schedule.find("weekdays")->words)
    EXPECT_TRUE(parse_pipeline(
        "name: x\nsteps: {run: x}\ntrigger: {schedule: {hour: 1, weekdays: " + std::string(w.word) + "}}\n", "p.yaml"))
        << w.word;
}

}  // namespace
}  // namespace weir::pipeline
