// Replies and errors as HTTP responses, and back.
#pragma once

#include <string_view>

#include "api/error.hpp"
#include "api/message.hpp"
#include "edge/http.hpp"

namespace weir::edge {

HttpResponse text_response(int status, std::string text);
HttpResponse json_response(std::string json);
// {"error": {"code", "message", "problems": [{"where", "what", "fix"}]}} with the code's status; `status` overrides it.
HttpResponse error_response(const api::ApiError& error, int status = 0);
// What an error response says; something readable also for one that is not ours.
api::ApiError read_error(int status, std::string_view body);

// Answers the exchange. When the outcome is unknown, the connection is closed without an answer.
void answer(Exchange& exchange, const api::Reply<api::Message>& reply);

}  // namespace weir::edge
