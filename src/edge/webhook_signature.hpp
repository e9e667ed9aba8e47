// Signatures of webhooks, as Standard Webhooks 1.0 has them: webhook-signature holds one or more of
// "v1,BASE64(HMAC-SHA256(key, ID.TIMESTAMP.BODY))", separated by spaces. A secret is "whsec_" and the key in base64, or
// the key itself; several, separated by blanks or line ends, are as good as one while a sender changes from one to the
// other.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace weir::edge {

inline constexpr Millis kSignatureTolerance = std::chrono::minutes{5};  // of the clocks, and for how long one is good

struct SignedMessage {
  std::string_view id;         // webhook-id
  std::string_view timestamp;  // webhook-timestamp: seconds since 1970
  std::string_view body;
};

// The header's value for one key.
std::string sign(const SignedMessage& message, std::string_view secret);

// The problem says what is missing or wrong, and nothing about the secret. Compares in constant time.
Result<void> check_signature(const SignedMessage& message, std::string_view signatures, std::string_view secret,
                             Instant now);

// "1760000000"; nothing: it is no such number.
std::optional<Instant> instant_of_timestamp(std::string_view seconds);

}  // namespace weir::edge
