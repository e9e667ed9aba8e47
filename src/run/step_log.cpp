#include "run/step_log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace weir::run {

void StepLog::append(std::string_view bytes) {
  if (bytes.empty()) return;
  tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), kLogTailBytes)));
  if (tail_.size() > 2 * kLogTailBytes) tail_.erase(0, tail_.size() - kLogTailBytes);

  std::string_view wanted = bytes.substr(0, error_ ? 0 : std::min<std::uint64_t>(bytes.size(), max_bytes_ - written_));
  dropped_ += bytes.size() - wanted.size();
  while (!wanted.empty()) {
    const ssize_t put = ::write(file_.get(), wanted.data(), wanted.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      error_ = put < 0 ? errno : ENOSPC;
      dropped_ += wanted.size();
      return;
    }
    written_ += static_cast<std::uint64_t>(put);
    line_open_ = wanted[static_cast<std::size_t>(put) - 1] != '\n';
    wanted.remove_prefix(static_cast<std::size_t>(put));
  }
}

void StepLog::close() {
  if (dropped_ > 0 && file_) {
    const std::string why = error_ ? "the log could not be written: " + std::generic_category().message(error_)
                                   : fmt::format("the log is limited to {} bytes", max_bytes_);
    const std::string line =
        fmt::format("{}[weir] {} bytes of output were dropped: {}\n", line_open_ ? "\n" : "", dropped_, why);
    // When the disk is still full the outcome tells it all the same.
    [[maybe_unused]] const ssize_t put = ::write(file_.get(), line.data(), line.size());
  }
  file_.reset();
}

std::string StepLog::tail() const { return tail_.substr(tail_.size() - std::min(tail_.size(), kLogTailBytes)); }

}  // namespace weir::run
