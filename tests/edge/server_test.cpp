#include "edge/server.hpp"

#include <future>

#include "tests/edge/raw.hpp"

namespace weir::edge {
namespace {

// Answers with the method, the path and the body's size.
struct Echo {
  explicit Echo(ServerOptions options = {}) {
    if (!options.handler)
      options.handler = [](const std::shared_ptr<Exchange>& exchange) {
        const auto& r = exchange->request();
        exchange->answer({200, "text/plain", r.method + " " + r.path + " " + std::to_string(r.body.size()) + ";", {}});
      };
    server = std::make_unique<HttpServer>(std::move(options));
    EXPECT_TRUE(server->start().has_value());
  }
  std::unique_ptr<HttpServer> server;
};

TEST(Server, answers_pipelined_requests_in_their_order_on_one_connection) {
  Echo echo;
  Raw raw(echo.server->port());
  std::string many;
  for (int i = 0; i < 2000; ++i) many += get("/" + std::to_string(i));
  raw.send(many + get("/last", "Connection: close\r\n"));
  const auto got = raw.rest();
  std::size_t at = 0;
  for (int i = 0; i < 2000; ++i) {
    at = got.find("GET /" + std::to_string(i) + " 0;", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(got.find("GET /last 0;", at), std::string::npos);
}

TEST(Server, leaves_the_body_out_for_HEAD_but_says_its_length) {
  Echo echo;
  Raw raw(echo.server->port());
  raw.send("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto got = raw.rest();
  EXPECT_NE(got.find("Content-Length: 9\r\n"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n")) << got;
}

TEST(Server, takes_bodies_up_to_the_limit_with_a_length_and_chunked) {
  Echo echo({.body_bytes = 1000});
  for (const std::size_t size : {999u, 1000u, 1001u}) {
    const std::string body(size, 'x');
    Raw with_length(echo.server->port()), chunked(echo.server->port());
    with_length.send(post("/b", body, "Connection: close\r\n"));
    chunked.send("POST /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    char head[16];
    std::snprintf(head, sizeof head, "%zx\r\n", size);
    chunked.send(head + body + "\r\n0\r\n\r\n");
    chunked.shut();
    with_length.shut();
    const std::string wanted = size <= 1000 ? "POST /b " + std::to_string(size) + ";" : "HTTP/1.1 413 ";
    EXPECT_NE(with_length.rest().find(wanted), std::string::npos) << size;
    EXPECT_NE(chunked.rest().find(wanted), std::string::npos) << size;
  }
}

TEST(Server, says_100_continue_before_the_body_is_sent) {
  Echo echo;
  Raw raw(echo.server->port());
  raw.send("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_NE(raw.until("100 Continue\r\n\r\n").find("HTTP/1.1 100"), std::string::npos);
  raw.send("ab");
  EXPECT_NE(raw.until(";").find("POST /c 2;"), std::string::npos);
}

TEST(Server, refuses_what_is_no_request_and_headers_without_end) {
  Echo echo({.header_bytes = 1024});
  Raw nonsense(echo.server->port()), endless(echo.server->port()), no_host(echo.server->port());
  nonsense.send("hello\r\n\r\n");
  EXPECT_TRUE(nonsense.until("\r\n").starts_with("HTTP/1.1 400 "));
  endless.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x'));
  EXPECT_TRUE(endless.until("\r\n").starts_with("HTTP/1.1 431 "));
  no_host.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(no_host.until("\r\n").starts_with("HTTP/1.1 400 "));
}

TEST(Server, ends_connections_whose_headers_come_too_slowly_or_that_are_idle) {
  Echo echo({.idle_timeout = Millis{40}, .header_timeout = Millis{20}});
  Raw slow(echo.server->port()), idle(echo.server->port());
  slow.send("GET / HTTP/1.1\r\nHo");
  EXPECT_TRUE(slow.until("\r\n").starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(idle.rest(), "");
}

TEST(Server, answers_503_when_there_are_too_many_connections) {
  Echo echo({.max_connections = 1});
  Raw first(echo.server->port());
  first.send(get("/"));
  first.until(";");
  Raw second(echo.server->port());
  EXPECT_TRUE(second.until("\r\n").starts_with("HTTP/1.1 503 "));
}

TEST(Server, still_answers_a_client_that_closed_only_its_sending_side) {
  Echo echo;
  Raw raw(echo.server->port());
  raw.send(get("/a") + get("/b"));
  raw.shut();
  EXPECT_NE(raw.rest().find("GET /b 0;"), std::string::npos);
}

TEST(Server, streams_in_chunks_and_cuts_a_client_that_is_too_slow) {
  std::promise<std::shared_ptr<Stream>> opened;
  ServerOptions options;
  options.handler = [&](const std::shared_ptr<Exchange>& e) { opened.set_value(e->stream(200, "text/plain")); };
  Echo echo(std::move(options));
  Raw raw(echo.server->port());
  raw.send(get("/s"));
  const auto stream = opened.get_future().get();
  ASSERT_TRUE(stream->write("hello"));
  EXPECT_NE(raw.until("hello").find("5\r\nhello\r\n"), std::string::npos);
  std::promise<void> gone;
  stream->when_gone([&] { gone.set_value(); });
  while (stream->write(std::string(64 * 1024, 'x'))) {
  }
  gone.get_future().wait();
}

TEST(Server, cuts_the_connection_when_an_exchange_is_dropped_unanswered) {
  ServerOptions options;
  options.handler = [](const std::shared_ptr<Exchange>&) {};
  Echo echo(std::move(options));
  Raw raw(echo.server->port());
  raw.send(get("/"));
  EXPECT_EQ(raw.rest(), "");
}

TEST(Server, finishes_running_requests_and_closes_idle_connections_on_stop) {
  std::promise<std::shared_ptr<Exchange>> came;
  ServerOptions options;
  options.handler = [&](const std::shared_ptr<Exchange>& e) { came.set_value(e); };
  Echo echo(std::move(options));
  Raw idle(echo.server->port()), busy(echo.server->port());
  busy.send(get("/"));
  auto exchange = came.get_future().get();
  auto stopped = std::async(std::launch::async, [&] { echo.server->stop(); });
  EXPECT_EQ(idle.rest(), "");  // closed: the server drains
  exchange->answer({200, "text/plain", "done", {}});
  exchange.reset();
  EXPECT_TRUE(busy.rest().ends_with("done"));
  stopped.get();
  EXPECT_EQ(echo.server->connections(), 0u);
}

TEST(Server, refuses_addresses_that_other_machines_can_reach) {
  HttpServer server({.address = "0.0.0.0", .handler = [](const std::shared_ptr<Exchange>&) {}});
  const auto started = server.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().text().find("tokens"), std::string::npos) << started.error().text();
}

}  // namespace
}  // namespace weir::edge
