#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/house.hpp"
#include "run/fd.hpp"
#include "run/follow.hpp"

namespace weir::cli {

void LogStore::began(std::int64_t item) {
  const std::lock_guard lock(mutex_);
  open_.insert(item);
}

void LogStore::ended(std::int64_t item) {
  const std::lock_guard lock(mutex_);
  open_.erase(item);
}

edge::LogSource LogStore::source() {
  const auto path_of = [this](std::int64_t item) { return folder_ / fmt::format("{}.log", item); };
  edge::LogSource out;
  out.read = [this, path_of](std::int64_t item, std::int64_t offset,
                             std::size_t max_bytes) -> api::Reply<edge::LogPiece> {
    bool open = false;
    {
      const std::lock_guard lock(mutex_);
      open = open_.contains(item);
    }
    std::error_code error;
    if (!open && !std::filesystem::exists(path_of(item), error))
      return api::refuse(api::ErrorCode::NotFound,
                         fmt::format("there is no log of work item {}; weir show RUN names the items of a run", item));
    const auto chunk =
        run::read_from(path_of(item), static_cast<std::uint64_t>(std::max<std::int64_t>(0, offset)), max_bytes);
    if (!chunk) return api::refuse(api::ErrorCode::Unavailable, chunk.error().text());
    return edge::LogPiece{chunk->bytes, static_cast<std::int64_t>(chunk->next_offset), !open && chunk->bytes.empty()};
  };
  out.append = [path_of](std::int64_t item, std::int64_t offset, std::string_view bytes) -> api::Reply<std::int64_t> {
    run::Fd file{::open(path_of(item).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0)
      return api::refuse(api::ErrorCode::Unavailable, fmt::format("the log of work item {} cannot be opened", item));
    if (facts.st_size != offset)
      return api::refuse(api::ErrorCode::Conflict,
                         fmt::format("the log of work item {} is {} bytes long, not {}; send from there", item,
                                     static_cast<std::int64_t>(facts.st_size), offset));
    if (static_cast<std::uint64_t>(offset) + bytes.size() > run::kLogBytes)
      return api::refuse(api::ErrorCode::LimitExceeded,
                         fmt::format("the log of work item {} is limited to {} bytes", item, run::kLogBytes));
    if (::pwrite(file.get(), bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size()))
      return api::refuse(api::ErrorCode::OutOfSpace, fmt::format("the log of work item {} cannot be written", item));
    return offset + static_cast<std::int64_t>(bytes.size());
  };
  return out;
}

}  // namespace weir::cli
