#include "cli/house.hpp"

#include <fmt/format.h>

#include <chrono>

#include "cli/ports.hpp"
#include "json/described.hpp"
#include "json/text.hpp"
#include "run/secrets.hpp"
#include "store/memory/memory_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace weir::cli {
namespace {

Instant wall_clock() { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

api::Reply<AccountId> account_among(store::Store& store, const std::string& name) {
  if (name.size() == 12 && name.find_first_not_of("0123456789") == std::string::npos) return AccountId{name};
  const auto accounts = account::list_accounts(store, {}, {});
  if (!accounts) return std::unexpected(accounts.error());
  for (const auto& known : accounts->accounts)
    if (lower(known.alias) == lower(name)) return known.id;
  return api::refuse(api::ErrorCode::NotFound, "no account is called '" + name + "'; weir accounts lists them");
}

}  // namespace

Services::Services(core::Registry& registry, bool granted)
    : work(registry),
      workflows(registry),
      pipelines({granted ? pipeline::Sharing::granted : pipeline::Sharing::open, {}}) {
  accounts.install(registry);
  counters.install(registry);
  pipelines.install(registry);
}

void install_queries(host::Host& host) {
  host.on_query<api::ListAccounts>(account::list_accounts);
  host.on_query<api::ListAudit>(account::list_audit);
  host.on_query<api::ListWork>(work::list_work);
  host.on_query<api::GetExecutionHistory>(workflow::get_execution_history);
  host.on_query<api::ListExecutions>(workflow::list_executions);
  host.on_query<api::ListRuns>([](store::Store& store, const api::Principal& principal, const api::ListRuns& request) {
    return pipeline::list_runs(store, principal, request, account_among);
  });
}

House::House(HouseOptions options)
    : options_(std::move(options)),
      services_(cell_.registry(), options_.granted),
      logs_(options_.data / "logs"),
      feed_(static_cast<std::uint64_t>(ms_of(wall_clock())) * 1000) {
  auto& registry = cell_.registry();
  registry.observe<api::WorkStarted>([this](core::Transaction&, const api::WorkStarted& e) { logs_.began(e.item); });
  registry.observe<api::WorkEnded>([this](core::Transaction&, const api::WorkEnded& e) { logs_.ended(e.item); });
  registry.observe<api::RunStatusChanged>([this](core::Transaction&, const api::RunStatusChanged& e) {
    feed_.publish(json::print_described(e), e.account);
  });
}

Result<std::unique_ptr<House>> House::open(HouseOptions options) {
  std::error_code error;
  for (const char* part : {"logs", "work"}) {
    std::filesystem::create_directories(options.data / part, error);
    if (error)
      return fail("cannot be made: " + error.message(), (options.data / part).string(), "choose another with --data");
  }
  auto house = std::unique_ptr<House>(new House(std::move(options)));
  if (auto started = house->start(); !started) return std::unexpected(started.error());
  return house;
}

Result<void> House::start() {
  if (options_.memory)
    store_ = std::make_unique<store::MemoryStore>();
  else
    store_ = std::make_unique<store::SqliteStore>(options_.data / "store");
  host::HostOptions host_options;
  host_options.perform = [this](std::shared_ptr<const core::EffectRow> effect) { perform(effect); };
  host_options.fatal = options_.fatal;
  host_ = std::make_unique<host::Host>(cell_, *store_, std::move(host_options));
  install_queries(*host_);
  if (auto started = host_->start(); !started) return started;

  edge::SiteOptions site;
  site.feed = &feed_;
  site.logs = logs_.source();
  site.webhooks.secret = [folder = options_.secrets](const AccountId& account, const std::string& name) {
    return run::find_secret(folder, account, name);
  };
  site_ = std::make_unique<edge::Site>(*host_, std::move(site));
  edge::ServerOptions server;
  server.address = options_.address;
  server.port = options_.port;
  site_->serve(server);
  server_ = std::make_unique<edge::HttpServer>(std::move(server));
  if (auto started = server_->start(); !started) return started;

  if (options_.workers > 0) {
    port_ = std::make_unique<HousePort>(*host_);
    run::WorkerOptions worker;
    worker.name = "house";
    worker.slots = options_.workers;
    worker.folder = options_.data / "work";
    worker.secrets = options_.secrets;
    worker.log_folder = std::filesystem::absolute(logs_.folder());
    worker_ = std::make_unique<run::Worker>(*port_, std::move(worker));
    if (auto started = worker_->start(); !started) return started;
  }
  if (options_.file_poll > Millis{0}) watch_files();
  return {};
}

void House::watch_files() {
  const auto asking = [this]<class R>(const R& request) {
    return host_->ask(request, api::Principal{AccountId{"000000000000"}, "file watch", true});
  };
  run::FileWatchOptions watch;
  watch.watches = [asking] { return asking(api::ListWatchedFiles{}); };
  watch.seen = asking;
  watch.report = asking;
  watch.now = wall_clock;
  watch.period = options_.file_poll;
  files_ = std::make_unique<run::FileWatch>(std::move(watch));
  files_->start();
}

// On the deciding thread: writes a line, and reports it done by a command.
void House::perform(const std::shared_ptr<const core::EffectRow>& effect) {
  if (effect->kind == type_of<api::NotifyLog>().name && options_.say) {
    const auto payload = json::parse(effect->payload.text);
    const auto note = payload ? json::read_described<api::NotifyLog>(*payload) : fail("no JSON");
    if (note)
      options_.say(fmt::format("notify {}/{} {}: {}", note->account.str(), note->pipeline, note->window, note->text));
  }
  host_->submit(api::Message::of(core::EffectDone{effect->id, true, {}, {}}), {effect->account, "house", true},
                [](const auto&) {});
}

std::string House::url() const { return fmt::format("http://{}:{}", options_.address, server_->port()); }

void House::drain(Millis patience) {
  if (drained_) return;
  drained_ = true;
  if (files_) files_->stop();
  if (worker_) worker_->drain(patience);
  if (site_) site_->drain();
  if (host_) host_->stop();
  if (server_) server_->stop();
}

House::~House() {
  drain(Millis{0});
  worker_.reset();
  server_.reset();
  host_.reset();
}

}  // namespace weir::cli
