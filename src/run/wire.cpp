#include "run/wire.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir::run {
namespace {

struct StepHeader {
  std::uint64_t bytes;  // of the texts that follow, each closed by a zero
  std::uint32_t argc, envc;
  std::int64_t timeout_ms, grace_ms;
};

bool send_all(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = ::send(fd, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int fd, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::recv(fd, at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

bool send_fork_request(int socket, int control, int output) {
  char byte = 'F';
  iovec data{&byte, 1};
  const int fds[2] = {control, output};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof fds)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(rights), fds, sizeof fds);
  ssize_t sent = 0;
  do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == 1;
}

ForkRequest receive_fork_request(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  int fds[2] = {-1, -1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof fds)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  const ssize_t got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return {.state = ForkRequest::WORKER_GONE};
  const cmsghdr* rights = got == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (!rights || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(sizeof fds)) return {};
  std::memcpy(fds, CMSG_DATA(rights), sizeof fds);
  return {ForkRequest::GOT, fds[0], fds[1]};
}

bool send_step(int control, const StepRequest& step) {
  std::string texts(sizeof(StepHeader), '\0');
  const auto add = [&](const std::string& text) { texts.append(text.c_str(), text.size() + 1); };
  add(step.folder);
  for (const auto& text : step.argv) add(text);
  for (const auto& text : step.environment) add(text);
  const StepHeader header{texts.size() - sizeof header, static_cast<std::uint32_t>(step.argv.size()),
                          static_cast<std::uint32_t>(step.environment.size()), step.timeout_ms, step.grace_ms};
  std::memcpy(texts.data(), &header, sizeof header);
  return send_all(control, texts.data(), texts.size());
}

bool receive_step(int control, StepRequest& step) {
  StepHeader header{};
  if (!receive_all(control, &header, sizeof header)) return false;
  std::string texts(header.bytes, '\0');
  if (!receive_all(control, texts.data(), texts.size())) return false;
  std::size_t at = 0;
  const auto take = [&] {
    std::string text = at < texts.size() ? std::string(texts.c_str() + at) : std::string();
    at += text.size() + 1;
    return text;
  };
  step.folder = take();
  step.argv.resize(header.argc);
  step.environment.resize(header.envc);
  for (auto& text : step.argv) text = take();
  for (auto& text : step.environment) text = take();
  step.timeout_ms = header.timeout_ms;
  step.grace_ms = header.grace_ms;
  return true;
}

bool send_stop(int control, Millis grace) {
  const std::int64_t ms = std::max<std::int64_t>(0, grace.count());
  return ::send(control, &ms, sizeof ms, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof ms;
}

bool receive_stop(int control, std::int64_t& grace_ms) { return receive_all(control, &grace_ms, sizeof grace_ms); }

bool send_report(int control, const KeeperReport& report) { return send_all(control, &report, sizeof report); }

bool receive_report(int control, KeeperReport& report) {
  return ::recv(control, &report, sizeof report, MSG_DONTWAIT) == sizeof report;
}

}  // namespace weir::run
