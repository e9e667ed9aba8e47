#include "edge/answers.hpp"

#include <fmt/format.h>

#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::edge {
namespace {

// The wire shape of errors.
struct ErrorProblem {
  std::string where, what, fix;
};
BOOST_DESCRIBE_STRUCT(ErrorProblem, (), (where, what, fix))
struct ErrorDetail {
  std::string code, message;
  std::vector<ErrorProblem> problems;
};
BOOST_DESCRIBE_STRUCT(ErrorDetail, (), (code, message, problems))
struct ErrorBody {
  ErrorDetail error;
};
BOOST_DESCRIBE_STRUCT(ErrorBody, (), (error))

}  // namespace

HttpResponse text_response(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}
HttpResponse json_response(std::string json) { return {200, "application/json", std::move(json), {}}; }

HttpResponse error_response(const api::ApiError& error, int status) {
  ErrorBody body;
  body.error.code = name_of(error.code);
  body.error.message = error.message;
  for (const auto& p : error.problems) body.error.problems.push_back({p.where, p.what, p.fix});
  HttpResponse out{status ? status : api::http_status(error.code), "application/json", json::print_described(body), {}};
  if (api::retryable(error.code)) out.headers.emplace_back("Retry-After", "1");
  return out;
}

api::ApiError read_error(int status, std::string_view body) {
  api::ApiError out;
  const auto document = json::parse(body);
  const auto read = document ? json::read_described<ErrorBody>(*document, {.refuse_unknown = false})
                             : Result<ErrorBody>(fail("no JSON"));
  if (!read || read->error.code.empty()) {
    out.code = status == 404 ? api::ErrorCode::NotFound : api::ErrorCode::Internal;
    out.message = fmt::format("the server answered {} without saying why; is it a Weir server?", status);
    return out;
  }
  out.code = enum_from<api::ErrorCode>(read->error.code).value_or(api::ErrorCode::Internal);
  out.message = read->error.message;
  for (const auto& p : read->error.problems) out.problems.push_back({p.what, p.where, p.fix});
  return out;
}

void answer(Exchange& exchange, const api::Reply<api::Message>& reply) {
  if (reply) return exchange.answer(json_response(json::print_described(*reply->type, reply->object.get())));
  if (reply.error().code == api::ErrorCode::OutcomeUnknown) return exchange.cut();
  exchange.answer(error_response(reply.error()));
}

}  // namespace weir::edge
