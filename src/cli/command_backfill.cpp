#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/context.hpp"
#include "cli/follow.hpp"

namespace weir::cli {
namespace {

struct Options {
  api::Backfill request;
  bool wait = false;
};

std::string shortened(const std::vector<std::string>& windows) {
  if (windows.empty()) return "none";
  if (windows.size() == 1) return windows.front();
  return fmt::format("{} windows, {} to {}", windows.size(), windows.front(), windows.back());
}

int backfill(Context& context, Options& options) {
  const auto ref = pipeline_ref(options.request.pipeline);
  options.request.pipeline = ref.name;
  options.request.account = ref.account;
  // Runs up to here are no answer to this backfill.
  std::int64_t newest = 0;
  if (options.wait) {
    api::ListRuns last;
    last.pipeline = ref.name;
    last.account = ref.account;
    last.limit = 1;
    const auto runs = context.ask(last);
    if (!runs) return context.fail(runs.error());
    if (!runs->runs.empty()) newest = runs->runs.front().run;
  }
  const auto reply = context.ask(options.request);
  if (!reply) return context.fail(reply.error());
  context.print(type_of<api::BackfillReply>(), &*reply, [&] {
    std::string out =
        fmt::format("{} {}\n", options.request.dry_run ? "would run:" : "runs:", shortened(reply->windows));
    if (!reply->left_alone.empty())
      out += fmt::format("left alone, active or successful: {}\n", shortened(reply->left_alone));
    return out;
  });
  if (!options.wait || options.request.dry_run || reply->windows.empty()) return kOk;
  return wait_for_windows(context, ref, reply->windows, newest);
}

}  // namespace

void add_backfill_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("backfill", "Run the windows of a range, oldest first");
  auto options = std::make_shared<Options>();
  auto& request = options->request;
  command->add_option("PIPELINE", request.pipeline, "NAME or ACCOUNT/NAME")->required();
  command->add_option("--from", request.from, "the first date")->required();
  command->add_option("--to", request.to, "the last date")->required();
  command->add_option("--parallel", request.parallel, "how many at once")->check(CLI::Range(1, 1000));
  command->add_option("--redo", request.redo, "missing (default), failed or all")
      ->check(CLI::IsMember({"missing", "failed", "all"}));
  command->add_flag("--downstream", request.downstream, "its runs start dependants, as any run does: must be said");
  command->add_flag("--dry-run", request.dry_run, "only say what would run");
  command->add_option("--reason", request.reason, "for the audit log");
  command->add_flag("--wait", options->wait, "until all are over; exit code 1 when one fails");
  command->callback([&context, options] { context.exit = backfill(context, *options); });
}

}  // namespace weir::cli
