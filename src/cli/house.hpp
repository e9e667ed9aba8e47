// The server's house: the cell with its services, the host that drives it, the store, the HTTP server, and workers of
// its own.
//
//   auto house = House::open({.data = "data", .port = 4700});
//   ... house->drain(10s) ...
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "account/account_service.hpp"
#include "core/cell.hpp"
#include "counter/counter_service.hpp"
#include "edge/live_feed.hpp"
#include "edge/server.hpp"
#include "edge/site.hpp"
#include "host/host.hpp"
#include "pipeline/pipeline_service.hpp"
#include "run/file_watch.hpp"
#include "run/worker.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::cli {

struct HouseOptions {
  std::filesystem::path data;  // DATA/store, DATA/logs, DATA/work
  bool memory = false;         // nothing survives; DATA holds logs and work all the same
  std::string address = "127.0.0.1";
  std::uint16_t port = 4700;                          // 0: any that is free
  int workers = 2;                                    // steps at a time; 0: only workers elsewhere
  std::filesystem::path secrets;                      // of its own workers; empty: only the environment
  Millis file_poll{2'000};                            // between two looks for files that start pipelines; 0: none
  bool granted = false;                               // sharing only with a grant
  std::function<void(const std::string& why)> fatal;  // the store is gone: the process must end
  std::function<void(const std::string& line)> say;   // notifications for the channel LOG
};

// The services of a cell, in the order in which they hang themselves into it.
struct Services {
  Services(core::Registry& registry, bool granted);
  account::AccountService accounts;
  counter::CounterService counters;
  work::WorkService work;
  workflow::WorkflowService workflows;
  pipeline::PipelineService pipelines;
};
// Their queries, for the host's readers. Before host.start().
void install_queries(host::Host& host);

// Step logs: one file an item, appended by the workers.
class LogStore {
 public:
  explicit LogStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  edge::LogSource source();
  void began(std::int64_t item);
  void ended(std::int64_t item);
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::mutex mutex_;
  std::set<std::int64_t> open_;  // items that some worker has
};

class House {
 public:
  static Result<std::unique_ptr<House>> open(HouseOptions options);
  ~House();

  std::string url() const;
  std::uint16_t port() const { return server_->port(); }
  host::Host& host() { return *host_; }
  run::Worker* worker() { return worker_.get(); }
  // Claims no more, lets running steps go on for `patience`, then ends them; finishes requests. Idempotent.
  void drain(Millis patience);

 private:
  explicit House(HouseOptions options);
  Result<void> start();
  void watch_files();
  void perform(const std::shared_ptr<const core::EffectRow>& effect);

  HouseOptions options_;
  core::Cell cell_;
  Services services_;
  LogStore logs_;
  edge::LiveFeed feed_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<edge::Site> site_;
  std::unique_ptr<edge::HttpServer> server_;
  std::unique_ptr<run::WorkPort> port_;
  std::unique_ptr<run::Worker> worker_;
  std::unique_ptr<run::FileWatch> files_;
  bool drained_ = false;
};

}  // namespace weir::cli
