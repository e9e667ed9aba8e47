// A delay that spreads starts which are due at the same time: the same for the same pipeline and time, always.
#pragma once

#include <string_view>

#include "base/time.hpp"

namespace weir {

// Whole seconds from 0 to just under `up_to`, from nothing but the arguments. `who` is "123456789012/listings".
Millis jitter_of(std::string_view who, Instant at, Millis up_to);

}  // namespace weir
