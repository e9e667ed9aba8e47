// deploy and delete.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/context.hpp"
#include "cli/project.hpp"

namespace weir::cli {
namespace {

struct DeployOptions {
  std::string where = ".";
  bool yes = false;
  bool allow_missing = false;
};

std::string render_deploy(const api::DeployReply& reply, const Look& look) {
  std::string out;
  for (const auto& warning : reply.warnings) out += paint(look.color, Color::yellow, "! ") + warning + "\n";
  if (!reply.deployed) return out;
  out += fmt::format("{} {}/{} {}\n", paint(look.color, Color::green, "✓"), reply.account.str(), reply.pipeline,
                     reply.changed ? fmt::format("version {}, one run a {}", reply.version, reply.grain)
                                   : fmt::format("is unchanged, version {}", reply.version));
  for (const auto& key : reply.open_keys) out += fmt::format("  starts {}: {}\n", key.window, key.why);
  return out + reply.sentence + "\n";
}

int deploy(Context& context, const DeployOptions& options) {
  const auto project = find_project(options.where);
  if (!project) return context.fail(project.error());
  if (const auto spec = parse(*project); !spec) return context.fail(spec.error());
  auto files = project_files(project->folder);
  if (!files) return context.fail(files.error());
  if (context.account.empty()) context.account = account_of_project(project->folder);

  api::DeployPipeline request;
  request.file = project->file;
  request.yaml = project->yaml;
  request.project_file = project->project_file;
  request.project_yaml = project->project_yaml;
  request.files = std::move(*files);
  request.allow_missing = options.allow_missing;
  request.confirm = options.yes;
  auto reply = context.ask(request);
  if (reply && !reply->deployed) {
    context.console.err << fmt::format("this deploy starts {} open {}:\n", reply->open_keys.size(),
                                       reply->open_keys.size() == 1 ? "key" : "keys");
    for (const auto& key : reply->open_keys) context.console.err << "  " << key.window << ": " << key.why << "\n";
    if (!context.console.ask("deploy and start them?")) {
      context.console.err << "weir: nothing was deployed; with --yes it is deployed and starts them\n";
      return kFailed;
    }
    request.confirm = true;
    reply = context.ask(request);
  }
  if (!reply) return context.fail(reply.error());
  context.print(type_of<api::DeployReply>(), &*reply, [&] { return render_deploy(*reply, context.look()); });
  return kOk;
}

}  // namespace

void add_deploy_commands(CLI::App& app, Context& context) {
  {
    auto* command =
        app.add_subcommand("deploy", "Bring a project to the server; ends with its trigger in one sentence");
    auto options = std::make_shared<DeployOptions>();
    command->add_option("PROJECT", options->where, "the project's folder");
    command->add_flag("-y,--yes", options->yes, "also when it starts open keys");
    command->add_flag("--allow-missing", options->allow_missing, "upstreams that do not exist yet are waited for");
    command->callback([&context, options] { context.exit = deploy(context, *options); });
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
