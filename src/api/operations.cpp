#include <map>

#include "api/account.hpp"
#include "api/counter.hpp"
#include "api/operation.hpp"
#include "api/pipeline.hpp"
#include "api/plan.hpp"
#include "api/pool.hpp"
#include "api/work.hpp"
#include "api/workflow.hpp"

namespace weir::api {

const std::vector<OperationInfo>& operations() {
  static const std::vector<OperationInfo> all = [] {
    std::vector<OperationInfo> out;
    for (const auto list : {account_operations(), pipeline_operations(), plan_operations(), pool_operations(),
                            workflow_operations(), work_operations(), counter_operations()})
      out.insert(out.end(), list.begin(), list.end());
    return out;
  }();
  return all;
}

const OperationInfo* operation_of(const Type& request) {
  static const auto by_type = [] {
    std::map<const Type*, const OperationInfo*> out;
    for (const auto& op : operations()) out.emplace(&op.request(), &op);
    return out;
  }();
  const auto found = by_type.find(&request);
  return found == by_type.end() ? nullptr : found->second;
}

}  // namespace weir::api
