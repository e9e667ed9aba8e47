#include "run/mask.hpp"

#include <algorithm>

#include "json/text.hpp"

namespace weir::run {

Mask::Mask(const std::vector<std::string>& secrets) {
  const auto add = [this](std::string text) {
    if (text.size() >= kShortestSecret && std::ranges::find(secrets_, text) == secrets_.end())
      secrets_.push_back(std::move(text));
  };
  for (const auto& secret : secrets) {
    add(secret);
    const auto quoted = json::quote(secret);
    add(quoted.substr(1, quoted.size() - 2));
    for (std::size_t at = 0; at < secret.size() && secret.find('\n') != std::string::npos;) {
      const auto end = std::min(secret.find('\n', at), secret.size());
      add(secret.substr(at, end - at));
      at = end + 1;
    }
  }
  std::ranges::sort(secrets_, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const auto& secret : secrets_) first_[static_cast<unsigned char>(secret[0])] = true;
}

std::string Mask::take(std::string& from, bool all) const {
  std::string out;
  std::size_t at = 0;
  while (at < from.size()) {
    if (!first_[static_cast<unsigned char>(from[at])]) {
      out += from[at++];
      continue;
    }
    const std::string_view here = std::string_view(from).substr(at);
    const std::string* found = nullptr;
    bool may_grow = false;
    for (const auto& secret : secrets_) {
      if (here.starts_with(secret)) {
        found = &secret;
        break;
      }
      may_grow = may_grow || std::string_view(secret).starts_with(here);
    }
    // A longer secret that may still come goes before the one that is there.
    if (may_grow && !all) break;
    if (found == nullptr) {
      out += from[at++];
      continue;
    }
    out += "***";
    at += found->size();
  }
  from.erase(0, at);
  return out;
}

std::string Mask::feed(std::string_view bytes) {
  if (secrets_.empty()) return std::string(bytes);
  held_ += bytes;
  return take(held_, false);
}

std::string Mask::rest() { return take(held_, true); }

std::string Mask::masked(std::string_view text) const {
  std::string all(text);
  return secrets_.empty() ? all : take(all, true);
}

}  // namespace weir::run
