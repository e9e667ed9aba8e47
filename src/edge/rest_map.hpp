// Requests of the operation table to HTTP and back, by their descriptors: what the server's routes and the client
// share.
//
// {field}s of the path template are percent-coded texts. For GET and DELETE the other fields are the query string, a
// list as a repeated key, JSON text for what is nested; for other methods they are the JSON body.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.hpp"
#include "edge/uri.hpp"

namespace weir::edge {

// A piece of a path template: a literal, or the field whose value stands there.
struct PathPart {
  std::string_view text;
  bool is_field = false;
};
std::vector<PathPart> path_parts(std::string_view path_template);

// Do this operation's fields come from the query string?
bool fields_in_query(const api::OperationInfo& operation);

// The request that `path` (its fields' decoded values), `query` and `body` say; refused with every missing field, or
// with the place of what is wrong and the nearest right name.
api::Reply<api::Message> read_request(const api::OperationInfo& operation,
                                      const std::map<std::string_view, std::string>& path, const Query& query,
                                      std::string_view body);

struct HttpCall {
  std::string method;
  std::string target;  // path and query
  std::string body;
};
// The inverse. Refused when a field of the path is empty.
api::Reply<HttpCall> write_request(const api::OperationInfo& operation, const void* request);

}  // namespace weir::edge
