// serve and worker: the commands that stay.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "cli/context.hpp"
#include "cli/house.hpp"
#include "cli/ports.hpp"

namespace weir::cli {
namespace {

// SIGTERM and SIGINT are taken by wait_for_the_end alone: threads that start later inherit the mask.
void hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void wait_for_the_end() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  int got = 0;
  while (::sigwait(&set, &got) != 0) {
  }
}

struct ServeOptions {
  HouseOptions house;
  std::string listen = "127.0.0.1:4700";
  std::string sharing = "open";
  int drain_s = 10;
};

int serve(Context& context, ServeOptions& options) {
  const auto colon = options.listen.rfind(':');
  const int port = colon == std::string::npos ? -1 : std::atoi(options.listen.c_str() + colon + 1);
  if (port < 0 || port > 65'535)
    return context.fail(
        Problem{"'" + options.listen + "' is no address", "--listen", "write HOST:PORT, for example 127.0.0.1:4700"},
        kUsage);
  options.house.address = options.listen.substr(0, colon);
  options.house.port = static_cast<std::uint16_t>(port);
  options.house.granted = options.sharing == "granted";
  options.house.say = [](const std::string& line) { std::cerr << line + "\n" << std::flush; };
  options.house.fatal = [](const std::string& why) {
    // Destructors would wait for a store that is gone.
    std::cerr << "weir: the store failed twice: " << why << "; start the server again when the disk is well\n"
              << std::flush;
    ::_exit(kInternal);
  };
  hold_signals();
  auto house = House::open(options.house);
  if (!house) return context.fail(house.error(), kInternal);
  context.console.out << "weir listening on " << (*house)->url() << std::endl;
  wait_for_the_end();
  (*house)->drain(std::chrono::seconds(options.drain_s));
  return kOk;
}

struct WorkerCommand {
  run::WorkerOptions worker;
  std::string folder;
  int drain_s = 10;
};

int work(Context& context, WorkerCommand& options) {
  auto& worker = options.worker;
  if (worker.name.empty()) {
    char host[256] = "worker";
    ::gethostname(host, sizeof host - 1);
    worker.name = fmt::format("{}-{}", host, ::getpid());
  }
  const char* home = std::getenv("HOME");
  worker.folder = !options.folder.empty()
                      ? std::filesystem::path(options.folder)
                      : std::filesystem::path(home ? home : "/tmp") / ".cache" / "weir" / worker.name;
  worker.wait_s = 5;  // a drain waits for the poll's end
  const auto account = context.account_id();
  if (!account) return context.fail(account.error());
  edge::ClientOptions client;
  client.base_url = context.server;
  client.account = AccountId{*account};
  client.who = worker.name;
  client.timeout = Millis{15'000};
  hold_signals();
  HttpPort port(client);
  run::Worker running(port, worker);
  if (auto started = running.start(); !started) return context.fail(started.error(), kFailed);
  context.console.out << fmt::format("weir worker {} serves queue {} of {} for account {}", worker.name, worker.queue,
                                     context.server, *account)
                      << std::endl;
  wait_for_the_end();
  running.drain(std::chrono::seconds(options.drain_s));
  return kOk;
}

}  // namespace

void add_serve_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("serve", "Run the server; SIGTERM or Ctrl-C drains it");
  auto options = std::make_shared<ServeOptions>();
  auto& house = options->house;
  house.data = "weir-data";
  house.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command->add_option("--data", house.data, "the folder of the store, logs and steps (default weir-data)");
  command->add_option("--listen", options->listen, "HOST:PORT on a loopback address; port 0: any that is free");
  command->add_option("--workers", house.workers, "steps at a time in this process (default: cores; 0: none)")
      ->check(CLI::Range(0, limits::kClaimItems));
  command->add_option("--secrets", house.secrets, "folder of the secrets of its own workers")->envname("WEIR_SECRETS");
  command->add_option("--sharing", options->sharing, "open (default): everybody may depend on everything; granted")
      ->check(CLI::IsMember({"open", "granted"}));
  command->add_flag("--memory", house.memory, "keep nothing: for a try");
  command->add_option("--drain-s", options->drain_s, "how long running steps may go on after SIGTERM (default 10)");
  command->callback([&context, options] { context.exit = serve(context, *options); });
}

void add_worker_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("worker", "Perform steps of an account on this machine");
  auto options = std::make_shared<WorkerCommand>();
  command->add_option("--queue", options->worker.queue, "default: default");
  command->add_option("--slots", options->worker.slots, "steps at a time (default 1)")
      ->check(CLI::Range(1, limits::kClaimItems));
  command->add_option("--name", options->worker.name, "shown to people (default: the host's name and a number)");
  command->add_option("--folder", options->folder, "its own folder (default ~/.cache/weir/NAME)");
  command->add_option("--secrets", options->worker.secrets, "folder of secrets: FOLDER/store/key")
      ->envname("WEIR_SECRETS");
  command->add_option("--lease-s", options->worker.lease_s, "seconds after which a silent worker counts as lost");
  command->add_option("--drain-s", options->drain_s, "how long running steps may go on after SIGTERM (default 10)");
  command->callback([&context, options] { context.exit = work(context, *options); });
}

}  // namespace weir::cli
