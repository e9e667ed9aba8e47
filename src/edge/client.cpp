#include "edge/client.hpp"

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <array>
#include <optional>

#include "edge/answers.hpp"
#include "edge/rest_map.hpp"
#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::edge {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr std::uint64_t kAnswerBytes = 64 * 1024 * 1024;

struct Raw {
  int status = 0;
  std::string body;
};

bool only_reads(std::string_view method) { return method == "GET"; }

}  // namespace

struct Client::Connection {
  explicit Connection(ClientOptions given) : options(std::move(given)), resolver(io) {
    const auto url = boost::urls::parse_uri(options.base_url);
    if (!url || url->scheme() != "http" || url->host().empty() ||
        (url->encoded_path() != "" && url->encoded_path() != "/")) {
      wrong = fmt::format("'{}' is no address of a server; write it as http://127.0.0.1:8080", options.base_url);
      return;
    }
    host = url->host_address();
    port = url->has_port() ? std::string(url->port()) : "80";
    authority = std::string(url->encoded_host()) + ":" + port;
  }

  ClientOptions options;
  std::string host, port, authority, wrong;
  asio::io_context io;
  tcp::resolver resolver;
  std::optional<beast::tcp_stream> socket;
  beast::flat_buffer buffer;

  // Starts an operation and blocks until it is done.
  template <class Start>
  error_code wait(Start start, bool timed = true) {
    error_code out;
    if (timed)
      socket->expires_after(options.timeout);
    else
      socket->expires_never();
    start([&out](error_code ec, auto&&...) { out = ec; });
    io.restart();
    io.run();
    return out;
  }

  // The server closes connections that were idle for long: seen before the next request is put on one.
  bool usable() {
    if (!socket) return false;
    char byte = 0;
    error_code ec;
    auto& raw = socket->socket();
    raw.non_blocking(true, ec);
    raw.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block;
  }

  error_code connect() {
    buffer.clear();
    error_code ec;
    const auto endpoints = resolver.resolve(host, port, ec);
    if (ec) return ec;
    socket.emplace(io);
    ec = wait([&](auto done) { socket->async_connect(endpoints, done); });
    if (!ec) socket->socket().set_option(tcp::no_delay(true), ec);
    return ec;
  }

  // Sends; leaves the socket empty when that failed. `maybe_sent` says whether the server may have seen it.
  api::Reply<void> send(std::string_view method, std::string_view target, std::string_view body, bool& maybe_sent) {
    maybe_sent = false;
    if (!wrong.empty()) return api::refuse(api::ErrorCode::InvalidInput, wrong);
    if (!usable()) {
      if (const auto ec = connect()) {
        socket.reset();
        return api::refuse(api::ErrorCode::Unavailable,
                           fmt::format("cannot reach {}: {}; is the server running?", options.base_url, ec.message()));
      }
    }
    http::request<http::string_body> request;
    request.version(11);
    request.method_string({method.data(), method.size()});
    request.target({target.data(), target.size()});
    request.set(http::field::host, authority);
    if (!options.account.empty()) request.set("X-Weir-Account", options.account.value);
    if (!options.who.empty()) request.set("X-Weir-Who", options.who);
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    maybe_sent = true;
    if (const auto ec = wait([&](auto done) { http::async_write(*socket, request, done); })) return lost(ec);
    return {};
  }

  std::unexpected<api::ApiError> lost(error_code ec) {
    socket.reset();
    return api::refuse(api::ErrorCode::OutcomeUnknown,
                       fmt::format("{} gave no answer: {}; look whether it was done before trying again",
                                   options.base_url, ec.message()));
  }

  api::Reply<Raw> once(std::string_view method, std::string_view target, std::string_view body, bool& maybe_sent) {
    if (auto sent = send(method, target, body, maybe_sent); !sent) return std::unexpected(std::move(sent.error()));
    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytes);
    if (const auto ec = wait([&](auto done) { http::async_read(*socket, buffer, parser, done); })) return lost(ec);
    if (!parser.get().keep_alive()) socket.reset();
    return Raw{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
  }

  api::Reply<std::string> ask(std::string_view method, std::string_view target, std::string_view body) {
    bool maybe_sent = false;
    auto raw = once(method, target, body, maybe_sent);
    if (!raw && maybe_sent && only_reads(method)) {
      raw = once(method, target, body, maybe_sent);
      if (!raw && raw.error().code == api::ErrorCode::OutcomeUnknown) raw.error().code = api::ErrorCode::Unavailable;
    }
    if (!raw) return std::unexpected(std::move(raw.error()));
    if (raw->status / 100 != 2) return std::unexpected(read_error(raw->status, raw->body));
    return std::move(raw->body);
  }
};

Client::Client(ClientOptions options) : connection_(std::make_unique<Connection>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

api::Reply<std::string> Client::fetch(std::string_view method, std::string_view target, std::string_view body) {
  return connection_->ask(method, target, body);
}

api::Reply<api::Message> Client::call(const api::Message& request) {
  const auto* operation = api::operation_of(*request.type);
  if (!operation || operation->method.empty())
    return api::refuse(api::ErrorCode::InvalidInput,
                       fmt::format("{} is not served over REST", std::string(request.type->name)));
  auto http_call = write_request(*operation, request.object.get());
  if (!http_call) return std::unexpected(std::move(http_call.error()));
  auto body = connection_->ask(http_call->method, http_call->target, http_call->body);
  if (!body) return std::unexpected(std::move(body.error()));
  const auto document = json::parse(*body, {.bytes = kAnswerBytes});
  if (!document)
    return api::refuse(api::ErrorCode::Internal,
                       fmt::format("the server's answer is no JSON: {}", document.error().text()));
  const auto& type = operation->reply();
  auto reply = type.make();
  // A newer server may say more.
  if (auto read = json::read_described(type, reply.get(), *document, {.refuse_unknown = false}); !read)
    return api::refuse(api::ErrorCode::Internal, "the server's answer is not understood: " + read.error().text());
  return api::Message{&type, std::move(reply)};
}

api::Reply<void> Client::stream(std::string_view target, const std::function<bool(std::string_view)>& on_bytes) {
  auto& c = *connection_;
  bool maybe_sent = false;
  if (auto sent = c.send("GET", target, {}, maybe_sent); !sent) return sent;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  if (const auto ec = c.wait([&](auto done) { http::async_read_header(*c.socket, c.buffer, parser, done); }))
    return c.lost(ec);
  const int status = static_cast<int>(parser.get().result_int());
  std::string error_body;
  std::array<char, 16 * 1024> bytes;
  while (!parser.is_done()) {
    parser.get().body().data = bytes.data();
    parser.get().body().size = bytes.size();
    auto ec = c.wait([&](auto done) { http::async_read_some(*c.socket, c.buffer, parser, done); }, status / 100 != 2);
    if (ec == http::error::need_buffer) ec = {};
    if (ec) return c.lost(ec);
    const std::string_view piece(bytes.data(), bytes.size() - parser.get().body().size);
    if (status / 100 != 2) {
      error_body += piece;
    } else if (!piece.empty() && !on_bytes(piece)) {
      c.socket.reset();
      return {};
    }
  }
  if (!parser.get().keep_alive()) c.socket.reset();
  if (status / 100 != 2) return std::unexpected(read_error(status, error_body));
  return {};
}

}  // namespace weir::edge
