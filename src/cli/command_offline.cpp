// Commands that need no server: validate, synth, schema, create-project.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>

#include "cli/context.hpp"
#include "cli/project.hpp"
#include "pipeline/sentence.hpp"
#include "pipeline/spec_grain.hpp"
#include "pipeline/spec_schema.hpp"
#include "pipeline/synth.hpp"
#include "pipeline/yaml.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

int validate(Context& context, const std::string& where, const std::string& environment) {
  const auto project = find_project(where);
  if (!project) return context.fail(project.error());
  const auto spec = parse(*project, environment);
  if (!spec) return context.fail(spec.error());
  if (context.json) {
    context.console.out << "{\"valid\": true}\n";
    return kOk;
  }
  const auto zone = find_zone(spec->timezone.empty() ? "UTC" : spec->timezone);
  pipeline::SentenceFacts facts;
  if (zone) {
    // Without the server the upstreams' grains are not known.
    facts.grain = pipeline::decide_grain(*spec, *zone, [](const auto&) { return std::nullopt; }).grain;
    facts.zone = spec->timezone.empty() ? "UTC" : spec->timezone;
  }
  if (zone && spec->window)
    if (const auto wrong = pipeline::check_grain(*spec, *spec->window, *zone))
      return context.fail(
          Problem{wrong->what, pipeline::where_in(project->yaml, project->file, wrong->where), wrong->fix});
  context.console.out << "✓ " << project->file << " is valid\n";
  // A grain that hangs on the upstreams would be said wrong.
  if (facts.grain != Grain::run || !spec->trigger || !spec->trigger->executions)
    context.console.out << pipeline::trigger_sentence(*spec, facts) << "\n";
  else
    context.console.out << "its window is the coarsest of its upstreams'; weir deploy says which\n";
  return kOk;
}

int synth(Context& context, const std::string& where, const std::string& environment) {
  const auto project = find_project(where);
  if (!project) return context.fail(project.error());
  const auto spec = parse(*project, environment);
  if (!spec) return context.fail(spec.error());
  const auto made = pipeline::synthesise(*spec);
  // One JSON document, so that it can be piped.
  std::string out = "{\"definition\": " + (made.definition.empty() ? "null" : made.definition);
  if (!made.schedule.empty()) out += ",\n\"schedule\": " + made.schedule;
  if (!made.trigger.empty()) out += ",\n\"trigger\": " + made.trigger;
  context.console.out << out << "}\n";
  return kOk;
}

struct NewFile {
  const char* path;
  const char* text;
  bool executable = false;
};

constexpr NewFile kFiles[] = {{"pipeline.yaml", R"(# All keys with their meaning: weir schema, or docs/reference.
name: {name}
description: What this pipeline makes, in a sentence.
window: day

trigger:
  schedule:
    hour: 3            # every day at 03:00, for that day

steps:
  - name: aggregate
    run: ./aggregate.sh "$WEIR_DATE"
    timeout: 15m
    retry: {{attempts: 2, delay: 1m}}
)"},
                              {"weir.yaml", R"(# What all pipelines of this folder share.
account: {account}
owner: my-team
timezone: UTC
)"},
                              {"aggregate.sh", R"(#!/bin/sh
# aggregate.sh DATE: the work for one date. The same date again must give the same result.
set -eu

echo "working on $1 for run $WEIR_RUN_ID of $WEIR_PIPELINE"
# Small JSON for later steps and for the pipelines that depend on this one.
echo "{{\"date\": \"$1\", \"rows\": 42}}" > "$WEIR_RESULT"
)",
                               true},
                              {"README.md", R"(# {name}

    weir validate              checks pipeline.yaml, without a server
    weir deploy                brings it to the server; ends with the trigger in one sentence
    weir run {name} --follow    runs it now, for the newest date
    weir explain {name}         why it ran, or what it waits for
)"}};

int create_project(Context& context, const std::string& name) {
  const fs::path folder = name;
  const std::string pipeline = folder.filename().string();
  std::error_code error;
  if (fs::exists(folder, error))
    return context.fail(Problem{"it is there already", name, "choose another name, or remove it"});
  fs::create_directories(folder, error);
  if (error) return context.fail(Problem{"cannot be made: " + error.message(), name, "check the permissions here"});
  const std::string account = context.account.empty() ? "000000000000" : context.account;
  for (const auto& file : kFiles) {
    const fs::path path = folder / file.path;
    std::ofstream out(path);
    out << fmt::format(fmt::runtime(file.text), fmt::arg("name", pipeline), fmt::arg("account", account));
    out.close();
    if (!out) return context.fail(Problem{"cannot be written", path.string(), "is the disk full?"}, kFailed);
    if (file.executable)
      fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec, fs::perm_options::add, error);
  }
  // A name that is none would only be found at the deploy.
  const auto project = find_project(folder);
  if (const auto spec = project ? parse(*project) : std::unexpected(std::vector{project.error()}); !spec) {
    fs::remove_all(folder, error);
    return context.fail(spec.error());
  }
  context.console.out << "✓ made " << name << "/ with pipeline.yaml, weir.yaml, aggregate.sh and README.md\n"
                      << "next: weir deploy " << name << "\n";
  return kOk;
}

}  // namespace

void add_offline_commands(CLI::App& app, Context& context) {
  const auto with_folder = [&](const char* name, const char* help,
                               int (*run)(Context&, const std::string&, const std::string&)) {
    auto* command = app.add_subcommand(name, help);
    auto where = std::make_shared<std::string>(".");
    command->add_option("PROJECT", *where, "the project's folder, or its pipeline.yaml");
    auto environment = std::make_shared<std::string>();
    command->add_option("--env", *environment, "environment of weir.yaml's variables, for example prod");
    command->callback([&context, where, environment, run] { context.exit = run(context, *where, *environment); });
  };
  with_folder("validate", "Check a pipeline.yaml without a server; every problem with its place", validate);
  with_folder("synth", "Print the state machine, schedule and trigger that a pipeline.yaml becomes", synth);
  auto* schema = app.add_subcommand("schema", "Print the JSON Schema of pipeline.yaml, for editors");
  auto of_project = std::make_shared<bool>(false);
  schema->add_flag("--project", *of_project, "of weir.yaml");
  schema->callback([&context, of_project] {
    context.console.out << pipeline::schema_json(*of_project ? pipeline::project_schema() : pipeline::pipeline_schema())
                        << "\n";
  });
  auto* create = app.add_subcommand("create-project", "Make a folder with a pipeline that runs as it is");
  auto name = std::make_shared<std::string>();
  create->add_option("-n,--name", *name, "of the pipeline and its folder")->required();
  create->callback([&context, name] { context.exit = create_project(context, *name); });
}

}  // namespace weir::cli
