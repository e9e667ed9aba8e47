// Who asks, in development mode: on a loopback address everybody is believed.
#pragma once

#include "api/operation.hpp"
#include "edge/http.hpp"

namespace weir::edge {

// The account is that of X-Weir-Account (12 digits), else the access key of an AWS signature when it is 12 digits,
// else 000000000000. X-Weir-Who is what the audit will say; else the access key, else "anonymous".
//
// Refused is what a web page of another site could make a browser send: a foreign Origin, or a Host that is neither
// "localhost" nor an IP address.
api::Reply<api::Principal> principal_of(const HttpRequest& request);

}  // namespace weir::edge
