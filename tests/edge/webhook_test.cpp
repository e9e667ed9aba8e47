#include "edge/webhook.hpp"

#include "api/documents.hpp"
#include "edge/webhook_signature.hpp"
#include "tests/edge/raw.hpp"

namespace weir::edge {
namespace {

const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const Instant kNow = instant_of_ms(1'614'265'330'000);

// A site before a service that only remembers what came: `orders` takes anything, `signed` what is signed.
struct WebhookHouse {
  WebhookHouse() : site(host, options()) {
    auto& registry = cell.registry();
    registry.on<api::DescribeWebhook>(
        [](core::Transaction& tx, const api::DescribeWebhook& r) -> api::Reply<api::WebhookInfo> {
          if (r.pipeline == "signed") return api::WebhookInfo{tx.account(), "shop/hook"};
          if (r.pipeline == "lost") return api::WebhookInfo{tx.account(), "shop/lost"};
          if (r.pipeline == "orders") return api::WebhookInfo{tx.account(), ""};
          return api::refuse(api::ErrorCode::NotFound, "there is no pipeline " + r.pipeline);
        });
    registry.on<api::PutDocument>(
        [this](core::Transaction&, const api::PutDocument& r) -> api::Reply<api::DocumentReply> {
          if (r.event == "bad") return api::refuse({Problem{"the document has nothing at $.day", "date", ""}});
          if (r.event == "many") return api::refuse(api::ErrorCode::Throttled, "later");
          taken.push_back(r.event + " " + (r.time ? to_text(*r.time) : "now") + " " + r.account.value_or("-") + " " +
                          r.document.text);
          return api::DocumentReply{r.pipeline, AccountId{"000000000000"}, r.event, "2026-01-02", ""};
        });
    registry.on<api::RefuseDocument>(
        [this](core::Transaction&, const api::RefuseDocument& r) -> api::Reply<api::EmptyReply> {
          refused.push_back(r.why);
          return api::EmptyReply{};
        });
    EXPECT_TRUE(host.start().has_value());
    ServerOptions server_options;
    site.serve(server_options);
    server = std::make_unique<HttpServer>(server_options);
    EXPECT_TRUE(server->start().has_value());
  }
  ~WebhookHouse() { stop(); }
  void stop() {
    site.drain();
    host.stop();
    server->stop();
  }
  static SiteOptions options() {
    SiteOptions out;
    out.webhooks.now = [] { return kNow; };
    out.webhooks.secret = [](const AccountId&, const std::string& name) -> Result<std::string> {
      if (name == "shop/hook") return kSecret;
      return fail("there is no secret", name);
    };
    return out;
  }
  std::string send(const std::string& target, const std::string& body, const std::string& headers = "") {
    Raw raw(server->port());
    raw.send(post("/v1/pipelines/" + target, body, headers + "Connection: close\r\n"));
    return raw.rest();
  }

  std::vector<std::string> taken, refused;  // read them after stop()
  core::Cell cell;
  store::MemoryStore store;
  host::Host host{cell, store};
  Site site;
  std::unique_ptr<HttpServer> server;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Webhook, takes_the_body_as_it_is_and_answers_202_after_the_commit) {
  WebhookHouse house;
  const auto got =
      house.send("orders/webhook", R"({"b": 1.0, "a": [2]})", "Webhook-Id: msg_1\r\nWebhook-Timestamp: 1614265330\r\n");
  EXPECT_TRUE(has(got, "HTTP/1.1 202 ")) << got;
  EXPECT_TRUE(has(got, R"("event":"msg_1","window":"2026-01-02")")) << got;
  house.send("orders/webhook?account=shop", "[1]");
  house.send("orders/webhook?event=e%201&time=2026-01-02T03:00:00Z", "{}");
  EXPECT_TRUE(has(house.send("orders/webhook?time=soon", "{}"), "'soon' is no time"));
  house.stop();
  EXPECT_EQ(house.taken, (std::vector<std::string>{R"(msg_1 2021-02-25T15:02:10.000Z - {"b": 1.0, "a": [2]})",
                                                   " now shop [1]", "e 1 2026-01-02T03:00:00.000Z - {}"}));
}

TEST(Webhook, answers_400_with_the_place_and_counts_it) {
  WebhookHouse house;
  const auto broken = house.send("orders/webhook", "{\"a\": ");
  EXPECT_TRUE(has(broken, "HTTP/1.1 400 ")) << broken;
  EXPECT_TRUE(has(broken, "line 1, column 7")) << broken;
  EXPECT_TRUE(has(house.send("orders/webhook", "{}", "webhook-id: bad\r\n"), "nothing at $.day"));
  EXPECT_TRUE(has(house.send("orders/webhook", "{}", "webhook-timestamp: soon\r\n"), "HTTP/1.1 400 "));
  EXPECT_TRUE(has(house.send("orders/webhook?acount=x", "{}"), "unknown query parameter 'acount'"));
  house.stop();
  EXPECT_EQ(house.refused.size(), 3U);
  EXPECT_TRUE(house.taken.empty());
}

TEST(Webhook, lets_in_only_what_is_signed_when_the_pipeline_names_a_secret) {
  WebhookHouse house;
  const std::string body = R"({"n": 1})";
  const std::string head = "webhook-id: msg_1\r\nwebhook-timestamp: 1614265330\r\n";
  const auto good = sign({"msg_1", "1614265330", body}, kSecret);
  EXPECT_TRUE(has(house.send("signed/webhook", body, head + "webhook-signature: " + good + "\r\n"), " 202 "));
  const auto none = house.send("signed/webhook", body, head);
  EXPECT_TRUE(has(none, "HTTP/1.1 401 ")) << none;
  EXPECT_TRUE(has(none, "the header webhook-signature is missing")) << none;
  EXPECT_TRUE(has(house.send("signed/webhook", R"({"n": 2})", head + "webhook-signature: " + good + "\r\n"), " 401 "));
  const auto lost = house.send("lost/webhook", body, head + "webhook-signature: " + good + "\r\n");
  EXPECT_TRUE(has(lost, "HTTP/1.1 503 ")) << lost;
  EXPECT_TRUE(has(lost, "does not have the secret shop/lost")) << lost;
  house.stop();
  EXPECT_EQ(house.taken.size(), 1U);
  EXPECT_TRUE(house.refused.empty()) << "who cannot sign leaves no trace";
}

TEST(Webhook, says_who_is_not_there_and_when_to_come_again) {
  WebhookHouse house;
  EXPECT_TRUE(has(house.send("nobody/webhook", "{}"), "HTTP/1.1 404 "));
  const auto later = house.send("orders/webhook", "{}", "webhook-id: many\r\n");
  EXPECT_TRUE(has(later, "HTTP/1.1 429 ")) << later;
  EXPECT_TRUE(has(later, "Retry-After: ")) << later;
}

}  // namespace
}  // namespace weir::edge
