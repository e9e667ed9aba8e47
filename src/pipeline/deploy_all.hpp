// Several pipelines at once: in which order, and the step within the savepoint that can be undone.
#pragma once

#include <vector>

#include "api/pipeline.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

// The specs' places, upstreams before who needs them, else as given. Accounts are compared as written; where two
// pipelines need each other (in other windows) the one given first comes first.
std::vector<std::size_t> deploy_order(const std::vector<PipelineSpec>& specs);

// Internal: refused with Conflict, and so undone, when nothing is to stay.
struct DeployTogether {
  using Reply = api::DeployAllReply;
  api::DeployAll request;
};
BOOST_DESCRIBE_STRUCT(DeployTogether, (), (request))

}  // namespace weir::pipeline
