// Reads a growing log: the log of a running step, shown while it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace weir::run {

struct LogChunk {
  std::string bytes;  // raw; a chunk may end within a line or a character
  std::uint64_t next_offset = 0;
};

// Up to `max_bytes` from `offset`. No bytes when there is nothing there yet, also when the file does not exist yet.
Result<LogChunk> read_from(const std::filesystem::path& path, std::uint64_t offset, std::size_t max_bytes);

// One reader's place in a log. Any number of them may follow the same file, from any process.
class LogFollower {
 public:
  explicit LogFollower(std::filesystem::path path, std::uint64_t offset = 0)
      : path_(std::move(path)), offset_(offset) {}

  // What has come since the last call, at most `max_bytes`; goes on behind it.
  Result<LogChunk> next(std::size_t max_bytes);

  // Waits until the file is longer than what was read; false when `timeout` is over first. The file's folder must
  // exist. Tells nothing of the step's end: that is the outcome's business.
  bool wait(Millis timeout) const;

  std::uint64_t offset() const { return offset_; }

 private:
  bool has_more() const;
  std::filesystem::path path_;
  std::uint64_t offset_;
};

}  // namespace weir::run
