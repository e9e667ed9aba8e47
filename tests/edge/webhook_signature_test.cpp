#include "edge/webhook_signature.hpp"

#include <gtest/gtest.h>

namespace weir::edge {
namespace {

// The example of the Standard Webhooks libraries.
constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SignedMessage kMessage{"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})"};
constexpr std::string_view kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const Instant kSent = instant_of_ms(1'614'265'330'000);

std::string wrong(const SignedMessage& message, std::string_view signatures, std::string_view secret = kSecret,
                  Instant now = kSent) {
  const auto checked = check_signature(message, signatures, secret, now);
  return checked ? "" : checked.error().what;
}

TEST(WebhookSignature, is_that_of_standard_webhooks) {
  EXPECT_EQ(sign(kMessage, kSecret), kSignature);
  EXPECT_EQ(wrong(kMessage, kSignature), "");
}

TEST(WebhookSignature, any_of_several_is_enough_and_so_is_any_of_several_secrets) {
  EXPECT_EQ(wrong(kMessage, "v1,AAAA v1a,BBBB " + std::string(kSignature)), "");
  EXPECT_EQ(wrong(kMessage, kSignature, "whsec_bmV3ZXIgc2VjcmV0\n" + std::string(kSecret)), "");
  EXPECT_EQ(
      wrong(kMessage, sign(kMessage, "a text with blanks is several secrets"), "a text with blanks is several secrets"),
      "webhook-signature fits neither the body nor the headers");
  EXPECT_EQ(wrong(kMessage, sign(kMessage, "plain-secret"), "plain-secret"), "");
}

TEST(WebhookSignature, refuses_what_was_changed) {
  const auto unfit = "webhook-signature fits neither the body nor the headers";
  EXPECT_EQ(wrong({kMessage.id, kMessage.timestamp, R"({"test": 2432232315})"}, kSignature), unfit);
  EXPECT_EQ(wrong({"msg_other", kMessage.timestamp, kMessage.body}, kSignature), unfit);
  EXPECT_EQ(wrong({kMessage.id, "1614265331", kMessage.body}, kSignature), unfit);
  EXPECT_EQ(wrong(kMessage, kSignature, "whsec_AAAA"), unfit);
  EXPECT_EQ(wrong(kMessage, kSignature.substr(0, 20)), unfit);
  EXPECT_EQ(wrong(kMessage, kSignature, ""), unfit);
}

TEST(WebhookSignature, names_the_header_that_is_missing) {
  EXPECT_EQ(wrong({"", kMessage.timestamp, kMessage.body}, kSignature), "the header webhook-id is missing");
  EXPECT_EQ(wrong({kMessage.id, "", kMessage.body}, kSignature), "the header webhook-timestamp is missing");
  EXPECT_EQ(wrong(kMessage, ""), "the header webhook-signature is missing");
  EXPECT_NE(wrong({kMessage.id, "soon", kMessage.body}, kSignature).find("no number of seconds"), std::string::npos);
}

TEST(WebhookSignature, is_good_for_five_minutes) {
  EXPECT_EQ(wrong(kMessage, kSignature, kSecret, kSent + kSignatureTolerance), "");
  EXPECT_NE(wrong(kMessage, kSignature, kSecret, kSent + kSignatureTolerance + Millis{1}), "");
  EXPECT_EQ(wrong(kMessage, kSignature, kSecret, kSent - kSignatureTolerance), "");
  EXPECT_NE(wrong(kMessage, kSignature, kSecret, kSent - kSignatureTolerance - Millis{1}), "");
}

}  // namespace
}  // namespace weir::edge
