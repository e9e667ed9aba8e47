#include "edge/site.hpp"

#include "edge/answers.hpp"
#include "edge/events.hpp"
#include "edge/openapi.hpp"
#include "edge/principal.hpp"

namespace weir::edge {

Site::Site(host::Host& host, SiteOptions options)
    : host_(host),
      options_(std::move(options)),
      logs_(std::make_shared<const LogSource>(options_.logs)),
      rest_(host),
      openapi_(openapi_document()) {}

void Site::serve(ServerOptions& server) {
  server.handler = [this](const std::shared_ptr<Exchange>& exchange) { handle(exchange); };
  server.answered = [this](const std::string& route, int status) { counters_.count(route, status); };
}

void Site::handle(const std::shared_ptr<Exchange>& exchange) {
  const auto& request = exchange->request();
  const auto& path = request.path;
  const bool is_get = request.method == "GET";
  const auto fixed = [&](HttpResponse response) {
    exchange->route(path);
    exchange->answer(std::move(response));
  };
  if (is_get && path == "/healthz") return fixed(text_response(200, "ok\n"));
  if (is_get && path == "/readyz")
    return fixed(ready() ? text_response(200, "ready\n") : text_response(503, "starting or stopping\n"));
  if (const bool ours = path.starts_with("/v1/"); !ours && path != "/metrics") {
    if (!options_.otherwise) return rest_.handle(exchange);
    exchange->route("other");
    return options_.otherwise(exchange);
  }
  if (const auto principal = principal_of(request); !principal)
    return exchange->answer(error_response(principal.error()));
  if (is_get && path == "/metrics") {
    auto page = text_response(
        200, metrics_text(host_.stats(), ready(), counters_, options_.feed ? options_.feed->listeners() : 0));
    page.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return fixed(std::move(page));
  }
  if (is_get && path == "/v1/openapi.json") return fixed(json_response(openapi_));
  if (is_get && path == "/v1/events" && options_.feed) {
    exchange->route(path);
    return serve_events(*options_.feed, exchange, options_.heartbeat);
  }
  if (path.starts_with("/v1/logs/") && (logs_->read || logs_->append))
    return serve_log(logs_, exchange, options_.log_poll);
  if (is_webhook(request)) return serve_webhook(host_, options_.webhooks, exchange);
  rest_.handle(exchange);
}

}  // namespace weir::edge
