// One HTTP request and the means to answer it, without the library that reads the socket.
//
// Handlers are called on the server's I/O threads and must not block. An Exchange or Stream may be used from any
// thread afterwards; when_gone, when_drained and after call back on the connection's I/O thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace weir::edge {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // HEAD is shown to handlers as GET; the server leaves the body out
  std::string path;    // as sent, still percent-coded: "/v1/runs/17"
  std::string query;   // as sent, without '?'
  Headers headers;     // in their order
  std::string body;
  // The first of that name, without case; nullptr when absent.
  const std::string* header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
};

class Session;

// A response whose body comes bit by bit (chunked): server-sent events, logs. Bounded: a client that lets more than
// kStreamBytes pile up is cut. Dropping the last reference without end() cuts the connection, so that the client sees
// that something is missing.
class Stream {
 public:
  static constexpr std::size_t kStreamBytes = 1024 * 1024;
  explicit Stream(std::shared_ptr<Session> session, std::uint64_t serial);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // False when the client is gone or was cut because it is too slow.
  bool write(std::string bytes);
  void end();
  void cut();
  // The client went away, or the server stops; at once when the stream is over already. At most once.
  void when_gone(std::function<void()> then);
  // All that was written so far has left for the socket. Once; for writers that produce as fast as the client reads.
  void when_drained(std::function<void()> then);
  // Not called when the stream is over by then. One at a time.
  void after(Millis span, std::function<void()> then);

 private:
  std::shared_ptr<Session> session_;
  std::uint64_t serial_;
  std::atomic<bool> over_{false};
};

// One request being answered: by exactly one of answer, stream and cut, the first of which counts. Dropping it
// unanswered cuts the connection.
class Exchange {
 public:
  Exchange(std::shared_ptr<Session> session, std::uint64_t serial, HttpRequest request);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const HttpRequest& request() const { return request_; }
  // What the metrics call this request: "/v1/runs/{run}". Only in the handler, before answering.
  void route(std::string label);

  void answer(HttpResponse response);
  // Closes the connection without an answer: nothing is known.
  void cut();
  std::shared_ptr<Stream> stream(int status, std::string content_type, Headers headers = {});
  // Only in the handler. Called when the client closes before the answer; who registers this gives up the answer.
  // Without it, a client that has only closed its sending side still gets one.
  void when_gone(std::function<void()> then);
  // On the connection's I/O thread, soon; not at all when the connection is gone. From any thread, before the answer.
  void later(std::function<void()> then);

 private:
  std::shared_ptr<Session> session_;
  std::uint64_t serial_;
  HttpRequest request_;
  std::atomic<bool> done_{false};
};

using Handler = std::function<void(std::shared_ptr<Exchange>)>;

}  // namespace weir::edge
