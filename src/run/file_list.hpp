// Files whose paths fit a pattern with * and ? (neither goes over a '/'). Bounded: folders without a wildcard are not
// listed, and whoever has too many files is told so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace weir::run {

struct FoundFile {
  std::string path;
  Instant modified{};
  std::int64_t size = 0;
  bool operator==(const FoundFile&) const = default;
};

struct FileList {
  std::vector<FoundFile> files;  // regular files, through links too; by path
  std::string problem;           // why there may be more, or none could be looked for; empty: these are all
};

inline constexpr int kEntriesLooked = 200'000;  // of folders, in one listing: about a second on a local disk

// `glob` is absolute. A folder that vanishes while it is listed is no problem; one that may not be read is.
FileList list_files(const std::string& glob, std::size_t at_most);

bool fits(std::string_view pattern, std::string_view name);

}  // namespace weir::run
