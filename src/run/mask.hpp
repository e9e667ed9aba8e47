// Takes secrets out of what a step prints, also when one comes in pieces: what may be the beginning of a secret is held
// back until the next piece tells. Each secret becomes ***, in the form it was given and as JSON writes it; of one with
// several lines each line as well.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace weir::run {

inline constexpr std::size_t kShortestSecret = 4;  // shorter ones would take half of the log with them

class Mask {
 public:
  Mask() = default;
  // Values shorter than kShortestSecret are not masked (and are refused before: secrets.hpp).
  explicit Mask(const std::vector<std::string>& secrets);

  // What may be shown of all that was fed and not shown yet.
  std::string feed(std::string_view bytes);
  // The rest, when nothing more comes.
  std::string rest();
  // A whole text at once, beside what is fed.
  std::string masked(std::string_view text) const;
  bool empty() const { return secrets_.empty(); }

 private:
  std::string take(std::string& from, bool all) const;

  std::vector<std::string> secrets_;  // longest first
  std::array<bool, 256> first_{};     // bytes with which one begins
  std::string held_;
};

}  // namespace weir::run
