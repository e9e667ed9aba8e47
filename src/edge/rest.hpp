// The REST routes: one for each operation of the table that has a path.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "edge/http.hpp"
#include "edge/rest_map.hpp"
#include "host/host.hpp"

namespace weir::edge {

// Decodes the request, asks the host, answers. A client that leaves a long poll (a request with `wait_s`) cancels it.
// Immutable after construction: any thread.
class Rest {
 public:
  // `operations` must stay; a list of its own is for tests.
  explicit Rest(host::Host& host, const std::vector<api::OperationInfo>& operations = api::operations());

  // Answers every request; what has no route gets 404 with the nearest one, a wrong method 405 with Allow.
  void handle(const std::shared_ptr<Exchange>& exchange) const;

 private:
  struct Route {
    const api::OperationInfo* operation;
    std::vector<PathPart> parts;
  };
  const Route* find(const std::vector<std::string>& segments, std::string_view method, std::string& allow) const;
  HttpResponse no_route(const std::string& path, const std::vector<std::string>& segments) const;

  host::Host& host_;
  std::vector<Route> routes_;  // literal parts before fields
};

}  // namespace weir::edge
