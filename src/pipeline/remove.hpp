// What is owed to the owner of a pipeline whose upstream was deleted.
#pragma once

#include <cstdint>
#include <string>

#include "base/describe.hpp"

namespace weir::pipeline {

struct UpstreamDeleted {
  std::int64_t downstream = 0;
  std::string upstream;  // "account/name"
  std::string who;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(UpstreamDeleted, (), (downstream, upstream, who, reason))

}  // namespace weir::pipeline
