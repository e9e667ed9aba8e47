// POST /v1/pipelines/{pipeline}/webhook: the body is a document that starts a run (rule 9).
//
//   headers  webhook-id          the event's id: the same again changes nothing, and gets the same answer
//            webhook-timestamp   the event's time, in seconds since 1970; absent: now
//            webhook-signature   demanded when the pipeline's file names a secret (webhook_signature.hpp)
//   query    account             an id or an alias; absent: the principal's, as everywhere
//            event, time         as the headers, for who cannot send them; a header wins
//   answers  202 {pipeline, account, event, window, ignored} after the commit; 400 with the place when the document
//            cannot be read (counted, and shown by `weir explain`); 401 without a good signature; 404; 429 and
//            503 with Retry-After
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/message.hpp"
#include "base/result.hpp"
#include "edge/http.hpp"
#include "host/host.hpp"

namespace weir::edge {

struct WebhookOptions {
  // The secret of an account by its name; may read a file. Empty: no pipeline with a secret can be called.
  std::function<Result<std::string>(const AccountId&, const std::string&)> secret;
  std::function<Instant()> now;  // empty: the system's clock
};

bool is_webhook(const HttpRequest& request);
// `options` must stay as long as the server.
void serve_webhook(host::Host& host, const WebhookOptions& options, const std::shared_ptr<Exchange>& exchange);

}  // namespace weir::edge
