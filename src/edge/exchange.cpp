#include <boost/beast/core/string.hpp>

#include "edge/http.hpp"
#include "edge/session.hpp"

namespace weir::edge {

const std::string* HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (boost::beast::iequals(key, name)) return &value;
  return nullptr;
}

Stream::Stream(std::shared_ptr<Session> session, std::uint64_t serial)
    : session_(std::move(session)), serial_(serial) {}
Stream::~Stream() { cut(); }

bool Stream::write(std::string bytes) { return !over_ && session_->stream_write(serial_, std::move(bytes)); }
void Stream::end() {
  if (!over_.exchange(true)) session_->stream_end(serial_);
}
void Stream::cut() {
  if (!over_.exchange(true)) session_->cut(serial_);
}
void Stream::when_gone(std::function<void()> then) { session_->when_gone(serial_, std::move(then)); }
void Stream::when_drained(std::function<void()> then) { session_->when_drained(serial_, std::move(then)); }
void Stream::after(Millis span, std::function<void()> then) { session_->after(serial_, span, std::move(then)); }

Exchange::Exchange(std::shared_ptr<Session> session, std::uint64_t serial, HttpRequest request)
    : session_(std::move(session)), serial_(serial), request_(std::move(request)) {}
Exchange::~Exchange() { cut(); }

void Exchange::route(std::string label) { session_->route(std::move(label)); }
void Exchange::answer(HttpResponse response) {
  if (!done_.exchange(true)) session_->answer(serial_, std::move(response));
}
void Exchange::cut() {
  if (!done_.exchange(true)) session_->cut(serial_);
}
std::shared_ptr<Stream> Exchange::stream(int status, std::string content_type, Headers headers) {
  if (!done_.exchange(true)) session_->stream_begin(serial_, status, std::move(content_type), std::move(headers));
  return std::make_shared<Stream>(session_, serial_);
}
void Exchange::when_gone(std::function<void()> then) { session_->when_gone(serial_, std::move(then)); }

void Exchange::later(std::function<void()> then) { session_->after(serial_, Millis{0}, std::move(then)); }

}  // namespace weir::edge
