#include "api/counter.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> counter_operations() {
  static const std::array table{
      operation<AddToCounter>("AddToCounter", "counter", Access::write, Growth::grows, "POST", "/v1/counter", "",
                              "Adds to the account's counter and owes gifts to other accounts' counters."),
      operation<ReadCounter>("ReadCounter", "counter", Access::read, Growth::neutral, "GET", "/v1/counter", "",
                             "Reads the account's counter, waiting for a value when asked."),
  };
  return table;
}

}  // namespace weir::api
