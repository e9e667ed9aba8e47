// One connection. Internal to the server.
//
// Everything runs on the connection's strand, except what says "any thread". One read and one write are under way at
// most. Reading goes on while a request is handled, up to a bound, so that a client that leaves is noticed.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "edge/http.hpp"
#include "edge/server.hpp"

namespace weir::edge {

// The sessions of a server, and what they need of it.
struct SessionHome {
  ServerOptions options;
  std::mutex mutex;
  std::set<std::shared_ptr<Session>> open;  // until they are closed
  std::function<void()> closed;             // one was; without the lock
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  Session(Socket socket, std::shared_ptr<SessionHome> home);
  ~Session();

  // Any thread:
  void start();
  void start_refused();  // answers 503 and closes
  void drain();          // finish what runs, then close
  void abort();
  void answer(std::uint64_t serial, HttpResponse response);
  void cut(std::uint64_t serial);
  void stream_begin(std::uint64_t serial, int status, std::string content_type, Headers headers);
  bool stream_write(std::uint64_t serial, std::string bytes);
  void stream_end(std::uint64_t serial);
  void when_gone(std::uint64_t serial, std::function<void()> then);
  void when_drained(std::uint64_t serial, std::function<void()> then);
  void after(std::uint64_t serial, Millis span, std::function<void()> then);
  void route(std::string label) { route_ = std::move(label); }  // in the handler only

 private:
  using Clock = std::chrono::steady_clock;
  struct Parser;  // keeps the library out of this header

  void pump();
  bool parse_one();
  void begin_request();
  void read_more();
  void on_read(boost::system::error_code ec, std::size_t n);
  void flush();
  void on_written(boost::system::error_code ec);
  void queue_head(int status, std::string_view content_type, const Headers& headers, long long length);
  void refuse(int status, std::string_view code, std::string_view message);
  void request_over();
  void finish_closing();
  void close();
  void peer_gone();
  Clock::time_point deadline() const;
  void arm();
  void on_deadline();
  bool current(std::uint64_t serial) const { return busy_ && serial == serial_ && !closed_; }
  template <class F>
  void run(F f);

  Socket socket_;
  boost::asio::steady_timer timer_, stream_timer_;
  std::shared_ptr<SessionHome> home_;

  std::unique_ptr<Parser> parser_;
  std::string in_;  // unread from in_at_ on
  std::size_t in_at_ = 0;
  std::array<char, 16 * 1024> chunk_;
  std::string out_, writing_;

  std::uint64_t serial_ = 0;  // of the request being handled
  std::string route_;
  bool busy_ = false;       // a request is being handled
  bool head_only_ = false;  // it is a HEAD
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool streaming_ = false;
  std::function<void()> gone_, drained_;
  std::atomic<std::size_t> stream_bytes_{0};  // written by the handler and not yet by the socket
  std::size_t stream_out_ = 0, stream_writing_ = 0;

  bool reading_ = false, write_busy_ = false, pumping_ = false;
  bool closing_ = false;    // after what is queued: close
  bool lingering_ = false;  // all is sent; waiting for the client to stop sending
  bool peer_closed_ = false;
  bool draining_ = false;
  std::atomic<bool> closed_{false};
  Clock::time_point request_began_, last_progress_, linger_until_, armed_until_ = Clock::time_point::max();
  bool armed_ = false;
};

}  // namespace weir::edge
