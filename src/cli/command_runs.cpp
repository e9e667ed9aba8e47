// Commands that act on runs: run, stop, retry, mark, logs.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/context.hpp"
#include "cli/follow.hpp"
#include "json/text.hpp"

namespace weir::cli {
namespace {

struct RunOptions {
  api::StartRun request;
  std::vector<std::string> parameters;
  bool follow = false;
  bool yes = false;
};

// "k=v": v as JSON when it is a number, a truth value, an object or a list; else a text.
Result<JsonText> parameters_of(const std::vector<std::string>& pairs) {
  if (pairs.empty()) return JsonText{};
  json::Object object;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail("'" + pair + "' is no parameter", "--param", "write --param name=value");
    const std::string text = pair.substr(equals + 1);
    auto value = json::parse(text);
    object[pair.substr(0, equals)] = value && !value->is_string() ? *value : json::Value(text);
  }
  return JsonText{json::print(object)};
}

std::string names(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& name : list) out += (out.empty() ? "" : ", ") + name;
  return out;
}

int start_run(Context& context, RunOptions& options) {
  auto& request = options.request;
  const auto ref = pipeline_ref(request.pipeline);
  request.pipeline = ref.name;
  request.account = ref.account;
  const auto parameters = parameters_of(options.parameters);
  if (!parameters) return context.fail(parameters.error());
  request.parameters = *parameters;

  request.dry_run = true;
  const auto plan = context.ask(request);
  if (!plan) return context.fail(plan.error());
  auto& err = context.console.err;
  err << fmt::format("{} for {}{}\n", plan->run.pipeline, plan->run.window,
                     plan->logical_date_from.empty() ? "" : " (" + plan->logical_date_from + ")");
  if (!plan->run.missing.empty()) {
    err << "  starts without: " << names(plan->run.missing) << "\n";
    if (!request.now && !request.adhoc)
      err << "  the window still fires when its condition becomes true; with --now this run counts as the firing\n";
  }
  std::vector<std::string> elsewhere;
  for (const auto& dependant : plan->dependants)
    if (pipeline_ref(dependant).account.value_or("") != plan->run.account.str()) elsewhere.push_back(dependant);
  if (request.adhoc)
    err << "  ad hoc: counts for nobody, starts nobody\n";
  else if (!plan->dependants.empty())
    err << "  when it succeeds it may start: " << names(plan->dependants) << "\n";
  if (!elsewhere.empty() && !request.adhoc && !options.yes && context.console.in_is_terminal &&
      !context.console.ask(fmt::format("{} of them in other accounts; start the run?", elsewhere.size()))) {
    err << "weir: nothing was started\n";
    return kFailed;
  }
  request.dry_run = false;
  const auto reply = context.ask(request);
  if (!reply) return context.fail(reply.error());
  if (!options.follow || !context.json)
    context.print(type_of<api::StartRunReply>(), &*reply, [&] { return run_line(reply->run, context.look()) + "\n"; });
  return options.follow ? follow_run(context, reply->run.run) : kOk;
}

}  // namespace

void add_run_commands(CLI::App& app, Context& context) {
  {
    auto* command = app.add_subcommand("run", "Start a run by hand; says first what it will start");
    auto options = std::make_shared<RunOptions>();
    command->add_option("PIPELINE", options->request.pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_option("-d,--date", options->request.date, "any date in the window; default: the newest scheduled");
    auto* adhoc = command->add_flag("--adhoc", options->request.adhoc, "a test: counts for nobody, starts nobody");
    command->add_flag("--now", options->request.now, "with what there is: it counts as the firing; needs --reason")
        ->excludes(adhoc);
    command->add_option("-p,--param", options->parameters, "name=value; may be repeated")->allow_extra_args(false);
    command->add_option("--reason", options->request.reason, "for the audit log");
    command->add_flag("-f,--follow", options->follow, "print its steps until it is over; exit code 1 when it fails");
    command->add_flag("-y,--yes", options->yes, "do not ask");
    command->callback([&context, options] { context.exit = start_run(context, *options); });
  }
  const auto with_run = [&](const char* name, const char* help, auto&& act) {
    auto* command = app.add_subcommand(name, help);
    auto run = std::make_shared<std::int64_t>(0);
    auto reason = std::make_shared<std::string>();
    command->add_option("RUN", *run, "the run's number")->required();
    command->add_option("--reason", *reason, "for the audit log");
    command->callback([&context, run, reason, act] { context.exit = act(context, *run, *reason); });
  };
  with_run("stop", "Stop a run", [](Context& c, std::int64_t run, const std::string& reason) {
    return c.show<api::StopRun>({run, reason}, [&](const auto& reply) { return run_line(reply, c.look()) + "\n"; });
  });
  {
    auto* command = app.add_subcommand("retry", "Run the occurrence of a run again, with the same parameters");
    auto request = std::make_shared<api::RetryRun>();
    command->add_option("RUN", request->run, "the run's number")->required();
    command->add_option("--from", request->from,
                        "begin at this step, keeping the results of those before; 'failed': the first that has not "
                        "succeeded");
    command->add_option("--reason", request->reason, "for the audit log");
    command->callback([&context, request] {
      context.exit = context.show<api::RetryRun>(
          *request, [&](const auto& reply) { return run_line(reply.run, context.look()) + "\n"; });
    });
  }
  {
    auto* command = app.add_subcommand("mark", "Decide that a window counts as SUCCEEDED or FAILED");
    auto request = std::make_shared<api::MarkWindow>();
    command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_option("STATUS", request->status, "SUCCEEDED or FAILED")->required();
    command->add_option("-w,--window", request->window, "for example 2026-01-02")->required();
    command->add_option("--reason", request->reason, "why; stands in the audit log and in the evidence")->required();
    command->callback([&context, request] {
      const auto ref = pipeline_ref(request->pipeline);
      request->pipeline = ref.name;
      request->account = ref.account;
      context.exit = context.show<api::MarkWindow>(
          *request, [&](const auto& reply) { return run_line(reply, context.look()) + "\n"; });
    });
  }
  {
    auto* command = app.add_subcommand("logs", "The logs of a run's steps");
    auto run = std::make_shared<std::int64_t>(0);
    auto step = std::make_shared<std::string>();
    auto follow = std::make_shared<bool>(false);
    command->add_option("RUN", *run, "the run's number")->required();
    command->add_option("-s,--step", *step, "only of this step");
    command->add_flag("-f,--follow", *follow, "until the run is over");
    command->callback([&context, run, step, follow] { context.exit = print_logs(context, *run, *step, *follow); });
  }
}

}  // namespace weir::cli
