// The OpenAPI 3.1 document of the REST routes, from the operation table and the descriptors.
#pragma once

#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::edge {

// Indented, ends with a line end; docs/openapi.json is this text.
std::string openapi_document(const std::vector<api::OperationInfo>& operations = api::operations());

}  // namespace weir::edge
