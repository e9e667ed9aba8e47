// rerun, backfill and plan: numbered plans are shown, then accepted (rule 14).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <ostream>
#include <thread>

#include "cli/context.hpp"

namespace weir::cli {
namespace {

constexpr Millis kLookEvery{250};

template <class Request>
struct Options {
  Request request;
  bool yes = false;
  bool wait = false;
};

bool is_over(const api::PlanInfo& plan) { return plan.status == "DONE" || plan.status == "CANCELLED"; }

int wait_for_plan(Context& context, std::int64_t plan) {
  const bool bar = context.console.out_is_terminal && !context.json;
  for (;;) {
    api::DescribePlan request;
    request.plan = plan;
    request.limit = 1000;
    const auto reply = context.ask(request);
    if (!reply) return context.fail(reply.error());
    const auto& now = reply->plan;
    if (bar)
      context.console.out << "\r\033[K" << progress_bar(now.over, now.keys, now.failed, context.console.width)
                          << std::flush;
    if (!is_over(now)) {
      std::this_thread::sleep_for(kLookEvery);
      continue;
    }
    if (bar) context.console.out << "\n";
    int succeeded = 0, not_run = 0;
    for (const auto& key : reply->keys) {
      succeeded += key.state == "SUCCEEDED";
      not_run += key.state == "NOT_RUN" || key.state == "LEFT_ALONE" || key.state == "CANCELLED";
    }
    const bool bad = now.failed > 0 || now.status == "CANCELLED";
    context.print(type_of<api::PlanReply>(), &*reply, [&] {
      std::string out;
      for (const auto& key : reply->keys)
        if (key.state == "FAILED" || key.state == "TIMED_OUT" || key.state == "ABORTED" || key.state == "NOT_RUN")
          out += fmt::format("{}  {}/{} {}{}\n", status_text(key.state), key.account.value, key.pipeline, key.window,
                             key.run ? fmt::format(" (run {})", *key.run) : ": " + key.why);
      if (reply->next)
        return out + fmt::format("{} plan {}: {} keys, {} failed\n", bad ? "✗" : "✓", plan, now.keys, now.failed);
      return out + fmt::format("{} {} of {} keys succeeded{}\n", bad ? "✗" : "✓", succeeded, now.keys,
                               not_run ? fmt::format(", {} were not run", not_run) : "");
    });
    return bad ? kFailed : kOk;
  }
}

template <class Request>
int make(Context& context, Options<Request>& options) {
  auto& request = options.request;
  const auto ref = pipeline_ref(request.pipeline);
  request.pipeline = ref.name;
  request.account = ref.account;
  request.accept = request.others = options.yes;
  const auto reply = context.ask(request);
  if (!reply) return context.fail(reply.error());
  const auto plan = reply->plan.plan;
  const bool quiet_json = context.json && options.wait && options.yes && plan != 0;
  if (!quiet_json)
    context.print(type_of<api::PlanReply>(), &*reply, [&] { return render_plan(*reply, context.look(), false); });
  if (plan == 0) {
    if (!request.dry_run && !context.json) context.console.out << "nothing to run\n";
    return kOk;
  }
  if (!options.yes) {
    const auto elsewhere = reply->plan.in_other_accounts;
    const auto question = elsewhere > 0
                              ? fmt::format("{} of its runs are in other accounts; accept plan {}?", elsewhere, plan)
                              : fmt::format("accept plan {}?", plan);
    if (!context.console.in_is_terminal || !context.console.ask(question)) {
      context.console.err << fmt::format("weir: nothing was started; 'weir plan accept {}' accepts it\n", plan);
      return context.console.in_is_terminal ? kFailed : kOk;
    }
    const auto accepted = context.ask(api::AcceptPlan{plan, true, ""});
    if (!accepted) return context.fail(accepted.error());
  }
  return options.wait ? wait_for_plan(context, plan) : kOk;
}

template <class Request>
void add_shared(CLI::App& command, const std::shared_ptr<Options<Request>>& options) {
  auto& request = options->request;
  command.add_option("PIPELINE", request.pipeline, "NAME or ACCOUNT/NAME")->required();
  command.add_option("--parallel", request.parallel, "runs at once")->check(CLI::Range(1, 200));
  command.add_option("--redo", request.redo, "missing, failed or all")
      ->check(CLI::IsMember({"missing", "failed", "all"}));
  command.add_option("--only", request.only, "of what follows only this pipeline; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--except", request.except, "of what follows not this pipeline; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--dry-run", request.dry_run, "only say what would run; stores no plan");
  command.add_option("--reason", request.reason, "for the plan, its runs and the audit log");
  command.add_flag("-y,--yes", options->yes, "accept the plan at once, also with many runs in other accounts");
  command.add_flag("--wait", options->wait, "until the plan is over; exit code 1 when a run fails");
}

template <class Request>
void add_word(CLI::App& plan, Context& context, const char* name, const char* help) {
  auto* command = plan.add_subcommand(name, help);
  auto request = std::make_shared<Request>();
  command->add_option("PLAN", request->plan, "the plan's number")->required();
  command->add_option("--reason", request->reason, "for the audit log");
  command->callback([&context, request] {
    if constexpr (requires { request->others; }) request->others = true;
    context.exit = context.show<Request>(
        *request, [&](const api::PlanInfo& reply) { return plan_line(reply) + "\n" + reply.status + "\n"; });
  });
}

}  // namespace

void add_plan_commands(CLI::App& app, Context& context) {
  {
    auto* command = app.add_subcommand("rerun", "Plan to run a window again, with what follows from it");
    auto options = std::make_shared<Options<api::Rerun>>();
    command->add_option("-w,--window", options->request.window, "default: the newest scheduled");
    command->add_option("--to", options->request.to, "the last window of a range");
    auto* quiet = command->add_flag("--quiet", options->request.quiet, "these keys alone: start nothing");
    command->add_flag_callback("--downstream", [] {}, "with what follows: the default")->excludes(quiet);
    add_shared(*command, options);
    command->callback([&context, options] { context.exit = make(context, *options); });
  }
  {
    auto* command = app.add_subcommand("backfill", "Plan to run the windows of a range, oldest first");
    auto options = std::make_shared<Options<api::Backfill>>();
    command->add_option("--from", options->request.from, "the first date")->required();
    command->add_option("--to", options->request.to, "the last date")->required();
    auto* down = command->add_flag("--downstream", options->request.downstream, "with what follows from it");
    command->add_flag_callback("--quiet", [] {}, "its runs start nothing: the default")->excludes(down);
    add_shared(*command, options);
    command->callback([&context, options] { context.exit = make(context, *options); });
  }
  auto* plan = app.add_subcommand("plan", "Reruns and backfills: list, show, accept, pause, resume, cancel");
  plan->require_subcommand(1);
  {
    auto* command = plan->add_subcommand("list", "The plans, newest first");
    auto request = std::make_shared<api::ListPlans>();
    command->add_flag("--all", request->all, "of all accounts");
    command->add_option("--limit", request->limit, "how many");
    command->callback([&context, request] {
      context.exit = context.show<api::ListPlans>(
          *request, [&](const auto& reply) { return render_plans(reply, context.look()); });
    });
  }
  {
    auto* command = plan->add_subcommand("show", "A plan with its pipelines and keys");
    auto request = std::make_shared<api::DescribePlan>();
    auto keys = std::make_shared<bool>(false);
    command->add_option("PLAN", request->plan, "the plan's number")->required();
    command->add_option("--after", request->after, "go on behind this key");
    command->add_flag("--keys", *keys, "every key, 1000 a page");
    command->callback([&context, request, keys] {
      request->limit = *keys ? 1000 : 500;
      context.exit = context.show<api::DescribePlan>(*request, [&](const api::PlanReply& reply) {
        auto out = render_plan(reply, context.look(), *keys);
        if (*keys && reply.next)
          out += fmt::format("more: weir plan show {} --keys --after {}\n", request->plan, *reply.next);
        return out;
      });
    });
  }
  add_word<api::AcceptPlan>(*plan, context, "accept", "Let a plan that was shown run");
  add_word<api::PausePlan>(*plan, context, "pause", "Start no more of its keys; they still count as RUNNING");
  add_word<api::ResumePlan>(*plan, context, "resume", "Go on with a paused plan");
  add_word<api::CancelPlan>(*plan, context, "cancel", "Drop what has not started");
}

}  // namespace weir::cli
