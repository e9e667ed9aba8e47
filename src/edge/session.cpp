#include "edge/session.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <ctime>

#include "json/text.hpp"

namespace weir::edge {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadAhead = 64 * 1024;  // of pipelined requests, while one is handled
constexpr std::size_t kWriteAhead = 1024 * 1024;

// "Sat, 21 Nov 2026 05:12:26 GMT", made once a second.
std::string_view http_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::array<char, 40> text;
  thread_local std::size_t size = 0;
  if (const auto now = std::time(nullptr); now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_at = now;
  }
  return {text.data(), size};
}

}  // namespace

struct Session::Parser {
  http::request_parser<http::string_body> http;
  bool headers_seen = false;
};

Session::Session(Socket socket, std::shared_ptr<SessionHome> home)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      stream_timer_(socket_.get_executor()),
      home_(std::move(home)) {}
Session::~Session() = default;

template <class F>
void Session::run(F f) {
  if (closed_) return;
  asio::dispatch(socket_.get_executor(), [self = shared_from_this(), f = std::move(f)]() mutable {
    if (!self->closed_) f();
  });
}

void Session::start() {
  run([this] {
    last_progress_ = Clock::now();
    pump();
  });
}

void Session::start_refused() {
  run([this] {
    last_progress_ = Clock::now();
    refuse(503, "Unavailable", "too many connections; close idle ones and try again");
  });
}

void Session::abort() {
  run([this] { close(); });
}

void Session::drain() {
  run([this] {
    draining_ = true;
    if (streaming_) {
      if (auto gone = std::exchange(gone_, nullptr)) gone();
      if (!closed_ && streaming_) stream_end(serial_);
      return;
    }
    pump();
  });
}

// --- in: bytes to requests ---------------------------------------------------------------------------------------

void Session::pump() {
  if (pumping_) return;
  pumping_ = true;
  while (!closed_ && !closing_ && !busy_ && out_.size() < kWriteAhead) {
    if (draining_ && !parser_) {
      closing_ = true;
      break;
    }
    if (!parse_one()) {
      if (peer_closed_) closing_ = true;
      break;
    }
    begin_request();
  }
  pumping_ = false;
  if (closed_) return;
  flush();
  if (closing_ && !write_busy_) return finish_closing();
  read_more();
  arm();
}

bool Session::parse_one() {
  for (;;) {
    // Empty lines between requests are let through, as RFC 9112 advises.
    while (!parser_ && in_at_ < in_.size() && (in_[in_at_] == '\r' || in_[in_at_] == '\n')) ++in_at_;
    if (in_at_ == in_.size()) return false;
    if (!parser_) {
      parser_ = std::make_unique<Parser>();
      parser_->http.header_limit(static_cast<std::uint32_t>(home_->options.header_bytes));
      parser_->http.body_limit(home_->options.body_bytes);
      request_began_ = last_progress_;
    }
    auto& parser = parser_->http;
    error_code ec;
    in_at_ += parser.put(asio::buffer(in_.data() + in_at_, in_.size() - in_at_), ec);
    if (in_at_ == in_.size()) in_at_ = 0, in_.clear();
    if (ec == http::error::need_more) return false;
    if (ec == http::error::body_limit)
      return refuse(413, "LimitExceeded",
                    fmt::format("the body is longer than {} bytes; send less", home_->options.body_bytes)),
             false;
    if (ec == http::error::header_limit)
      return refuse(431, "LimitExceeded",
                    fmt::format("the headers are longer than {} bytes; send fewer", home_->options.header_bytes)),
             false;
    if (ec) return refuse(400, "InvalidInput", fmt::format("this is no HTTP/1.1 request: {}", ec.message())), false;
    if (!parser_->headers_seen && parser.is_header_done()) {
      parser_->headers_seen = true;
      const auto expect = parser.get()[http::field::expect];
      if (!parser.is_done() && !expect.empty()) {
        if (!boost::beast::iequals(expect, "100-continue"))
          return refuse(417, "InvalidInput", "only 'Expect: 100-continue' is understood"), false;
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      }
      parser.eager(true);
    }
    if (parser.is_done()) return true;
  }
}

void Session::begin_request() {
  auto message = parser_->http.release();
  parser_.reset();
  ++serial_;
  busy_ = true;
  streaming_ = false;
  keep_alive_ = message.keep_alive();
  http_1_0_ = message.version() < 11;
  route_.clear();
  HttpRequest request;
  head_only_ = message.method() == http::verb::head;
  request.method = head_only_ ? std::string("GET") : std::string(message.method_string());
  const std::string_view target = message.target();
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  request.body = std::move(message.body());
  if (!http_1_0_ && message.count(http::field::host) != 1)
    return refuse(400, "InvalidInput", "an HTTP/1.1 request has exactly one Host header");
  home_->options.handler(std::make_shared<Exchange>(shared_from_this(), serial_, std::move(request)));
}

void Session::read_more() {
  if (reading_ || closed_ || peer_closed_) return;
  if (!lingering_ && in_.size() - in_at_ >= kReadAhead) return;
  if (in_at_ > 0) {
    in_.erase(0, in_at_);
    in_at_ = 0;
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code ec, std::size_t n) {
    self->reading_ = false;
    if (!self->closed_) self->on_read(ec, n);
  });
}

void Session::on_read(error_code ec, std::size_t n) {
  if (ec == asio::error::eof) {
    peer_closed_ = true;
    return peer_gone();
  }
  if (ec) return close();
  if (lingering_) return read_more();
  last_progress_ = Clock::now();
  in_.append(chunk_.data(), n);
  pump();
}

void Session::peer_gone() {
  // A client may have closed only its sending side; it still gets the answers that nobody gives up.
  if (lingering_ || streaming_ || gone_) return close();
  pump();
}

// --- out: answers to bytes ---------------------------------------------------------------------------------------

void Session::queue_head(int status, std::string_view content_type, const Headers& headers, long long length) {
  if (draining_ || closing_) keep_alive_ = false;
  auto to = std::back_inserter(out_);
  const std::string_view reason = http::obsolete_reason(static_cast<http::status>(status));
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\n", status, reason, http_date(), content_type);
  if (length >= 0)
    fmt::format_to(to, "Content-Length: {}\r\n", length);
  else if (!http_1_0_)
    fmt::format_to(to, "Transfer-Encoding: chunked\r\n");
  else
    keep_alive_ = false;
  if (!keep_alive_)
    fmt::format_to(to, "Connection: close\r\n");
  else if (http_1_0_)
    fmt::format_to(to, "Connection: keep-alive\r\n");
  for (const auto& [name, value] : headers) fmt::format_to(to, "{}: {}\r\n", name, value);
  out_ += "\r\n";
  if (home_->options.answered) home_->options.answered(route_, status);
}

void Session::answer(std::uint64_t serial, HttpResponse response) {
  run([this, serial, response = std::move(response)]() mutable {
    if (!current(serial) || streaming_) return;
    queue_head(response.status, response.content_type, response.headers, static_cast<long long>(response.body.size()));
    if (!head_only_) out_ += response.body;
    request_over();
  });
}

void Session::cut(std::uint64_t serial) {
  run([this, serial] {
    if (current(serial)) close();
  });
}

void Session::refuse(int status, std::string_view code, std::string_view message) {
  keep_alive_ = false;
  lingering_ = true;  // the client may still be sending; closing now could lose the answer
  closing_ = true;
  busy_ = false;
  const auto body =
      fmt::format("{{\"error\":{{\"code\":\"{}\",\"message\":{},\"problems\":[]}}}}", code, json::quote(message));
  queue_head(status, "application/json", {}, static_cast<long long>(body.size()));
  out_ += body;
  pump();
}

void Session::request_over() {
  busy_ = false;
  streaming_ = false;
  gone_ = nullptr;
  drained_ = nullptr;
  stream_timer_.cancel();
  if (!keep_alive_) closing_ = true;
  last_progress_ = Clock::now();
  pump();
}

void Session::flush() {
  if (write_busy_ || out_.empty() || closed_) return;
  writing_.swap(out_);
  stream_writing_ = std::exchange(stream_out_, 0);
  write_busy_ = true;
  last_progress_ = Clock::now();
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

void Session::on_written(error_code ec) {
  write_busy_ = false;
  writing_.clear();
  stream_bytes_ -= std::exchange(stream_writing_, 0);
  if (closed_) return;
  if (ec) return close();
  last_progress_ = Clock::now();
  if (out_.empty() && streaming_)
    if (auto then = std::exchange(drained_, nullptr)) then();
  pump();
}

// --- streams -----------------------------------------------------------------------------------------------------

void Session::stream_begin(std::uint64_t serial, int status, std::string content_type, Headers headers) {
  run([this, serial, status, content_type = std::move(content_type), headers = std::move(headers)] {
    if (!current(serial) || streaming_) return;
    queue_head(status, content_type, headers, -1);
    streaming_ = true;
    gone_ = nullptr;
    if (draining_ || head_only_) return stream_end(serial);
    pump();
  });
}

bool Session::stream_write(std::uint64_t serial, std::string bytes) {
  if (closed_) return false;
  if (bytes.empty()) return true;
  const auto size = bytes.size();
  if (stream_bytes_.fetch_add(size) + size > Stream::kStreamBytes && size <= Stream::kStreamBytes) {
    abort();
    return false;
  }
  run([this, serial, size, bytes = std::move(bytes)] {
    if (!current(serial) || !streaming_) {
      stream_bytes_ -= size;
      return;
    }
    if (!http_1_0_) fmt::format_to(std::back_inserter(out_), "{:x}\r\n", size);
    out_ += bytes;
    if (!http_1_0_) out_ += "\r\n";
    stream_out_ += size;
    pump();
  });
  return true;
}

void Session::stream_end(std::uint64_t serial) {
  run([this, serial] {
    if (!current(serial) || !streaming_) return;
    if (!http_1_0_ && !head_only_) out_ += "0\r\n\r\n";
    request_over();
  });
}

void Session::when_gone(std::uint64_t serial, std::function<void()> then) {
  asio::dispatch(socket_.get_executor(), [self = shared_from_this(), serial, then = std::move(then)]() mutable {
    if (!self->current(serial)) return then();
    self->gone_ = std::move(then);
    if (self->peer_closed_) self->peer_gone();
  });
}

void Session::when_drained(std::uint64_t serial, std::function<void()> then) {
  // Posted: a writer that answers a drained stream with the next write must not grow the call stack.
  if (closed_) return;
  asio::post(socket_.get_executor(), [self = shared_from_this(), serial, then = std::move(then)]() mutable {
    if (!self->current(serial) || !self->streaming_) return;
    if (self->out_.empty() && !self->write_busy_) return then();
    self->drained_ = std::move(then);
  });
}

void Session::after(std::uint64_t serial, Millis span, std::function<void()> then) {
  run([this, serial, span, then = std::move(then)]() mutable {
    if (!current(serial)) return;
    stream_timer_.expires_after(span);
    stream_timer_.async_wait([self = shared_from_this(), serial, then = std::move(then)](error_code ec) {
      if (!ec && self->current(serial)) then();
    });
  });
}

// --- the end -----------------------------------------------------------------------------------------------------

void Session::finish_closing() {
  if (!lingering_ || peer_closed_) return close();
  if (linger_until_ == Clock::time_point{}) {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    linger_until_ = Clock::now() + home_->options.linger;
    in_.clear();
    in_at_ = 0;
  }
  read_more();
  arm();
}

void Session::close() {
  if (closed_.exchange(true)) return;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  stream_timer_.cancel();
  drained_ = nullptr;
  if (auto gone = std::exchange(gone_, nullptr)) gone();
  {
    std::lock_guard lock(home_->mutex);
    home_->open.erase(shared_from_this());
  }
  home_->closed();
}

Session::Clock::time_point Session::deadline() const {
  const auto& options = home_->options;
  if (write_busy_) return last_progress_ + options.idle_timeout;
  if (linger_until_ != Clock::time_point{}) return linger_until_;
  if (busy_) return Clock::time_point::max();
  if (parser_ && !parser_->headers_seen) return request_began_ + options.header_timeout;
  return last_progress_ + options.idle_timeout;
}

// The timer is moved only when the deadline comes nearer; else it looks again when it fires.
void Session::arm() {
  if (closed_) return;
  const auto at = deadline();
  if (at == Clock::time_point::max() || (armed_ && armed_until_ <= at)) return;
  armed_ = true;
  armed_until_ = at;
  timer_.expires_at(at);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (ec || self->closed_) return;
    self->armed_ = false;
    self->on_deadline();
  });
}

void Session::on_deadline() {
  if (Clock::now() < deadline()) return arm();
  if (parser_ && !write_busy_ && !closing_) return refuse(408, "InvalidInput", "the request did not arrive in time");
  close();
}

}  // namespace weir::edge
