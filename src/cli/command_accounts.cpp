#include <CLI/CLI.hpp>

#include "cli/context.hpp"

namespace weir::cli {

void add_account_commands(CLI::App& app, Context& context) {
  {
    auto* command = app.add_subcommand("setup-user-account", "Create or change an account: its id, alias and team");
    auto request = std::make_shared<api::PutAccount>();
    auto id = std::make_shared<std::string>();
    command->add_option("ID", *id, "12 digits; default: the account of --account or weir.yaml");
    command->add_option("--alias", request->alias, "what pipeline.yaml may say instead of the id");
    command->add_option("--owner", request->owner, "the team");
    command->add_option("--timezone", request->timezone, "of its pipelines that say none, for example Europe/Berlin");
    command->callback([&context, request, id] {
      if (id->empty()) *id = context.account.empty() ? "000000000000" : context.account;
      request->id = AccountId{*id};
      context.account = *id;
      context.exit = context.show<api::PutAccount>(*request, [](const api::AccountInfo& account) {
        return "✓ account " + account.id.str() + (account.alias.empty() ? "" : " is called " + account.alias) +
               (account.owner.empty() ? "" : " and belongs to " + account.owner) + "\n";
      });
    });
  }
  {
    auto* command = app.add_subcommand("delete-account", "Delete an account with its pipelines");
    auto request = std::make_shared<api::DeleteAccount>();
    auto name = std::make_shared<std::string>();
    command->add_option("ACCOUNT", *name, "its id or alias")->required();
    command->add_flag("--force", request->force, "also when others depend on it: their clauses are blocked");
    command->add_option("--reason", request->reason, "for the audit log");
    command->callback([&context, request, name] {
      context.account = *name;
      auto id = context.account_id();
      if (!id) {
        context.exit = context.fail(id.error());
        return;
      }
      request->id = AccountId{*id};
      context.exit = context.show<api::DeleteAccount>(*request, [&](const api::DeleteAccountReply& reply) {
        std::string out = "✓ deleted account " + *id + "\n";
        for (const auto& pipeline : reply.pipelines) out += "  " + pipeline + "\n";
        return out;
      });
    });
  }
  app.add_subcommand("accounts", "List the accounts")->callback([&context] {
    context.exit =
        context.show<api::ListAccounts>({}, [&](const auto& reply) { return render_accounts(reply, context.look()); });
  });
  {
    auto* command =
        app.add_subcommand("grant", "Let another account's pipelines depend on a pipeline (sharing: granted)");
    auto request = std::make_shared<api::PutGrant>();
    command->add_option("PIPELINE", request->pipeline, "the pipeline; * for all")->required();
    command->add_option("--to", request->to, "the account, id or alias")->required();
    command->add_flag("--withdraw", request->withdraw, "take the grant back");
    command->add_option("--reason", request->reason, "for the audit log");
    command->callback([&context, request] {
      const auto ref = pipeline_ref(request->pipeline);
      request->pipeline = ref.name;
      if (ref.account) context.account = *ref.account;
      context.exit = context.show<api::PutGrant>(*request, [&](const api::GrantInfo& grant) {
        return std::string("✓ ") + grant.to.str() + (request->withdraw ? " may no longer" : " may") + " depend on " +
               grant.account.str() + "/" + grant.pipeline + "\n";
      });
    });
  }
  {
    auto* command = app.add_subcommand("audit", "Who did what, newest first");
    auto request = std::make_shared<api::ListAudit>();
    command->add_option("--limit", request->limit, "how many");
    command->add_option("--before", request->before, "only entries older than this id");
    command->callback([&context, request] {
      context.exit = context.show<api::ListAudit>(
          *request, [&](const auto& reply) { return render_audit(reply, context.look()); });
    });
  }
}

void add_counter_commands(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("counter", "The toy service of CONTRIBUTING: show or raise the account's counter");
  auto request = std::make_shared<api::AddToCounter>();
  request->by = 0;
  command->add_option("--add", request->by, "how much to add");
  command->callback([&context, request] {
    const auto render = [](const api::CounterReply& reply) {
      return std::to_string(reply.value) + " (" + std::to_string(reply.received) + " from other accounts)\n";
    };
    context.exit = request->by != 0 ? context.show<api::AddToCounter>(*request, render)
                                    : context.show<api::ReadCounter>({}, render);
  });
}

}  // namespace weir::cli
