// GET /v1/events: the live feed as server-sent events.
#pragma once

#include <memory>

#include "edge/http.hpp"
#include "edge/live_feed.hpp"

namespace weir::edge {

// `?account=` keeps only that account's events. The header Last-Event-ID resumes after that event; when something in
// between is forgotten, an event "missed" says that the client should read the present state anew. A comment every
// `heartbeat` keeps proxies from closing. `feed` must outlive the server.
void serve_events(LiveFeed& feed, const std::shared_ptr<Exchange>& exchange, Millis heartbeat);

}  // namespace weir::edge
