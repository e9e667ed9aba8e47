#include "edge/webhook_signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

#include "base/base64.hpp"

namespace weir::edge {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";

std::string key_of(std::string_view secret) {
  if (secret.starts_with(kPrefix))
    if (auto key = base64_decode(secret.substr(kPrefix.size()))) return std::move(*key);
  return std::string(secret);
}

// The words of a text, one by one.
template <class Visit>
bool any_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto word = text.substr(0, text.find_first_of(" \t\r\n"));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty() && visit(word)) return true;
  }
  return false;
}

}  // namespace

std::string sign(const SignedMessage& message, std::string_view secret) {
  const std::string key = key_of(secret);
  const auto text = fmt::format("{}.{}.{}", message.id, message.timestamp, message.body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  return std::string(kVersion) + base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::optional<Instant> instant_of_timestamp(std::string_view seconds) {
  std::int64_t s = 0;
  const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), s);
  if (error != std::errc{} || end != seconds.data() + seconds.size() || s < 0 || s > 253'402'300'799)
    return std::nullopt;
  return instant_of_ms(s * 1000);
}

Result<void> check_signature(const SignedMessage& message, std::string_view signatures, std::string_view secret,
                             Instant now) {
  for (const auto& [name, value] :
       {std::pair{"webhook-id", message.id}, std::pair{"webhook-timestamp", message.timestamp},
        std::pair{"webhook-signature", signatures}})
    if (value.empty())
      return fail(fmt::format("the header {} is missing", name), "headers",
                  "sign the request as Standard Webhooks has it");
  const auto at = instant_of_timestamp(message.timestamp);
  if (!at)
    return fail("webhook-timestamp is no number of seconds since 1970", "headers",
                "sign the request as Standard Webhooks has it");
  if (*at < now - kSignatureTolerance || *at > now + kSignatureTolerance)
    return fail(fmt::format("webhook-timestamp is {}, and here it is {}", to_text(*at), to_text(now)), "headers",
                "sign it when it is sent; the clocks may differ by 5 minutes");
  const bool good = any_word(secret, [&](std::string_view one) {
    const auto expected = sign(message, one);
    return any_word(signatures, [&](std::string_view given) {
      return given.size() == expected.size() && CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
    });
  });
  if (!good)
    return fail("webhook-signature fits neither the body nor the headers", "headers",
                "sign 'ID.TIMESTAMP.BODY' with the secret that the pipeline's file names");
  return {};
}

}  // namespace weir::edge
