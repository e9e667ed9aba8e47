// deploy and delete.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/limits.hpp"
#include "cli/context.hpp"
#include "cli/project.hpp"
#include "pipeline/deploy_all.hpp"

namespace weir::cli {
namespace {

struct DeployOptions {
  std::string where = ".";
  std::string environment;
  bool all = false;
  bool yes = false;
  bool allow_missing = false;
};

int deploy(Context& context, const DeployOptions& options) {
  auto request = deploy_request(context, options.where, options.environment);
  if (!request) return request.error();
  request->allow_missing = options.allow_missing;
  request->confirm = options.yes;
  auto reply = context.ask(*request);
  if (reply && !reply->deployed) {
    if (!confirm_open_keys(context, reply->open_keys)) return kFailed;
    request->confirm = true;
    reply = context.ask(*request);
  }
  if (!reply) return context.fail(reply.error());
  context.print(type_of<api::DeployReply>(), &*reply, [&] { return render_deploy(*reply, context.look()); });
  return kOk;
}

std::size_t bytes_of(const api::DeployPipeline& request) {
  std::size_t out = request.yaml.size() + request.project_yaml.size() + 1024;
  for (const auto& file : request.files) out += file.path.size() + file.base64.size() + 64;
  return out;
}

// Too much for one request: one after the other, upstreams first; what was deployed before a mistake stays.
int deploy_in_turns(Context& context, std::vector<api::DeployPipeline>& requests, const DeployOptions& options) {
  context.console.err << "these projects are too large for one transaction: they are deployed one after the other\n";
  api::DeployAllReply replies;
  for (auto& request : requests) {
    request.confirm = options.yes;
    auto reply = context.ask(request);
    if (reply && !reply->deployed && confirm_open_keys(context, reply->open_keys)) {
      request.confirm = true;
      reply = context.ask(request);
    }
    if (!reply || !reply->deployed) {
      context.console.err << fmt::format("weir: stopped at {}; {} of {} are deployed\n", request.file,
                                         replies.pipelines.size(), requests.size());
      return reply ? kFailed : context.fail(reply.error());
    }
    replies.pipelines.push_back(std::move(*reply));
  }
  context.print(type_of<api::DeployAllReply>(), &replies, [&] {
    std::string out;
    for (const auto& one : replies.pipelines) out += render_deploy(one, context.look());
    return out;
  });
  return kOk;
}

int deploy_all(Context& context, const DeployOptions& options) {
  const auto projects = find_projects(options.where);
  if (!projects) return context.fail(projects.error());
  std::vector<pipeline::PipelineSpec> specs;
  std::vector<Problem> problems;
  for (const auto& project : *projects) {
    auto spec = parse(project, options.environment);
    if (spec)
      specs.push_back(std::move(*spec));
    else
      problems.insert(problems.end(), spec.error().begin(), spec.error().end());
  }
  if (!problems.empty()) return context.fail(problems);
  if (context.account.empty()) context.account = account_of_project(options.where);
  // Projects of several accounts are brought by nobody in particular, as far as the server allows that.
  const bool several = std::ranges::any_of(specs, [&](const auto& spec) { return spec.account != specs[0].account; });
  if (context.account.empty() && several) context.account = "000000000000";

  std::vector<api::DeployPipeline> requests;
  std::size_t bytes = 0;
  for (const auto i : pipeline::deploy_order(specs)) {
    auto request = deploy_request(context, (*projects)[i].file, options.environment);
    if (!request) return request.error();
    request->allow_missing = options.allow_missing;
    bytes += bytes_of(*request);
    requests.push_back(std::move(*request));
  }
  if (bytes > limits::kRequestBytes || requests.size() > static_cast<std::size_t>(limits::kDeployedTogether))
    return deploy_in_turns(context, requests, options);
  api::DeployAll request;
  request.pipelines = std::move(requests);
  request.confirm = options.yes;
  auto reply = context.ask(request);
  if (reply && !reply->deployed) {
    std::vector<api::OpenKey> keys;
    for (const auto& one : reply->pipelines)
      for (const auto& key : one.open_keys) keys.push_back({one.pipeline + " " + key.window, key.why});
    if (!confirm_open_keys(context, keys)) return kFailed;
    request.confirm = true;
    reply = context.ask(request);
  }
  if (!reply) return context.fail(reply.error());
  context.print(type_of<api::DeployAllReply>(), &*reply, [&] {
    std::string out;
    for (const auto& one : reply->pipelines) out += render_deploy(one, context.look());
    return out;
  });
  return kOk;
}

}  // namespace

std::expected<api::DeployPipeline, int> deploy_request(Context& context, const std::string& where,
                                                       const std::string& environment) {
  const auto project = find_project(where);
  if (!project) return std::unexpected(context.fail(project.error()));
  if (const auto spec = parse(*project, environment); !spec) return std::unexpected(context.fail(spec.error()));
  auto files = project_files(project->folder);
  if (!files) return std::unexpected(context.fail(files.error()));
  if (context.account.empty()) context.account = account_of_project(project->folder);
  api::DeployPipeline request;
  request.file = project->file;
  request.yaml = project->yaml;
  request.project_file = project->project_file;
  request.project_yaml = project->project_yaml;
  request.files = std::move(*files);
  request.environment = environment;
  return request;
}

bool confirm_open_keys(Context& context, const std::vector<api::OpenKey>& keys) {
  context.console.err << fmt::format("this deploy starts {} open {}:\n", keys.size(),
                                     keys.size() == 1 ? "key" : "keys");
  for (const auto& key : keys) context.console.err << "  " << key.window << ": " << key.why << "\n";
  if (context.console.ask("deploy and start them?")) return true;
  context.console.err << "weir: nothing was deployed; with --yes it is deployed and starts them\n";
  return false;
}

void add_deploy_commands(CLI::App& app, Context& context) {
  {
    auto* command =
        app.add_subcommand("deploy", "Bring a project to the server; ends with its trigger in one sentence");
    auto options = std::make_shared<DeployOptions>();
    command->add_option("PROJECT", options->where, "the project's folder; with --all a folder of projects");
    command->add_flag("--all", options->all, "every pipeline.yaml below, upstreams first, all or none");
    command->add_option("--env", options->environment, "environment of weir.yaml's variables, for example prod");
    command->add_flag("-y,--yes", options->yes, "also when it starts open keys");
    command->add_flag("--allow-missing", options->allow_missing, "upstreams that do not exist yet are waited for");
    command->callback([&context, options] {
      context.exit = options->all ? deploy_all(context, *options) : deploy(context, *options);
    });
  }
  {
    auto* command = app.add_subcommand("delete", "Delete a pipeline; refused when others depend on it");
    auto request = std::make_shared<api::DeletePipeline>();
    command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_flag("--force", request->force, "also when others depend on it: their clauses are blocked");
    command->add_option("--reason", request->reason, "for the audit log");
    command->callback([&context, request] {
      const auto ref = pipeline_ref(request->pipeline);
      request->pipeline = ref.name;
      request->account = ref.account;
      context.exit = context.show<api::DeletePipeline>(
          *request, [&](const api::EmptyReply&) { return "✓ deleted " + request->pipeline + "\n"; });
    });
  }
}

}  // namespace weir::cli
