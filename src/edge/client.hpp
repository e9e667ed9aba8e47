// A small blocking HTTP client for Weir's own routes: the command line and workers on other machines.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/operation.hpp"
#include "base/time.hpp"

namespace weir::edge {

struct ClientOptions {
  std::string base_url = "http://127.0.0.1:8080";  // http only; a path is not taken
  AccountId account;                               // empty: the server's default
  std::string who;
  Millis timeout{30'000};  // without progress; must be longer than what a request waits
};

// Keeps one connection open. One thread at a time; calls on separate clients are independent.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Asks through the operation's REST route. Errors are the server's; Unavailable when it was surely not asked, and
  // OutcomeUnknown when it was asked to change something and gave no answer. Reads are tried a second time.
  api::Reply<api::Message> call(const api::Message& request);
  template <class Request>
  api::Reply<typename Request::Reply> call(Request request) {
    auto reply = call(api::Message::of(std::move(request)));
    if (!reply) return std::unexpected(std::move(reply.error()));
    return *reply->template as<typename Request::Reply>();
  }

  // The body of any other route: fetch("PUT", "/v1/logs/7?offset=0", bytes).
  api::Reply<std::string> fetch(std::string_view method, std::string_view target, std::string_view body = {});
  // Reads a body that comes bit by bit (events, logs) until it ends or `on_bytes` says false. No timeout after the
  // first byte.
  api::Reply<void> stream(std::string_view target, const std::function<bool(std::string_view)>& on_bytes);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace weir::edge
