#include "store/sqlite/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::store::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMade = "a Weir store was made in this folder\n";

std::unexpected<Problem> failed(std::string what, const fs::path& where, std::string fix = {}) {
  return fail(std::move(what) + ": " + std::strerror(errno), where.string(), std::move(fix));
}

bool sync_folder(const fs::path& dir) {
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

}  // namespace

Folder::~Folder() { leave(); }

Result<void> Folder::take() {
  std::error_code error;
  if (!fs::exists(dir_, error)) {
    const auto parent = fs::absolute(dir_, error).parent_path();
    fs::create_directories(parent, error);
    if (::mkdir(dir_.c_str(), 0700) != 0 && errno != EEXIST)
      return failed("the data folder cannot be made", dir_, "name a folder that this user may write");
    if (!sync_folder(parent)) return failed("the data folder's parent cannot be synced", parent);
  }
  lock_ = ::open((dir_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0)
    return failed("the lock file cannot be opened", dir_ / "lock", "name a folder that this user may write");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const bool used = errno == EWOULDBLOCK;
    auto problem = failed("the lock cannot be taken", dir_ / "lock");
    leave();
    if (!used) return problem;
    return fail("another server is using this data folder", dir_.string(),
                "stop it first, or name another folder for this one");
  }
  return {};
}

void Folder::leave() {
  if (lock_ >= 0) ::close(lock_);
  lock_ = -1;
}

bool Folder::made() const {
  struct stat info{};
  return ::fstat(lock_, &info) == 0 && info.st_size > 0;
}

Result<void> Folder::set_made() {
  if (made()) return {};
  if (::pwrite(lock_, kMade.data(), kMade.size(), 0) != static_cast<ssize_t>(kMade.size()) || ::fsync(lock_) != 0)
    return failed("the lock file cannot be written", dir_ / "lock");
  if (!sync_folder(dir_)) return failed("the data folder cannot be synced", dir_);
  return {};
}

Space Folder::space() const {
  Space out;
  struct statvfs info{};
  if (::statvfs(dir_.c_str(), &info) == 0)
    out.free_bytes = static_cast<std::uint64_t>(info.f_bavail) * static_cast<std::uint64_t>(info.f_frsize);
  for (const char* file : {"weir.db", "weir.db-wal"}) {
    std::error_code error;
    const auto bytes = fs::file_size(dir_ / file, error);
    if (!error) out.used_bytes += bytes;
  }
  return out;
}

bool Folder::give_up_reserve() { return ::unlink((dir_ / "reserve").c_str()) == 0; }

bool Folder::take_reserve(std::uint64_t bytes) {
  if (bytes == 0) return false;
  const auto path = dir_ / "reserve";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool taken = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes)) == 0 && ::fsync(fd) == 0;
  ::close(fd);
  if (!taken) ::unlink(path.c_str());
  return taken;
}

}  // namespace weir::store::sqlite
