#include "run/follow.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "run/fd.hpp"

namespace weir::run {
namespace {

constexpr std::int64_t kLookAgainMs = 250;  // where inotify tells nothing, as on network file systems

std::unexpected<Problem> unreadable(const std::filesystem::path& path, int error) {
  return fail("cannot read the log: " + std::generic_category().message(error), path.string(),
              "check that the file may be read");
}

}  // namespace

Result<LogChunk> read_from(const std::filesystem::path& path, std::uint64_t offset, std::size_t max_bytes) {
  LogChunk chunk{{}, offset};
  const Fd file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (!file && errno == ENOENT) return chunk;
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return unreadable(path, errno);
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size));
  if (size <= offset) return chunk;
  chunk.bytes.resize(std::min<std::uint64_t>(size - offset, max_bytes));
  ssize_t got = 0;
  do got = ::pread(file.get(), chunk.bytes.data(), chunk.bytes.size(), static_cast<off_t>(offset));
  while (got < 0 && errno == EINTR);
  if (got < 0) return unreadable(path, errno);
  chunk.bytes.resize(static_cast<std::size_t>(got));
  chunk.next_offset += static_cast<std::uint64_t>(got);
  return chunk;
}

Result<LogChunk> LogFollower::next(std::size_t max_bytes) {
  auto chunk = read_from(path_, offset_, max_bytes);
  if (chunk) offset_ = chunk->next_offset;
  return chunk;
}

bool LogFollower::has_more() const {
  struct stat status{};
  return ::stat(path_.c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) > offset_;
}

bool LogFollower::wait(Millis timeout) const {
  if (has_more()) return true;
  // The folder is watched, not the file, which may not exist yet.
  const Fd watch{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  if (watch) ::inotify_add_watch(watch.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!has_more()) {
    const auto left = std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{watch.get(), POLLIN, 0};
    ::poll(&wait, 1, static_cast<int>(std::min(left, kLookAgainMs)));
    char events[4'096];
    while (watch && ::read(watch.get(), events, sizeof events) > 0) {
    }
  }
  return true;
}

}  // namespace weir::run
