#include <CLI/CLI.hpp>

#include <cstdlib>

#include "cli/context.hpp"

namespace weir::cli {

int run(const std::vector<std::string>& arguments, Console console) {
  Context context(console);
  if (const char* user = std::getenv("USER")) context.who = user;
  if (context.who.empty()) context.who = "somebody";

  CLI::App app{"Weir: event-driven data pipelines. Each command has --help; docs/reference/cli.md has them all.",
               "weir"};
  app.set_version_flag("--version", "weir " WEIR_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", context.server, "the server's address (default http://127.0.0.1:4700)")
      ->envname("WEIR_SERVER");
  app.add_option("--account", context.account, "id or alias (default: of weir.yaml here or above, else 000000000000)")
      ->envname("WEIR_ACCOUNT");
  app.add_flag("--json", context.json, "print the server's reply as JSON");
  app.add_flag("--no-color", context.no_color, "no colours; also with NO_COLOR set");
  add_offline_commands(app, context);
  add_test_command(app, context);
  add_deploy_commands(app, context);
  add_run_commands(app, context);
  add_decision_commands(app, context);
  add_report_command(app, context);
  add_plan_commands(app, context);
  add_pool_commands(app, context);
  add_list_commands(app, context);
  add_next_command(app, context);
  add_version_commands(app, context);
  add_fmt_command(app, context);
  add_account_commands(app, context);
  add_counter_commands(app, context);
  add_serve_command(app, context);
  add_worker_command(app, context);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, console.out, console.err);
    return code == 0 ? kOk : kUsage;
  }
  return context.exit;
}

}  // namespace weir::cli
