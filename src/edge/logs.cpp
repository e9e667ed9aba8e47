#include "edge/logs.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "edge/answers.hpp"
#include "edge/principal.hpp"
#include "edge/uri.hpp"

namespace weir::edge {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

struct Asked {
  std::int64_t item = 0, offset = 0;
  bool follow = false;
};

api::Reply<Asked> read_asked(const HttpRequest& request) {
  Asked out;
  const auto segments = path_segments(request.path);
  const auto query = parse_query(request.query);
  const auto item = segments && segments->size() == 3 ? whole_number(segments->back()) : std::nullopt;
  if (!item || !query)
    return api::refuse({{"this is no log", request.path, "write /v1/logs/ and the number of a work item"}});
  out.item = *item;
  std::vector<Problem> problems;
  for (const auto& [key, value] : *query) {
    if (key == "offset") {
      const auto offset = whole_number(value);
      if (!offset) problems.push_back({"'" + value + "' is no number of bytes", "offset", "give 0 or more"});
      out.offset = offset.value_or(0);
    } else if (key == "follow") {
      out.follow = value != "false" && value != "0";
    } else {
      problems.push_back({fmt::format("unknown query parameter '{}'", key), "query", "there are offset, follow"});
    }
  }
  if (!problems.empty()) return api::refuse(std::move(problems));
  return out;
}

// Reads as fast as the client takes it.
struct Follower : std::enable_shared_from_this<Follower> {
  std::shared_ptr<const LogSource> source;
  std::shared_ptr<Stream> stream;
  Asked asked;
  Millis poll{};

  void take(LogPiece piece) {
    const bool idle = piece.bytes.empty();
    asked.offset = piece.next_offset;
    if (!stream->write(std::move(piece.bytes))) return;
    if (piece.ended || (idle && !asked.follow)) return stream->end();
    const auto next = [self = shared_from_this()] { self->read(); };
    if (idle)
      stream->after(poll, next);
    else
      stream->when_drained(next);
  }
  void read() {
    auto piece = source->read(asked.item, asked.offset, kPieceBytes);
    if (!piece) return stream->cut();
    take(std::move(*piece));
  }
};

}  // namespace

void serve_log(const std::shared_ptr<const LogSource>& source, const std::shared_ptr<Exchange>& exchange, Millis poll) {
  const auto& request = exchange->request();
  exchange->route("/v1/logs/{item}");
  const auto asked = read_asked(request);
  if (!asked) return exchange->answer(error_response(asked.error()));
  if (request.method == "PUT" && source->append) {
    const auto end = source->append(asked->item, asked->offset, request.body);
    if (!end) return exchange->answer(error_response(end.error()));
    return exchange->answer(json_response(fmt::format("{{\"next_offset\":{}}}", *end)));
  }
  if (request.method != "GET" || !source->read) {
    auto response = error_response(
        {api::ErrorCode::InvalidInput, fmt::format("{} is not for {}", request.method, request.path), {}}, 405);
    response.headers.emplace_back("Allow", source->append ? "GET, PUT" : "GET");
    return exchange->answer(std::move(response));
  }
  auto first = source->read(asked->item, asked->offset, kPieceBytes);
  if (!first) return exchange->answer(error_response(first.error()));
  auto follower = std::make_shared<Follower>();
  follower->source = source;
  follower->asked = *asked;
  follower->poll = poll;
  follower->stream = exchange->stream(200, "text/plain; charset=utf-8", {{"X-Content-Type-Options", "nosniff"}});
  follower->take(std::move(*first));
}

}  // namespace weir::edge
