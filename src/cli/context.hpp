// What every command has: the global options, the console, and the server to ask.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/counter.hpp"

#include "base/describe.hpp"
#include "cli/console.hpp"
#include "cli/render.hpp"

#include "edge/client.hpp"

namespace CLI {
class App;
}

namespace weir::cli {

struct Context {
  explicit Context(Console c) : console(c) {}

  Console console;
  std::string server = "http://127.0.0.1:4700";
  std::string account;  // id or alias; empty: of weir.yaml, else 000000000000
  std::string who;
  bool json = false;
  bool no_color = false;
  int exit = kOk;

  Look look() const;
  // Prints the error (what, where, what to do) and returns the exit code for it.
  int fail(const api::ApiError& error);
  int fail(const Problem& problem, int code = kBadInput);
  int fail(const std::vector<Problem>& problems);

  // The account as 12 digits: an alias is looked up at the server.
  api::Reply<std::string> account_id();
  template <class Request>
  api::Reply<typename Request::Reply> ask(const Request& request) {
    auto account = account_id();
    if (!account) return std::unexpected(std::move(account.error()));
    return client(*account).call(request);
  }
  // Asks, and prints the reply as JSON or as `render` says.
  template <class Request>
  int show(const Request& request, const std::function<std::string(const typename Request::Reply&)>& render) {
    const auto reply = ask(request);
    if (!reply) return fail(reply.error());
    print(type_of<typename Request::Reply>(), &*reply, [&] { return render(*reply); });
    return kOk;
  }
  edge::Client& client(const std::string& account);
  void print(const Type& type, const void* reply, const std::function<std::string()>& render);

 private:
  std::optional<std::string> resolved_;
  std::optional<std::pair<std::string, edge::Client>> client_;  // of the account asked last
};

// "listings" or "ACCOUNT/listings".
struct PipelineRef {
  std::string name;
  std::optional<std::string> account;
};
PipelineRef pipeline_ref(const std::string& text);

// A deploy's request, from the project's folder; else the exit code, with the problems said.
std::expected<api::DeployPipeline, int> deploy_request(Context& context, const std::string& where,
                                                       const std::string& environment);
// Lists them and asks; false, and said, when they are not to be started.
bool confirm_open_keys(Context& context, const std::vector<api::OpenKey>& keys);

// The groups of commands; each adds its sub-commands, whose callbacks set context.exit.
void add_account_commands(CLI::App& app, Context& context);
void add_counter_commands(CLI::App& app, Context& context);
void add_decision_commands(CLI::App& app, Context& context);
void add_deploy_commands(CLI::App& app, Context& context);
void add_fmt_command(CLI::App& app, Context& context);
void add_version_commands(CLI::App& app, Context& context);
void add_next_command(CLI::App& app, Context& context);
void add_list_commands(CLI::App& app, Context& context);
void add_offline_commands(CLI::App& app, Context& context);
void add_pool_commands(CLI::App& app, Context& context);
void add_report_command(CLI::App& app, Context& context);
void add_run_commands(CLI::App& app, Context& context);
void add_plan_commands(CLI::App& app, Context& context);
void add_serve_command(CLI::App& app, Context& context);
void add_test_command(CLI::App& app, Context& context);
void add_worker_command(CLI::App& app, Context& context);

// The whole command line; returns the exit code.
int run(const std::vector<std::string>& arguments, Console console);

}  // namespace weir::cli
