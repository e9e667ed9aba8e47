#include "edge/rest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "edge/answers.hpp"
#include "edge/principal.hpp"
#include "json/nearest.hpp"

namespace weir::edge {
namespace {

bool matches(const std::vector<PathPart>& parts, const std::vector<std::string>& segments) {
  if (parts.size() != segments.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].is_field ? segments[i].empty() : parts[i].text != segments[i]) return false;
  return true;
}

// Does this request wait for something to happen?
bool is_long_poll(const api::Message& request) {
  const auto* field = request.type->field("wait_s");
  return field && field->type()->kind == Kind::Int && field->type()->get_int(field->get(request.object.get())) > 0;
}

}  // namespace

Rest::Rest(host::Host& host, const std::vector<api::OperationInfo>& operations) : host_(host) {
  for (const auto& operation : operations)
    if (!operation.method.empty()) routes_.push_back({&operation, path_parts(operation.path)});
  std::ranges::stable_sort(routes_, [](const Route& a, const Route& b) {
    return std::ranges::lexicographical_compare(a.parts, b.parts, {}, &PathPart::is_field, &PathPart::is_field);
  });
}

const Rest::Route* Rest::find(const std::vector<std::string>& segments, std::string_view method,
                              std::string& allow) const {
  for (const auto& route : routes_) {
    if (!matches(route.parts, segments)) continue;
    if (route.operation->method == method) return &route;
    if (allow.find(route.operation->method) == std::string::npos)
      allow += (allow.empty() ? "" : ", ") + std::string(route.operation->method);
  }
  return nullptr;
}

HttpResponse Rest::no_route(const std::string& path, const std::vector<std::string>& segments) const {
  // Each route as it would read with what was given in the places of its fields.
  std::vector<std::string> readings;
  for (const auto& route : routes_) {
    std::string reading;
    for (std::size_t i = 0; i < route.parts.size(); ++i) {
      const auto& part = route.parts[i];
      reading += "/" + (part.is_field && i < segments.size() ? segments[i] : std::string(part.text));
    }
    readings.push_back(std::move(reading));
  }
  const std::vector<std::string_view> views(readings.begin(), readings.end());
  const auto near = json::nearest(path, views);
  auto message = fmt::format("there is nothing at {}", path);
  std::string fix = "GET /v1/openapi.json lists what there is";
  if (!near.empty()) {
    const auto at = static_cast<std::size_t>(std::ranges::find(views, near) - views.begin());
    const auto& operation = *routes_[at].operation;
    fix = fmt::format("did you mean {} {}?", operation.method, operation.path);
  }
  return error_response({api::ErrorCode::NotFound, message + "; " + fix, {{message, "path", fix}}});
}

void Rest::handle(const std::shared_ptr<Exchange>& exchange) const {
  const auto& http = exchange->request();
  const auto segments = path_segments(http.path);
  const auto query = parse_query(http.query);
  if (!segments || !query) {
    const Problem problem{"a '%' without two hex digits", segments ? "query" : "path", "percent-code it as %25"};
    return exchange->answer(error_response(api::refuse({problem}).error()));
  }
  std::string allow;
  const auto* route = find(*segments, http.method, allow);
  if (!route) {
    if (allow.empty()) return exchange->answer(no_route(http.path, *segments));
    auto response = error_response(
        {api::ErrorCode::InvalidInput, fmt::format("{} is not for {}; use {}", http.method, http.path, allow), {}},
        405);
    response.headers.emplace_back("Allow", allow);
    return exchange->answer(std::move(response));
  }
  exchange->route(std::string(route->operation->path));
  auto principal = principal_of(http);
  if (!principal) return exchange->answer(error_response(principal.error()));
  std::map<std::string_view, std::string> path;
  for (std::size_t i = 0; i < route->parts.size(); ++i)
    if (route->parts[i].is_field) path[route->parts[i].text] = (*segments)[i];
  auto request = read_request(*route->operation, path, *query, http.body);
  if (!request) return exchange->answer(error_response(request.error()));
  if (!host_.ready())
    return exchange->answer(
        error_response({api::ErrorCode::Unavailable, "the server is starting or stopping; try again in a moment", {}}));
  const bool poll = is_long_poll(*request);
  const auto id = host_.submit(std::move(*request), std::move(*principal),
                               [exchange](const api::Reply<api::Message>& reply) { answer(*exchange, reply); });
  if (poll) exchange->when_gone([&host = host_, id] { host.cancel(id); });
}

}  // namespace weir::edge
