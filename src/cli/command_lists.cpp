// Commands that only look: pipelines, runs, show, explain, graph, status.
#include <CLI/CLI.hpp>

#include "cli/context.hpp"

namespace weir::cli {
namespace {

constexpr int kWaitsAsked = 50;  // of the runs of a page that wait

// The list is of stored rows; for what a run waits is known to the one who decides.
int list_runs(Context& context, const api::ListRuns& request) {
  auto reply = context.ask(request);
  if (!reply) return context.fail(reply.error());
  int asked = 0;
  for (auto& run : reply->runs)
    if (run.status == "QUEUED" && asked++ < kWaitsAsked)
      if (auto whole = context.ask(api::DescribeRun{run.run})) run.waits = std::move(whole->run.waits);
  context.print(type_of<api::ListRunsReply>(), &*reply,
                [&] { return render_runs(*reply, context.look(), request.all); });
  return kOk;
}

}  // namespace

void add_list_commands(CLI::App& app, Context& context) {
  {
    auto* command = app.add_subcommand("pipelines", "List pipelines with their last run and trigger");
    auto request = std::make_shared<api::ListPipelines>();
    command->add_flag("-a,--all", request->all, "of all accounts");
    command->callback([&context, request] {
      context.exit = context.show<api::ListPipelines>(
          *request, [&](const auto& reply) { return render_pipelines(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("runs", "The run log, newest first");
    auto request = std::make_shared<api::ListRuns>();
    command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME");
    command->add_option("-w,--window", request->window, "only of this window, for example 2026-01-02");
    command->add_option("-s,--status", request->status, "only with this status");
    command->add_flag("-a,--all", request->all, "of all accounts");
    command->add_option("-n,--limit", request->limit, "how many");
    command->add_option("--before", request->before, "only runs older than this one");
    command->callback([&context, request] {
      if (request->pipeline) {
        const auto ref = pipeline_ref(*request->pipeline);
        request->pipeline = ref.name;
        request->account = ref.account;
      }
      context.exit = list_runs(context, *request);
    });
  }
  {
    auto* command = app.add_subcommand("show", "One run: its steps, and the runs it used and that used it");
    auto request = std::make_shared<api::DescribeRun>();
    command->add_option("RUN", request->run, "the run's number")->required();
    command->callback([&context, request] {
      context.exit = context.show<api::DescribeRun>(
          *request, [&](const auto& reply) { return render_run(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("explain", "Why a window ran, did not run, or what it waits for");
    auto request = std::make_shared<api::Explain>();
    command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME")->required();
    command->add_option("-w,--window", request->window,
                        "for example 2026-01-02; default: the newest that waits or ran");
    command->callback([&context, request] {
      const auto ref = pipeline_ref(request->pipeline);
      request->pipeline = ref.name;
      request->account = ref.account;
      context.exit = context.show<api::Explain>(
          *request, [&](const auto& reply) { return render_explain(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("why", "Back from a run to its first causes, across accounts");
    auto request = std::make_shared<api::WhyRun>();
    command->add_option("RUN", request->run, "the run's number")->required();
    command->callback([&context, request] {
      context.exit =
          context.show<api::WhyRun>(*request, [&](const auto& reply) { return render_why(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("dependants", "All that depends on a pipeline, with owner and state");
    auto request = std::make_shared<api::Dependants>();
    command->add_option("PIPELINE", request->pipeline, "NAME or ACCOUNT/NAME")->required();
    command->callback([&context, request] {
      const auto ref = pipeline_ref(request->pipeline);
      request->pipeline = ref.name;
      request->account = ref.account;
      context.exit = context.show<api::Dependants>(
          *request, [&](const auto& reply) { return render_dependants(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("graph", "What triggers what, across accounts");
    auto pipeline = std::make_shared<std::string>();
    command->add_option("PIPELINE", *pipeline, "only what is connected with it");
    command->callback([&context, pipeline] {
      api::Graph request;
      if (!pipeline->empty()) {
        const auto ref = pipeline_ref(*pipeline);
        request.pipeline = ref.name;
        request.account = ref.account;
      }
      context.exit =
          context.show<api::Graph>(request, [&](const auto& reply) { return render_graph(reply, context.look()); });
    });
  }
  {
    auto* command = app.add_subcommand("status", "What needs somebody now, failures first");
    auto request = std::make_shared<api::Status>();
    command->add_flag("-a,--all", request->all, "of all accounts");
    command->callback([&context, request] {
      context.exit =
          context.show<api::Status>(*request, [&](const auto& reply) { return render_status(reply, context.look()); });
    });
  }
}

}  // namespace weir::cli
