// The logs of steps over HTTP:
//   GET /v1/logs/{item}?offset=0&follow=true   text/plain, streamed; with follow until the log has ended
//   PUT /v1/logs/{item}?offset=17              appends the body, for workers elsewhere; {"next_offset": 42}
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/error.hpp"
#include "edge/http.hpp"

namespace weir::edge {

struct LogPiece {
  std::string bytes;
  std::int64_t next_offset = 0;
  bool ended = false;  // nothing will follow next_offset
};

// Where logs are. Called on I/O threads: may read or write a file, must not wait. An empty function is not served.
struct LogSource {
  std::function<api::Reply<LogPiece>(std::int64_t item, std::int64_t offset, std::size_t max_bytes)> read;
  // Conflict when `offset` is not the log's present end. Gives the new end.
  std::function<api::Reply<std::int64_t>(std::int64_t item, std::int64_t offset, std::string_view bytes)> append;
};

// `poll`: how often a followed log is looked at when it has nothing new.
void serve_log(const std::shared_ptr<const LogSource>& source, const std::shared_ptr<Exchange>& exchange, Millis poll);

}  // namespace weir::edge
