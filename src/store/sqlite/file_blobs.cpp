#include "store/sqlite/file_blobs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/sha256.hpp"

namespace weir::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Problem> failed(std::string what, const fs::path& where) {
  return fail(std::move(what) + ": " + std::strerror(errno), where.string());
}

class Fd {
 public:
  Fd(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  operator int() const { return fd_; }

 private:
  int fd_;
};

bool sync_folder(const fs::path& dir) {
  const Fd fd(dir, O_RDONLY | O_DIRECTORY);
  return fd >= 0 && ::fsync(fd) == 0;
}

// Makes a folder and those above it, each durable in the one above.
bool make_folder(const fs::path& dir) {
  std::error_code ignored;
  if (dir.empty() || fs::is_directory(dir, ignored)) return true;
  if (!make_folder(dir.parent_path())) return false;
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return false;
  return sync_folder(dir.has_parent_path() ? dir.parent_path() : fs::path("."));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<BlobRef> FileBlobs::put(std::string_view name, std::string_view bytes) {
  if (!blob_name_served(name)) return fail("this is no name of a blob", std::string(name));
  const auto path = dir_ / name;
  if (!make_folder(path.parent_path())) return failed("the folder cannot be made", path.parent_path());
  // '+' is in no blob's name.
  const auto beside = fs::path(path.string() + "+" + std::to_string(::getpid()) + "." + std::to_string(++writes_));
  {
    const Fd fd(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0 || !write_all(fd, bytes) || ::fsync(fd) != 0) {
      auto problem = failed("the blob cannot be written", path);
      ::unlink(beside.c_str());
      return problem;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    auto problem = failed("the blob cannot be put in its place", path);
    ::unlink(beside.c_str());
    return problem;
  }
  if (!sync_folder(path.parent_path())) return failed("the folder cannot be synced", path.parent_path());
  return BlobRef{std::string(name), bytes.size(), sha256_hex(bytes)};
}

Result<std::string> FileBlobs::get(std::string_view name, std::uint64_t offset, std::size_t limit) {
  if (!blob_name_served(name)) return fail("this is no name of a blob", std::string(name));
  const auto path = dir_ / name;
  const Fd fd(path, O_RDONLY);
  if (fd < 0) return failed("the blob cannot be opened", path);
  struct stat info{};
  if (::fstat(fd, &info) != 0) return failed("the blob cannot be read", path);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  std::string out(offset >= size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(limit, size - offset)), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto count = ::pread(fd, out.data() + have, out.size() - have, static_cast<off_t>(offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("the blob cannot be read", path);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  out.resize(have);
  return out;
}

Result<void> FileBlobs::erase(std::string_view name) {
  if (!blob_name_served(name)) return fail("this is no name of a blob", std::string(name));
  const auto path = dir_ / name;
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return failed("the blob cannot be erased", path);
  }
  if (!sync_folder(path.parent_path())) return failed("the folder cannot be synced", path.parent_path());
  return {};
}

}  // namespace weir::store
