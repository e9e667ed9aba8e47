// The log of one step: a bounded file, and the end of the output in memory.
//
// Never fails and never waits: what the file does not take is counted. After the first refusal of the disk the rest
// is dropped too, so that a log has one gap at most, at its end, and a line that tells of it:
//
//   [weir] 1048576 bytes of output were dropped: the log is limited to 67108864 bytes
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "run/fd.hpp"
#include "run/process.hpp"

namespace weir::run {

class StepLog {
 public:
  StepLog(Fd file, std::uint64_t max_bytes) : file_(std::move(file)), max_bytes_(max_bytes) {}

  void append(std::string_view bytes);
  void close();  // writes the marker line when something was dropped

  std::uint64_t written_bytes() const { return written_; }
  std::uint64_t dropped_bytes() const { return dropped_; }
  std::string tail() const;  // the last bytes appended, at most kLogTailBytes

 private:
  Fd file_;
  std::uint64_t max_bytes_;
  std::uint64_t written_ = 0, dropped_ = 0;
  int error_ = 0;           // of the disk
  bool line_open_ = false;  // the file's last byte is no line end
  std::string tail_;        // up to twice kLogTailBytes, so that it is cut seldom
};

}  // namespace weir::run
