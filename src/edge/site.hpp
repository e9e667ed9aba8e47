// Everything that Weir serves over HTTP, as a handler for the server:
//   /healthz, /readyz, /metrics, /v1/openapi.json, /v1/events, /v1/logs/{item}, the REST routes, and what `otherwise`
//   serves outside /v1 (the pages of the user interface).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "edge/http.hpp"
#include "edge/live_feed.hpp"
#include "edge/logs.hpp"
#include "edge/metrics.hpp"
#include "edge/rest.hpp"
#include "edge/server.hpp"
#include "edge/webhook.hpp"

namespace weir::edge {

struct SiteOptions {
  LiveFeed* feed = nullptr;  // nullptr: /v1/events is not served
  LogSource logs;
  Handler otherwise;         // may be empty
  Millis heartbeat{15'000};  // of /v1/events
  Millis log_poll{250};      // of a followed log
  WebhookOptions webhooks;
};

// Must outlive the server. Any thread.
class Site {
 public:
  Site(host::Host& host, SiteOptions options);

  // Sets handler and answered.
  void serve(ServerOptions& server);
  // From now on /readyz says 503: call it before the host and the server are stopped, in this order, so that waiting
  // polls get an answer.
  void drain() { draining_ = true; }

 private:
  void handle(const std::shared_ptr<Exchange>& exchange);
  bool ready() const { return host_.ready() && !draining_; }

  host::Host& host_;
  SiteOptions options_;
  std::shared_ptr<const LogSource> logs_;
  Rest rest_;
  HttpCounters counters_;
  std::string openapi_;
  std::atomic<bool> draining_{false};
};

}  // namespace weir::edge
