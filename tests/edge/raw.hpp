// A client that sends exactly the bytes it is told, and a house to talk to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "counter/counter_service.hpp"
#include "edge/client.hpp"
#include "edge/server.hpp"
#include "edge/site.hpp"
#include "store/memory/memory_store.hpp"

namespace weir::edge {

class Raw {
 public:
  explicit Raw(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    timeval patience{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Raw() { close(); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void shut() { shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Reads until `end` has come (or the server closed): all that came so far.
  std::string until(std::string_view end) {
    while (got_.find(end) == std::string::npos && more()) {
    }
    return got_;
  }
  // Reads until the server closes.
  std::string rest() {
    while (more()) {
    }
    return got_;
  }

 private:
  bool more() {
    char bytes[8192];
    const auto n = recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    got_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
  std::string got_;
};

inline std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) +
         "\r\n" + std::string(body);
}
inline std::size_t count(std::string_view text, std::string_view word) {
  std::size_t n = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size())) ++n;
  return n;
}

// The counter service in a host, served on a loopback port.
struct House {
  explicit House(SiteOptions options = {}) : site((service.install(cell.registry()), host), with_feed(options)) {
    EXPECT_TRUE(host.start().has_value());
    ServerOptions server_options;
    site.serve(server_options);
    server = std::make_unique<HttpServer>(server_options);
    EXPECT_TRUE(server->start().has_value());
  }
  ~House() { stop(); }
  void stop() {
    site.drain();
    host.stop();
    server->stop();
  }
  SiteOptions with_feed(SiteOptions options) {
    options.feed = &feed;
    return options;
  }
  Client client(std::string account = "000000000001") {
    return Client({"http://127.0.0.1:" + std::to_string(server->port()), AccountId{std::move(account)}, "test"});
  }

  counter::CounterService service;
  core::Cell cell;
  store::MemoryStore store;
  host::Host host{cell, store};
  LiveFeed feed{100, 3};
  Site site;
  std::unique_ptr<HttpServer> server;
};

}  // namespace weir::edge
