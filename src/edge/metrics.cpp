#include "edge/metrics.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace weir::edge {
namespace {

class Page {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) { one(name, help, "counter", value); }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) { one(name, help, "gauge", value); }
  void head(std::string_view name, std::string_view help, std::string_view type) {
    fmt::format_to(std::back_inserter(text), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  std::string text;

 private:
  void one(std::string_view name, std::string_view help, std::string_view type, std::uint64_t value) {
    head(name, help, type);
    fmt::format_to(std::back_inserter(text), "{} {}\n", name, value);
  }
};

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void HttpCounters::count(const std::string& route, int status) {
  std::lock_guard lock(mutex_);
  ++requests_[{route, status}];
}

std::map<std::pair<std::string, int>, std::uint64_t> HttpCounters::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::string metrics_text(const host::HostStats& stats, bool ready, const HttpCounters& http,
                         std::size_t live_listeners) {
  const auto n = [](auto value) { return static_cast<std::uint64_t>(value); };
  const auto& cell = stats.cell;
  Page page;
  page.gauge("weir_ready", "1 when requests are served.", ready ? 1 : 0);
  page.counter("weir_commands_total", "Commands decided.", n(cell.commands));
  page.counter("weir_commands_failed_total", "Commands that ended with an error.", n(cell.failed));
  page.counter("weir_commits_total", "Batches settled by the store.", stats.commits);
  page.counter("weir_commits_refused_total", "Batches the store refused.", stats.refused);
  page.counter("weir_reloads_total", "Times memory was dropped after an unknown commit.", stats.reloads);
  page.counter("weir_throttled_total", "Requests refused because a queue was full.", stats.throttled);
  page.counter("weir_queries_total", "Queries of committed rows.", stats.queries);
  page.gauge("weir_waiting_commands", "Commands that wait to be decided.", stats.waiting_commands);
  page.gauge("weir_waiting_polls", "Long polls that wait.", stats.waiting_polls);
  page.gauge("weir_owed_deliveries", "Deliveries that are owed.", stats.owed_deliveries);
  page.counter("weir_dead_deliveries_total", "Deliveries given up.", n(cell.deliveries_dead));
  page.gauge("weir_effects", "Effects that are not done.", stats.effects);
  page.gauge("weir_cold_rows", "Cold rows in memory.", stats.cold_rows);
  page.counter("weir_cold_misses_total", "Cold rows that had to be fetched.", n(cell.misses));
  page.gauge("weir_low_space", "1 while growth is refused because the disk is nearly full.", stats.low_space ? 1 : 0);
  page.gauge("weir_live_listeners", "Clients of the live feed.", live_listeners);
  page.head("weir_http_requests_total", "HTTP requests answered.", "counter");
  for (const auto& [key, count] : http.requests())
    fmt::format_to(std::back_inserter(page.text), "weir_http_requests_total{{route=\"{}\",code=\"{}\"}} {}\n",
                   key.first, key.second, count);
  page.gauge("process_resident_memory_bytes", "Resident memory of the process.", resident_bytes());
  return std::move(page.text);
}

}  // namespace weir::edge
