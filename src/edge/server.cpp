#include "edge/server.hpp"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <condition_variable>
#include <future>
#include <thread>
#include <vector>

#include "edge/session.hpp"

namespace weir::edge {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

struct HttpServer::Core {
  explicit Core(ServerOptions options)
      : home(std::make_shared<SessionHome>()), acceptor(asio::make_strand(io)), retry(acceptor.get_executor()) {
    home->options = std::move(options);
    home->closed = [this] {
      std::lock_guard lock(home->mutex);
      changed.notify_all();
    };
  }

  asio::io_context io;
  std::shared_ptr<SessionHome> home;
  tcp::acceptor acceptor;
  asio::steady_timer retry;
  std::condition_variable changed;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
  bool started = false;

  void accept() {
    acceptor.async_accept(asio::make_strand(io), [this](boost::system::error_code ec, tcp::socket socket) {
      if (!acceptor.is_open()) return;
      if (ec) {
        // Out of descriptors, most likely: connections that end give some back.
        retry.expires_after(Millis{100});
        retry.async_wait([this](boost::system::error_code wait_ec) {
          if (!wait_ec && acceptor.is_open()) accept();
        });
        return;
      }
      take(std::move(socket));
      accept();
    });
  }

  void take(tcp::socket socket) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto most = home->options.max_connections;
    std::unique_lock lock(home->mutex);
    const auto open = home->open.size();
    if (open >= 2 * most + 16) return;  // even the refusals pile up
    auto session = std::make_shared<Session>(std::move(socket), home);
    home->open.insert(session);
    lock.unlock();
    if (open >= most)
      session->start_refused();
    else
      session->start();
  }

  std::vector<std::shared_ptr<Session>> sessions() {
    std::lock_guard lock(home->mutex);
    return {home->open.begin(), home->open.end()};
  }
};

HttpServer::HttpServer(ServerOptions options) : core_(std::make_shared<Core>(std::move(options))) {}
HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() {
  const auto& options = core_->home->options;
  const auto place = fmt::format("{}:{}", options.address, options.port);
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec) return fail(fmt::format("'{}' is no IP address", options.address), "listen", "write 127.0.0.1 or ::1");
  if (!address.is_loopback())
    return fail(
        fmt::format("{} can be reached from other machines, and requests are not authenticated yet", options.address),
        "listen", "listen on 127.0.0.1 and reach it through an SSH tunnel; access tokens come with a later version");
  const tcp::endpoint endpoint(address, options.port);
  auto& acceptor = core_->acceptor;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    return fail(fmt::format("cannot listen on {}: {}", place, ec.message()), "listen",
                "stop what listens there, or choose another port");
  }
  core_->port = acceptor.local_endpoint().port();
  core_->started = true;
  core_->accept();
  for (int i = 0; i < options.io_threads; ++i) core_->threads.emplace_back([core = core_.get()] { core->io.run(); });
  return {};
}

std::uint16_t HttpServer::port() const { return core_->port; }

std::size_t HttpServer::connections() const {
  std::lock_guard lock(core_->home->mutex);
  return core_->home->open.size();
}

void HttpServer::stop(Millis drain) {
  auto& core = *core_;
  if (!core.started) return;
  core.started = false;
  std::promise<void> deaf;
  asio::post(core.acceptor.get_executor(), [&] {
    boost::system::error_code ignored;
    core.acceptor.close(ignored);
    core.retry.cancel();
    deaf.set_value();
  });
  deaf.get_future().wait();
  for (const auto& session : core.sessions()) session->drain();
  const auto empty = [&core] { return core.home->open.empty(); };
  {
    std::unique_lock lock(core.home->mutex);
    core.changed.wait_for(lock, drain, empty);
  }
  for (const auto& session : core.sessions()) session->abort();
  {
    std::unique_lock lock(core.home->mutex);
    core.changed.wait(lock, empty);
  }
  // With acceptor and sessions closed nothing is left to run.
  for (auto& thread : core.threads) thread.join();
  core.threads.clear();
  core.io.restart();
  core.io.poll();  // late answers that were posted to closed sessions
}

}  // namespace weir::edge
