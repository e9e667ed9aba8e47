// An HTTP/1.1 server: keep-alive, pipelined requests answered in their order, bodies with a length or chunked,
// Expect: 100-continue, HEAD, streams, and a bound on everything a client can make it hold.
//
// It listens on loopback addresses only: what it serves has no authentication yet. A client that closes its socket
// never costs a signal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/http.hpp"

namespace weir::edge {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any that is free
  int io_threads = 1;
  Handler handler;
  // After each answer, on an I/O thread. `route` is empty when no request could be read.
  std::function<void(const std::string& route, int status)> answered;

  std::size_t max_connections = 4'096;  // more are answered 503 and closed
  std::size_t body_bytes = limits::kRequestBytes;
  std::size_t header_bytes = 32 * 1024;
  Millis idle_timeout{60'000};    // between requests, and without progress within one
  Millis header_timeout{10'000};  // from a request's first byte to the end of its headers
  Millis linger{2'000};           // how long a client may go on sending after a refusal
};

class HttpServer {
 public:
  explicit HttpServer(ServerOptions options);
  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  Result<void> start();
  // The port it listens on; after start().
  std::uint16_t port() const;
  std::size_t connections() const;
  // Listens no more, closes idle connections, ends streams, finishes running requests for up to `drain`, then cuts
  // what is left. Idempotent. Not from an I/O thread.
  void stop(Millis drain = Millis{10'000});

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace weir::edge
