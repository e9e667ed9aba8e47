#include "edge/webhook.hpp"

#include <fmt/format.h>

#include "api/documents.hpp"
#include "edge/answers.hpp"
#include "edge/principal.hpp"
#include "edge/uri.hpp"
#include "edge/webhook_signature.hpp"
#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::edge {
namespace {

constexpr std::string_view kRoute = "/v1/pipelines/{pipeline}/webhook";
constexpr int kAccepted = 202, kUnauthorized = 401;

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto* value = request.header(name);
  return value ? *value : std::string();
}

// One request on its way: who is meant, may it, and in.
class Delivery : public std::enable_shared_from_this<Delivery> {
 public:
  Delivery(host::Host& host, const WebhookOptions& options, std::shared_ptr<Exchange> exchange)
      : host_(host), options_(options), exchange_(std::move(exchange)) {}

  void begin() {
    const auto& http = exchange_->request();
    exchange_->route(std::string(kRoute));
    auto principal = principal_of(http);
    if (!principal) return refuse(principal.error());
    principal_ = std::move(*principal);
    const auto segments = path_segments(http.path);
    const auto query = parse_query(http.query);
    if (!segments || !query)
      return refuse(api::refuse({Problem{"a '%' without two hex digits", "path", "percent-code it as %25"}}).error());
    pipeline_ = (*segments)[2];
    for (const auto& [name, value] : *query) {
      auto* known = name == "account" ? &account_ : name == "event" ? &event_ : name == "time" ? &time_ : nullptr;
      if (known == nullptr || *known)
        return refuse(api::refuse({Problem{fmt::format("unknown query parameter '{}'", name), "query",
                                           "there are 'account', 'event' and 'time', each once"}})
                          .error());
      *known = value;
    }
    if (!host_.ready())
      return refuse({api::ErrorCode::Unavailable, "the server is starting or stopping; try again in a moment", {}});
    api::DescribeWebhook question;
    question.pipeline = pipeline_;
    question.account = account_;
    host_.submit(api::Message::of(std::move(question)), principal_,
                 [self = shared_from_this()](const api::Reply<api::Message>& reply) {
                   if (!reply) return answer(*self->exchange_, reply);
                   self->info_ = *reply->as<api::WebhookInfo>();
                   // A secret may be a file: not on a host's thread.
                   self->exchange_->later([self] { self->take(); });
                 });
  }

 private:
  void take() {
    const auto& http = exchange_->request();
    const auto id = header_of(http, "webhook-id"), timestamp = header_of(http, "webhook-timestamp");
    const Instant now =
        options_.now ? options_.now() : std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
    if (!info_.secret.empty()) {
      const auto secret = options_.secret ? options_.secret(info_.account, info_.secret)
                                          : Result<std::string>(fail("this server has no secrets", info_.secret));
      if (!secret)
        return refuse({api::ErrorCode::Unavailable,
                       fmt::format("the server does not have the secret {} of {}; its operator puts it there",
                                   info_.secret, pipeline_),
                       {}});
      if (const auto good =
              check_signature({id, timestamp, http.body}, header_of(http, "webhook-signature"), *secret, now);
          !good)
        return exchange_->answer(
            error_response({api::ErrorCode::AccessDenied, good.error().text(), {good.error()}}, kUnauthorized));
    }
    const auto document = json::validate(http.body);
    if (!document) return wrong({Problem{document.error().text(), "body", "send one JSON document"}});
    api::PutDocument put;
    put.pipeline = pipeline_;
    put.account = account_;
    put.event = id.empty() ? event_.value_or("") : id;
    put.document.text = http.body;
    if (!timestamp.empty()) {
      put.time = instant_of_timestamp(timestamp);
      if (!put.time)
        return wrong({Problem{"webhook-timestamp is no number of seconds since 1970", "headers",
                              "leave it out, or send the time of the event"}});
    } else if (time_) {
      put.time = instant_from_text(*time_);
      if (!put.time)
        return wrong({Problem{fmt::format("'{}' is no time", *time_), "time", "write 2026-01-02T03:00:00Z"}});
    }
    host_.submit(api::Message::of(std::move(put)), principal_,
                 [self = shared_from_this()](const api::Reply<api::Message>& reply) {
                   if (!reply && reply.error().code == api::ErrorCode::InvalidInput) self->count(reply.error().message);
                   if (!reply) return answer(*self->exchange_, reply);
                   auto response = json_response(json::print_described(*reply->type, reply->object.get()));
                   response.status = kAccepted;
                   self->exchange_->answer(std::move(response));
                 });
  }

  void refuse(const api::ApiError& error) { exchange_->answer(error_response(error)); }
  // The sender's mistake, which the pipeline's owner sees.
  void wrong(Problem problem) {
    const auto error = api::refuse({std::move(problem)}).error();
    count(error.message);
    refuse(error);
  }
  void count(const std::string& why) {
    api::RefuseDocument refused;
    refused.pipeline = pipeline_;
    refused.account = account_;
    refused.why = why;
    host_.submit(api::Message::of(std::move(refused)), principal_, [](const api::Reply<api::Message>&) {});
  }

  host::Host& host_;
  const WebhookOptions& options_;
  std::shared_ptr<Exchange> exchange_;
  api::Principal principal_;
  std::string pipeline_;
  std::optional<std::string> account_, event_, time_;
  api::WebhookInfo info_;
};

}  // namespace

bool is_webhook(const HttpRequest& request) {
  constexpr std::string_view begin = "/v1/pipelines/", end = "/webhook";
  const std::string_view path = request.path;
  if (request.method != "POST" || !path.starts_with(begin) || !path.ends_with(end)) return false;
  if (path.size() <= begin.size() + end.size()) return false;
  const auto name = path.substr(begin.size(), path.size() - begin.size() - end.size());
  return name.find('/') == std::string_view::npos;
}

void serve_webhook(host::Host& host, const WebhookOptions& options, const std::shared_ptr<Exchange>& exchange) {
  std::make_shared<Delivery>(host, options, exchange)->begin();
}

}  // namespace weir::edge
