// How many of the windows that are due at once run (rule 13).
#pragma once

#include "pipeline/spec.hpp"

namespace weir::pipeline {

inline constexpr std::size_t kReleasedAtMost = 31;             // a month of days
inline constexpr std::string_view kReleased = "released by ";  // how the why of such a run begins
inline constexpr std::string_view kFirstDeploy = "the first deploy";

// The newest so many run, the others are recorded as MISSED.
inline std::size_t kept_of(const TriggerSpec& trigger, Grain grain) {
  switch (catchup_of(trigger, grain)) {
    case Catchup::all:
      return kReleasedAtMost;
    case Catchup::last:
      return 1;
    case Catchup::none:
      break;
  }
  return 0;
}

}  // namespace weir::pipeline
