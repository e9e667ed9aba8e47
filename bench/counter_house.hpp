// The house with the toy service: the smallest command that a commit can hold.
#pragma once

#include "bench/house.hpp"
#include "counter/counter_service.hpp"

namespace weir::bench {

struct CounterServices {
  explicit CounterServices(core::Cell& cell) { counter.install(cell.registry()); }
  counter::CounterService counter;
};
using CounterHouse = House<CounterServices>;

inline std::string account(std::int64_t number) { return fmt::format("{:012}", number); }

}  // namespace weir::bench
