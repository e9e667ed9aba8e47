#include "api/error.hpp"

#include <array>

namespace weir::api {
namespace {

struct Wire {
  ErrorCode code;
  int http_status;
  bool retryable;
};

// The one table from codes to the wire.
constexpr std::array kWire{
    Wire{ErrorCode::InvalidInput, 400, false},  Wire{ErrorCode::NotFound, 404, false},
    Wire{ErrorCode::AlreadyExists, 409, false}, Wire{ErrorCode::Conflict, 409, false},
    Wire{ErrorCode::AccessDenied, 403, false},  Wire{ErrorCode::LimitExceeded, 400, false},
    Wire{ErrorCode::Throttled, 429, true},      Wire{ErrorCode::OutOfSpace, 507, true},
    Wire{ErrorCode::Unavailable, 503, true},    Wire{ErrorCode::OutcomeUnknown, 500, false},
    Wire{ErrorCode::Internal, 500, false},
};

const Wire& wire(ErrorCode code) {
  for (const auto& w : kWire)
    if (w.code == code) return w;
  return kWire.back();
}

}  // namespace

std::unexpected<ApiError> refuse(std::vector<Problem> problems) {
  std::string first = problems.empty() ? std::string("invalid input") : problems.front().text();
  if (problems.size() > 1) first += " (and " + std::to_string(problems.size() - 1) + " more)";
  return std::unexpected(ApiError{ErrorCode::InvalidInput, std::move(first), std::move(problems)});
}

int http_status(ErrorCode code) { return wire(code).http_status; }
bool retryable(ErrorCode code) { return wire(code).retryable; }

}  // namespace weir::api
