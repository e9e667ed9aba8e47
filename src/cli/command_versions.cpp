// diff, versions, rollback.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/context.hpp"
#include "cli/project.hpp"

namespace weir::cli {
namespace {

struct VersionsOptions {
  api::ListVersions list;
  int show = 0;
};

int versions(Context& context, VersionsOptions& options) {
  const auto ref = pipeline_ref(options.list.pipeline);
  if (options.show == 0) {
    options.list.pipeline = ref.name;
    options.list.account = ref.account;
    return context.show<api::ListVersions>(options.list,
                                           [&](const auto& reply) { return render_versions(reply, context.look()); });
  }
  api::DescribeVersion request;
  request.pipeline = ref.name;
  request.account = ref.account;
  request.version = options.show;
  return context.show<api::DescribeVersion>(request,
                                            [&](const auto& reply) { return render_version(reply, context.look()); });
}

struct RollbackOptions {
  api::RollbackPipeline request;
  bool yes = false;
};

int rollback(Context& context, RollbackOptions& options) {
  auto& request = options.request;
  const auto ref = pipeline_ref(request.pipeline);
  request.pipeline = ref.name;
  request.account = ref.account;
  request.confirm = options.yes;
  auto reply = context.ask(request);
  if (reply && !reply->deployed && !request.dry_run) {
    if (!confirm_open_keys(context, reply->open_keys)) return kFailed;
    request.confirm = true;
    reply = context.ask(request);
  }
  if (!reply) return context.fail(reply.error());
  context.print(type_of<api::DeployReply>(), &*reply, [&] {
    return request.dry_run ? render_diff(*reply, context.look())
                           : render_changes(reply->changes, context.look()) + render_deploy(*reply, context.look());
  });
  return kOk;
}

struct DiffOptions {
  std::string where = ".";
  std::string environment;
  bool allow_missing = false;
};

int diff(Context& context, const DiffOptions& options) {
  auto request = deploy_request(context, options.where, options.environment);
  if (!request) return request.error();
  request->allow_missing = options.allow_missing;
  request->dry_run = true;
  return context.show<api::DeployPipeline>(*request,
                                           [&](const auto& reply) { return render_diff(reply, context.look()); });
}

}  // namespace

void add_version_commands(CLI::App& app, Context& context) {
  {
    auto* command = app.add_subcommand("diff", "What a deploy would change, and which runs it would start");
    auto options = std::make_shared<DiffOptions>();
    command->add_option("PROJECT", options->where, "the project's folder");
    command->add_option("--env", options->environment, "environment of weir.yaml's variables, for example prod");
    command->add_flag("--allow-missing", options->allow_missing, "upstreams that do not exist yet are waited for");
    command->callback([&context, options] { context.exit = diff(context, *options); });
  }
  {
    auto* command = app.add_subcommand("versions", "The versions of a pipeline, newest first; ● is in force");
    auto options = std::make_shared<VersionsOptions>();
    command->add_option("PIPELINE", options->list.pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_option("--show", options->show, "this version's text, and what it changed")
        ->check(CLI::PositiveNumber);
    command->add_option("-n,--limit", options->list.limit, "how many");
    command->add_option("--before", options->list.before, "only versions before this one");
    command->callback([&context, options] { context.exit = versions(context, *options); });
  }
  {
    auto* command = app.add_subcommand("rollback", "Deploy an old version's text and files again, as a new version");
    auto options = std::make_shared<RollbackOptions>();
    command->add_option("PIPELINE", options->request.pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_option("--to", options->request.to, "the version")->required()->check(CLI::PositiveNumber);
    command->add_flag("-y,--yes", options->yes, "also when it starts open keys");
    command->add_flag("--dry-run", options->request.dry_run, "only say what it would change");
    command->add_option("--reason", options->request.reason, "for the audit log");
    command->callback([&context, options] { context.exit = rollback(context, *options); });
  }
}

}  // namespace weir::cli
