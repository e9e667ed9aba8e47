// Names and aliases are compared without case: ASCII letters in lower case, everything else as it is.
#pragma once

#include <string>

namespace weir {

inline std::string folded(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace weir
