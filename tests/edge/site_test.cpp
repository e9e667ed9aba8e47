#include "edge/site.hpp"

#include <mutex>
#include <thread>

#include "json/text.hpp"
#include "tests/edge/raw.hpp"

namespace weir::edge {
namespace {

TEST(Site, serves_operations_to_the_client_each_way) {
  House house;
  auto client = house.client();
  const auto added = client.call(api::AddToCounter{5, 2, {AccountId{"000000000002"}}, Millis{0}});
  ASSERT_TRUE(added.has_value()) << added.error().message;
  EXPECT_EQ(added->value, 5);
  EXPECT_EQ(client.call(api::ReadCounter{3, 1})->value, 5);
  EXPECT_EQ(house.client("000000000002").call(api::ReadCounter{2, 5})->received, 2);
  const auto refused = client.call(api::AddToCounter{-1, 0, {}, Millis{0}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, api::ErrorCode::InvalidInput);
}

TEST(Site, says_what_is_wrong_and_what_was_meant) {
  House house;
  auto client = house.client();
  const auto message = [&](std::string_view method, std::string_view target, std::string_view body = "") {
    const auto got = client.fetch(method, target, body);
    return got ? "answered " + *got : std::string(name_of(got.error().code)) + ": " + got.error().message;
  };
  EXPECT_EQ(message("POST", "/v1/counter", "{\"by\":"),
            "InvalidInput: body: line 1, column 7: expected a value, got the end of the text; send one JSON object");
  EXPECT_NE(message("POST", "/v1/counter", "{\"bx\":1}").find("did you mean 'by'?"), std::string::npos);
  EXPECT_NE(message("POST", "/v1/counter", "{\"by\":\"1\"}").find("by: expected a number"), std::string::npos);
  EXPECT_NE(message("GET", "/v1/counter?wait_m=1").find("did you mean 'wait_s'?"), std::string::npos);
  EXPECT_NE(message("GET", "/v1/counter?wait_s=x").find("wait_s: expected a number"), std::string::npos);
  EXPECT_NE(message("GET", "/v1/countre").find("did you mean POST /v1/counter?"), std::string::npos);
  EXPECT_NE(message("POST", "/v1/pipelines/p/mark", "{}").find("(and 2 more)"), std::string::npos);
  EXPECT_NE(message("GET", "/v1/%zz").find("two hex digits"), std::string::npos);
  Raw raw(house.server->port());
  raw.send("DELETE /v1/counter HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto got = raw.until("}");
  EXPECT_NE(got.find("HTTP/1.1 405 "), std::string::npos);
  EXPECT_NE(got.find("Allow: POST, GET\r\n"), std::string::npos) << got;
}

TEST(Site, takes_the_account_from_the_header_or_the_access_key) {
  House house;
  ASSERT_TRUE(house.client("000000000007").call(api::AddToCounter{7, 0, {}, Millis{0}}).has_value());
  ASSERT_TRUE(house.client("").call(api::AddToCounter{1, 0, {}, Millis{0}}).has_value());
  const auto value = [&](std::string_view header) {
    Raw raw(house.server->port());
    raw.send(get("/v1/counter", std::string(header) + "Connection: close\r\n"));
    return raw.rest();
  };
  EXPECT_NE(value("X-Weir-Account: 000000000007\r\n").find("\"value\":7"), std::string::npos);
  EXPECT_NE(
      value("Authorization: AWS4-HMAC-SHA256 Credential=000000000007/2026/x/sqs/aws4_request\r\n").find("\"value\":7"),
      std::string::npos);
  EXPECT_NE(value("").find("\"value\":1"), std::string::npos);
  EXPECT_NE(value("X-Weir-Account: seven\r\n").find("HTTP/1.1 400 "), std::string::npos);
  EXPECT_NE(value("Origin: http://elsewhere.example\r\n").find("HTTP/1.1 403 "), std::string::npos);
}

TEST(Site, cancels_the_long_poll_of_a_client_that_left) {
  House house;
  Raw raw(house.server->port());
  raw.send(get("/v1/counter?at_least=9&wait_s=1000"));
  while (house.host.stats().waiting_polls == 0) std::this_thread::yield();
  raw.close();
  while (house.host.stats().waiting_polls != 0) std::this_thread::yield();
}

TEST(Site, answers_waiting_polls_when_it_drains) {
  House house;
  Raw raw(house.server->port());
  raw.send(get("/v1/counter?at_least=9&wait_s=1000"));
  while (house.host.stats().waiting_polls == 0) std::this_thread::yield();
  house.stop();
  EXPECT_NE(raw.rest().find("HTTP/1.1 503 "), std::string::npos);
}

TEST(Site, tells_whether_it_lives_is_ready_and_what_it_counted) {
  House house;
  auto client = house.client();
  EXPECT_EQ(client.fetch("GET", "/healthz"), "ok\n");
  EXPECT_EQ(client.fetch("GET", "/readyz"), "ready\n");
  ASSERT_TRUE(client.call(api::AddToCounter{}).has_value());
  const auto page = client.fetch("GET", "/metrics").value();
  EXPECT_NE(page.find("weir_http_requests_total{route=\"/v1/counter\",code=\"200\"} 1\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\nprocess_resident_memory_bytes "), std::string::npos);
  EXPECT_TRUE(json::validate(client.fetch("GET", "/v1/openapi.json").value()).has_value());
  house.site.drain();
  EXPECT_FALSE(client.fetch("GET", "/readyz").has_value());
  EXPECT_EQ(client.fetch("GET", "/healthz"), "ok\n");
}

TEST(Site, sends_events_as_they_happen_and_resumes_after_the_last_one_seen) {
  House house;
  Raw raw(house.server->port());
  raw.send(get("/v1/events?account=000000000001"));
  raw.until(": connected");
  while (house.feed.listeners() == 0) std::this_thread::yield();
  house.feed.publish("{\"run\":1}", AccountId{"000000000001"});
  house.feed.publish("{\"run\":2}", AccountId{"000000000002"});
  house.feed.publish("{\"run\":3}", AccountId{"000000000001"});
  const auto got = raw.until("{\"run\":3}");
  EXPECT_NE(got.find("id: 100\nevent: run\ndata: {\"run\":1}\n\n"), std::string::npos) << got;
  EXPECT_EQ(got.find("\"run\":2"), std::string::npos);
  raw.close();
  while (house.feed.listeners() != 0) std::this_thread::yield();

  Raw resumed(house.server->port());
  resumed.send(get("/v1/events", "Last-Event-ID: 100\r\n"));
  const auto later = resumed.until("{\"run\":3}");
  EXPECT_NE(later.find("{\"run\":2}"), std::string::npos);
  EXPECT_EQ(later.find("{\"run\":1}"), std::string::npos);

  house.feed.publish("{\"run\":4}", AccountId{"000000000001"});
  house.feed.publish("{\"run\":5}", AccountId{"000000000001"});
  Raw late(house.server->port());
  late.send(get("/v1/events", "Last-Event-ID: 100\r\n"));
  EXPECT_NE(late.until("missed").find("event: missed"), std::string::npos);
}

TEST(Site, sends_heartbeats_on_a_quiet_feed) {
  House house({.heartbeat = Millis{1}});
  Raw raw(house.server->port());
  raw.send(get("/v1/events"));
  EXPECT_NE(raw.until(": here\n\n").find(": here"), std::string::npos);
}

TEST(Site, follows_a_log_that_a_worker_appends_to_until_it_has_ended) {
  std::mutex mutex;
  std::string log;
  bool ended = false;
  SiteOptions options;
  options.log_poll = Millis{1};
  options.logs.read = [&](std::int64_t item, std::int64_t offset, std::size_t max) -> api::Reply<LogPiece> {
    if (item != 7) return api::refuse(api::ErrorCode::NotFound, "there is no log 8");
    std::lock_guard lock(mutex);
    LogPiece piece;
    piece.bytes = log.substr(std::min(log.size(), static_cast<std::size_t>(offset)), max);
    piece.next_offset = offset + static_cast<std::int64_t>(piece.bytes.size());
    piece.ended = ended && static_cast<std::size_t>(piece.next_offset) >= log.size();
    return piece;
  };
  options.logs.append = [&](std::int64_t, std::int64_t offset, std::string_view bytes) -> api::Reply<std::int64_t> {
    std::lock_guard lock(mutex);
    if (static_cast<std::size_t>(offset) != log.size()) return api::refuse(api::ErrorCode::Conflict, "not the end");
    log += bytes;
    return static_cast<std::int64_t>(log.size());
  };
  House house(options);
  auto writer = house.client();
  const std::string much(300'000, 'x');
  ASSERT_EQ(writer.fetch("PUT", "/v1/logs/7?offset=0", "first " + much), "{\"next_offset\":300006}");
  EXPECT_EQ(writer.fetch("PUT", "/v1/logs/7?offset=3", "again").error().code, api::ErrorCode::Conflict);
  EXPECT_EQ(writer.fetch("GET", "/v1/logs/8").error().code, api::ErrorCode::NotFound);
  std::string seen;
  auto reader = house.client();
  const auto done = reader.stream("/v1/logs/7?offset=6&follow=true", [&](std::string_view bytes) {
    seen += bytes;
    if (seen.size() == much.size()) {
      std::lock_guard lock(mutex);
      log += "last";
      ended = true;
    }
    return true;
  });
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(seen, much + "last");
  EXPECT_EQ(writer.fetch("GET", "/v1/logs/7?offset=300006"), "last");
}

TEST(Site, the_client_says_when_no_server_is_there) {
  std::string url;
  {
    House house;
    url = "http://127.0.0.1:" + std::to_string(house.server->port());
  }
  Client client({.base_url = url});
  const auto got = client.call(api::ReadCounter{});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, api::ErrorCode::Unavailable);
  EXPECT_NE(got.error().message.find("is the server running?"), std::string::npos);
}

}  // namespace
}  // namespace weir::edge
