// What the server counts, as Prometheus reads it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "host/host.hpp"

namespace weir::edge {

// Any thread.
class HttpCounters {
 public:
  void count(const std::string& route, int status);
  std::map<std::pair<std::string, int>, std::uint64_t> requests() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
};

// The text format of Prometheus: weir_commits_total, weir_owed_deliveries, weir_http_requests_total{route,code}, ...
// and the memory of this process.
std::string metrics_text(const host::HostStats& stats, bool ready, const HttpCounters& http,
                         std::size_t live_listeners);

}  // namespace weir::edge
