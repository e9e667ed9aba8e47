// Pools: slots that runs of several pipelines share.
#include <CLI/CLI.hpp>

#include "cli/context.hpp"

namespace weir::cli {

void add_pool_commands(CLI::App& app, Context& context) {
  auto* pool = app.add_subcommand("pool", "Slots that runs of several pipelines share: set, list, show, delete");
  pool->require_subcommand(1);
  {
    auto* command = pool->add_subcommand("set", "Make a pool or change its slots; what works is not stopped");
    auto request = std::make_shared<api::SetPool>();
    command->add_option("NAME", request->pool, "the pool, as pipeline.yaml says it")->required();
    command->add_option("--slots", request->slots, "runs at a time; 0: nothing starts")->required();
    command->add_option("--reason", request->reason, "for those who wait, and the audit log");
    command->callback([&context, request] {
      context.exit =
          context.show<api::SetPool>(*request, [&](const auto& reply) { return render_pool(reply, context.look()); });
    });
  }
  {
    auto* command = pool->add_subcommand("list", "The pools with their slots, those in use and the runs that wait");
    auto request = std::make_shared<api::ListPools>();
    command->add_flag("-a,--all", request->all, "of all accounts");
    command->callback([&context, request] {
      context.exit = context.show<api::ListPools>(
          *request, [&](const auto& reply) { return render_pools(reply, context.look()); });
    });
  }
  {
    auto* command = pool->add_subcommand("show", "One pool: who holds its slots, and its line");
    auto request = std::make_shared<api::DescribePool>();
    command->add_option("NAME", request->pool, "the pool")->required();
    command->callback([&context, request] {
      context.exit = context.show<api::DescribePool>(
          *request, [&](const auto& reply) { return render_pool(reply, context.look()); });
    });
  }
  {
    auto* command = pool->add_subcommand("delete", "Delete a pool that no pipeline names");
    auto request = std::make_shared<api::DeletePool>();
    command->add_option("NAME", request->pool, "the pool")->required();
    command->add_option("--reason", request->reason, "for the audit log");
    command->callback([&context, request] {
      context.exit = context.show<api::DeletePool>(
          *request, [&](const auto&) { return "✓ deleted pool " + request->pool + "\n"; });
    });
  }
}

}  // namespace weir::cli
