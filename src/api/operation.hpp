// The one operation table: everything that can be asked of Weir, with its structs, permission, kind and REST route.
// The edge's routes, OpenAPI, the audit and admission are read from it. Adding an operation is two structs in the
// service's api header and a line in its list.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/error.hpp"
#include "api/message.hpp"
#include "base/describe.hpp"

namespace weir::api {

enum class Access {
  read,   // decided by the cell, changes nothing
  write,  // decided by the cell
  query,  // never enters the cell: reads committed rows through a reader
};
// What an operation does to the store's size: `grows` is refused under the low-water mark.
enum class Growth { grows, neutral, frees };

struct OperationInfo {
  std::string_view name;     // "StartRun"
  std::string_view service;  // "pipeline"
  const Type& (*request)() = nullptr;
  const Type& (*reply)() = nullptr;
  Access access = Access::read;
  Growth growth = Growth::neutral;
  std::string_view method;     // "POST"; empty: not served over REST
  std::string_view path;       // "/v1/pipelines/{pipeline}/runs": {field} is a field of the request; for GET and DELETE
                               // the other fields come from the query string, else from the JSON body
  std::string_view required;   // names of fields that must be given, separated by spaces
  std::string_view summary;    // one sentence for OpenAPI and the docs
  std::string_view body = {};  // the field that is the whole JSON body: documents of other systems; the other fields
                               // come from the query string; empty: none
  std::string permission() const { return std::string(service) + ":" + std::string(name); }
};

template <class Request>
constexpr OperationInfo operation(std::string_view name, std::string_view service, Access access, Growth growth,
                                  std::string_view method, std::string_view path, std::string_view required,
                                  std::string_view summary, std::string_view body = {}) {
  return {
      name,    service, &type_of<Request>, &type_of<typename Request::Reply>, access, growth, method, path, required,
      summary, body};
}

// All operations of all services. The spans of the services are in api/<service>.hpp.
const std::vector<OperationInfo>& operations();
// By request type; nullptr for internal requests.
const OperationInfo* operation_of(const Type& request);

// Who asks. `account` is the one whose things are meant; `who` goes into the audit.
struct Principal {
  AccountId account;
  std::string who;
  bool internal = false;  // the house itself: timers, continuations
};

}  // namespace weir::api
