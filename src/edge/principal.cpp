#include "edge/principal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"

namespace weir::edge {
namespace {

constexpr std::string_view kDefaultAccount = "000000000000";
constexpr std::size_t kWhoBytes = 200;

bool is_account(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "AWS4-HMAC-SHA256 Credential=KEY/20261121/eu-central-1/sqs/aws4_request, ..." to KEY.
std::string_view access_key(std::string_view authorization) {
  constexpr std::string_view word = "Credential=";
  if (!authorization.starts_with("AWS4-HMAC-SHA256")) return {};
  const auto at = authorization.find(word);
  if (at == std::string_view::npos) return {};
  authorization.remove_prefix(at + word.size());
  return authorization.substr(0, authorization.find_first_of("/, "));
}

// Names could be made to point here by whoever owns their domain; addresses and localhost cannot.
bool is_local_host(std::string_view host) {
  if (host.starts_with('[')) return true;
  host = host.substr(0, host.rfind(':'));
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

api::Reply<api::Principal> principal_of(const HttpRequest& request) {
  const auto* host = request.header("Host");
  if (host && !is_local_host(*host))
    return api::refuse(api::ErrorCode::AccessDenied,
                       fmt::format("the Host {} is not this machine; use localhost or 127.0.0.1", json::quote(*host)));
  if (const auto* origin = request.header("Origin"); origin && (!host || *origin != "http://" + *host))
    return api::refuse(api::ErrorCode::AccessDenied,
                       fmt::format("a page of {} may not ask this server", json::quote(*origin)));
  const auto* authorization = request.header("Authorization");
  const auto key = authorization ? access_key(*authorization) : std::string_view{};
  api::Principal out{AccountId{std::string(is_account(key) ? key : kDefaultAccount)},
                     key.empty() ? "anonymous" : std::string(key), false};
  if (const auto* account = request.header("X-Weir-Account")) {
    if (!is_account(*account))
      return api::refuse(api::ErrorCode::InvalidInput,
                         fmt::format("X-Weir-Account: {} is no account id; give its 12 digits", json::quote(*account)));
    out.account = AccountId{*account};
  }
  if (const auto* who = request.header("X-Weir-Who"); who && !who->empty()) {
    const bool plain = who->size() <= kWhoBytes && std::ranges::none_of(*who, [](char c) {
                         return static_cast<unsigned char>(c) < ' ' || c == 127;
                       });
    if (!plain || !json::validate(json::quote(*who)))
      return api::refuse(api::ErrorCode::InvalidInput,
                         fmt::format("X-Weir-Who is text of at most {} bytes, in UTF-8", kWhoBytes));
    out.who = *who;
  }
  return out;
}

}  // namespace weir::edge
