#include "json/nearest.hpp"

#include <algorithm>
#include <vector>

namespace weir::json {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view wrong, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongest = 200;  // nobody mistypes more, and the work is quadratic
  if (wrong.size() > kLongest) return {};
  const std::size_t allowed = std::max<std::size_t>(1, wrong.size() / 3);
  std::string_view best;
  std::size_t best_edits = allowed + 1;
  for (const auto candidate : candidates) {
    if (candidate.size() > wrong.size() + allowed || wrong.size() > candidate.size() + allowed) continue;
    if (const auto n = edits(wrong, candidate); n < best_edits) {
      best = candidate;
      best_edits = n;
    }
  }
  return best;
}

}  // namespace weir::json
