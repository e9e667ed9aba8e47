#include "calendar/weekday.hpp"

#include <array>

#include "base/folded.hpp"

namespace weir {

std::optional<Weekday> weekday_from_text(std::string_view text) {
  constexpr std::array<std::string_view, 7> kNames{"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};
  const std::string word = folded(std::string(text));
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (word == kNames[i] || word == kNames[i].substr(0, 3)) return static_cast<Weekday>(i);
  return std::nullopt;
}

}  // namespace weir
