// Words of pipeline.yaml are compared without case.
#pragma once

#include <string>
#include <string_view>

namespace weir::pipeline {

// ASCII letters; the rest stays.
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

inline bool same_word(std::string_view a, std::string_view b) { return a.size() == b.size() && lower(a) == lower(b); }

}  // namespace weir::pipeline
