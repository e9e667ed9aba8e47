// The errors of operations: one enum, one table to wire codes.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"

namespace weir::api {

enum class ErrorCode {
  InvalidInput,    // the request can never succeed as it is
  NotFound,        // what it names is not there
  AlreadyExists,   // and is not the same
  Conflict,        // not in the state it is in now
  AccessDenied,    // the principal may not
  LimitExceeded,   // a documented bound
  Throttled,       // the account's queue is full: slow down and retry
  OutOfSpace,      // the store's disk is nearly full: growth is refused until there is room
  Unavailable,     // surely not done; retry
  OutcomeUnknown,  // may or may not have been done; never guessed (the edge closes the connection)
  Internal,        // a broken promise of ours
};
BOOST_DESCRIBE_ENUM(ErrorCode, InvalidInput, NotFound, AlreadyExists, Conflict, AccessDenied, LimitExceeded, Throttled,
                    OutOfSpace, Unavailable, OutcomeUnknown, Internal)

struct ApiError {
  ErrorCode code = ErrorCode::Internal;
  std::string message;            // what, where, what to do
  std::vector<Problem> problems;  // all of them, when a document had several
};

template <class T>
using Reply = std::expected<T, ApiError>;

inline std::unexpected<ApiError> refuse(ErrorCode code, std::string message) {
  return std::unexpected(ApiError{code, std::move(message), {}});
}
std::unexpected<ApiError> refuse(std::vector<Problem> problems);  // InvalidInput, the first as message

// The HTTP status of an error in REST.
int http_status(ErrorCode code);
// May the same request succeed later, unchanged?
bool retryable(ErrorCode code);

}  // namespace weir::api
