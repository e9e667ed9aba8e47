// Over HTTP, as users have it: while account A floods the server with 64 connections, account B waits at most three
// times as long as alone. Clients and server share the machine's cores.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>

#include "bench/served.hpp"

namespace weir::bench {
namespace {

constexpr int kConnections = 64;

std::string request_of(const std::string& account) {
  const std::string body = R"({"by":1})";
  return fmt::format(
      "POST /v1/counter HTTP/1.1\r\nHost: localhost\r\nX-Weir-Account: {}\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      account, body.size(), body);
}

// A kept connection with one request under way.
class Connection {
 public:
  Connection(std::uint16_t port, std::string request) : request_(std::move(request)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) give_up("the server cannot be reached");
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  void send() const {
    if (::send(fd_, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size()))
      give_up("the server takes no request");
  }
  // Reads what is there; the status when the answer is whole, else 0.
  int receive() {
    char bytes[4096];
    const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) give_up("the server closed a connection");
    got_.append(bytes, static_cast<std::size_t>(n));
    const auto head = got_.find("\r\n\r\n");
    if (head == std::string::npos) return 0;
    const auto length = got_.find("Content-Length: ");
    if (length == std::string::npos || length > head) give_up("an answer without Content-Length");
    const auto body = static_cast<std::size_t>(std::atoi(got_.c_str() + length + 16));
    if (got_.size() < head + 4 + body) return 0;
    const int status = std::atoi(got_.c_str() + 9);
    got_.clear();
    return status;
  }

 private:
  int fd_;
  std::string request_;
  std::string got_;
};

// Asks one after the other.
Samples ask_for(std::uint16_t port, const std::string& account, double seconds) {
  Samples out;
  Connection connection(port, request_of(account));
  for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000;) {
    const auto one = Clock::now();
    connection.send();
    int status = 0;
    while (status == 0) status = connection.receive();
    if (status != 200) give_up(fmt::format("the quiet account was refused with {}", status));
    out.add(ms_since(one));
  }
  return out;
}

// Asks on all connections again as soon as each is answered; being told to slow down is an answer.
void flood(std::uint16_t port, const std::string& account, const std::atomic<bool>& stop, std::atomic<long>& done,
           std::atomic<long>& slowed) {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Connection>(port, request_of(account)));
    epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<std::uint32_t>(i)}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, connections.back()->fd(), &event);
    connections.back()->send();
  }
  while (!stop) {
    epoll_event events[kConnections];
    const int n = ::epoll_wait(poll, events, kConnections, 100);
    for (int i = 0; i < n; ++i) {
      auto& connection = *connections[events[i].data.u32];
      const int status = connection.receive();
      if (status == 0) continue;
      ++(status == 200 ? done : slowed);
      connection.send();
    }
  }
  ::close(poll);
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("flood", given);
  const auto program = given.build / "weir";
  if (!std::filesystem::exists(program)) give_up("weir is not beside this program; build it first");
  const Scratch scratch(given);
  const auto server = start(program, scratch.path() / "data");
  const std::string a = "000000000001", b = "000000000002";
  ask_for(server.port, b, 0.5);
  auto alone = ask_for(server.port, b, given.seconds);
  report.quantiles("B alone, over HTTP", alone);

  std::atomic<bool> ended = false;
  std::atomic<long> done = 0, slowed = 0;
  std::thread flooding([&] { flood(server.port, a, ended, done, slowed); });
  const auto begin = Clock::now();
  auto beside = ask_for(server.port, b, given.seconds);
  const double rate = static_cast<double>(done) / ms_since(begin) * 1000;
  ended = true;
  flooding.join();
  report.figure("A, 64 connections", rate, "op/s");
  report.figure("A was told to slow down", static_cast<double>(slowed), "times");
  report.quantiles("B beside the flood of A", beside);
  report.at_most("B beside the flood p99", beside.p99(), "ms", 3 * alone.p99(), "3 x alone");
  stop(server);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
