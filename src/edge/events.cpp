#include "edge/events.hpp"

#include <fmt/format.h>

#include <charconv>

#include "edge/answers.hpp"
#include "edge/uri.hpp"

namespace weir::edge {
namespace {

void beat(const std::shared_ptr<Stream>& stream, Millis every) {
  stream->after(every, [weak = std::weak_ptr(stream), every] {
    if (const auto still = weak.lock(); still && still->write(": here\n\n")) beat(still, every);
  });
}

}  // namespace

void serve_events(LiveFeed& feed, const std::shared_ptr<Exchange>& exchange, Millis heartbeat) {
  const auto query = parse_query(exchange->request().query);
  std::string account;
  for (const auto& [key, value] : query.value_or(Query{})) {
    if (key != "account")
      return exchange->answer(error_response(
          api::refuse({{fmt::format("unknown query parameter '{}'", key), "query", "there is 'account'"}}).error()));
    account = value;
  }
  std::uint64_t after = 0;
  if (const auto* last = exchange->request().header("Last-Event-ID")) {
    const auto [end, error] = std::from_chars(last->data(), last->data() + last->size(), after);
    if (error != std::errc{} || end != last->data() + last->size())
      return exchange->answer(error_response(
          api::refuse({{"Last-Event-ID is no number", "header", "send the id of the last event you saw"}}).error()));
  }
  auto stream = exchange->stream(200, "text/event-stream", {{"Cache-Control", "no-store"}});
  stream->write(": connected\n\n");
  const auto joined = feed.join(after, [stream, account](const LiveEvent& event) {
    if (account.empty() || event.account.value == account)
      stream->write(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.id, event.kind, event.json));
  });
  if (joined.missed) stream->write("event: missed\ndata: {}\n\n");
  beat(stream, heartbeat);
  stream->when_gone([&feed, listener = joined.listener] { feed.leave(listener); });
}

}  // namespace weir::edge
