// Commands by which people decide: skip, accept, approve, pause, resume. (mark stands with the runs.)
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "api/decisions.hpp"
#include "cli/context.hpp"

namespace weir::cli {
namespace {

template <class Request>
void name_pipeline(Request& request) {
  const auto ref = pipeline_ref(request.pipeline);
  request.pipeline = ref.name;
  request.account = ref.account;
}

std::string render_decision(const api::DecisionReply& reply, const Look& look) {
  std::string out = fmt::format("{} {} {}\n", paint(look.color, Color::green, "✓"), reply.decision, reply.text);
  if (reply.run) out += "  " + run_line(*reply.run, look) + "\n";
  if (!reply.dependants.empty()) {
    out += "  needed by ";
    for (std::size_t i = 0; i < reply.dependants.size(); ++i) out += (i > 0 ? ", " : "") + reply.dependants[i];
    out += "\n";
  }
  return out + fmt::format("weir explain {}/{} --window {}\n", reply.account.str(), reply.pipeline, reply.window);
}

template <class Request>
void add_decision(CLI::App& app, Context& context, const char* name, const char* help, bool window_required) {
  auto* command = app.add_subcommand(name, help);
  auto request = std::make_shared<Request>();
  command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME")->required();
  auto* window = command->add_option(
      "-w,--window", request->window,
      window_required ? "for example 2026-01-02" : "for example 2026-01-02; default: the only one that waits");
  if (window_required) window->required();
  command->add_option("--reason", request->reason, "why; stands in the audit log and in the evidence")->required();
  command->callback([&context, request] {
    name_pipeline(*request);
    context.exit =
        context.show<Request>(*request, [&](const auto& reply) { return render_decision(reply, context.look()); });
  });
}

struct Paused {
  std::string pipeline;
  bool all = false;
  std::string reason;
};

std::string what(const api::PauseReply& reply) {
  return reply.pipeline.empty() ? "account " + reply.account.str() : reply.account.str() + "/" + reply.pipeline;
}

template <class Request>
void add_pause(CLI::App& app, Context& context, const char* name, const char* help,
               std::string (*said)(const api::PauseReply&)) {
  auto* command = app.add_subcommand(name, help);
  auto options = std::make_shared<Paused>();
  auto* pipeline = command->add_option("PIPELINE", options->pipeline, "NAME or ACCOUNT/NAME");
  auto* all = command->add_flag("--all", options->all, "all pipelines of the account");
  pipeline->excludes(all);
  command->add_option("--reason", options->reason, "why; stands in the audit log")->required();
  command->callback([&context, options, said] {
    if (options->pipeline.empty() && !options->all) {
      context.exit = context.fail(Problem{"neither a pipeline nor --all", "", "name a pipeline, or say --all"}, kUsage);
      return;
    }
    Request request;
    request.reason = options->reason;
    if (!options->all) {
      const auto ref = pipeline_ref(options->pipeline);
      request.pipeline = ref.name;
      request.account = ref.account;
    }
    context.exit = context.show<Request>(request, [&](const auto& reply) { return said(reply); });
  });
}

}  // namespace

void add_decision_commands(CLI::App& app, Context& context) {
  add_decision<api::SkipWindow>(app, context, "skip", "Decide that a window is not needed", true);
  add_decision<api::AcceptWindow>(app, context, "accept", "Decide that an out-of-date run is good enough", true);
  add_decision<api::ApproveWindow>(app, context, "approve",
                                   "Let a window run again that waits for it (onUpstreamRerun: ask)", false);
  add_pause<api::Pause>(app, context, "pause", "Schedule and condition start nothing; runs by hand go",
                        [](const api::PauseReply& reply) {
                          return fmt::format("✓ {} is paused: schedule and condition start nothing\n", what(reply));
                        });
  add_pause<api::Resume>(app, context, "resume", "End a pause; what became due meanwhile runs as catchup says",
                         [](const api::PauseReply& reply) {
                           return reply.paused ? fmt::format(
                                                     "✓ {} is resumed, but its account is still paused: weir resume "
                                                     "--all\n",
                                                     what(reply))
                                               : fmt::format("✓ {} is resumed, after a pause since {}\n", what(reply),
                                                             when_text(reply.since));
                         });
}

}  // namespace weir::cli
