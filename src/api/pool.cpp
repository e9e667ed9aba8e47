#include "api/pool.hpp"

#include <array>

namespace weir::api {

std::span<const OperationInfo> pool_operations() {
  using enum Access;
  using enum Growth;
  static const std::array table{
      operation<SetPool>("SetPool", "pipeline", write, grows, "PUT", "/v1/pools/{pool}", "pool slots",
                         "Makes a pool or changes its slots; in force at once."),
      operation<ListPools>("ListPools", "pipeline", read, neutral, "GET", "/v1/pools", "",
                           "Lists pools with their slots, those in use and the runs that wait."),
      operation<DescribePool>("DescribePool", "pipeline", read, neutral, "GET", "/v1/pools/{pool}", "pool",
                              "One pool: who holds its slots, and its line."),
      operation<DeletePool>("DeletePool", "pipeline", write, frees, "DELETE", "/v1/pools/{pool}", "pool",
                            "Deletes a pool; refused with the list while pipelines name it."),
  };
  return table;
}

}  // namespace weir::api
