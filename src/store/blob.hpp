// The blob port: bulk bytes (step logs, result files) beside the store. A blob is written once, sealed, and then
// immutable; a row names it and its digest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace weir::store {

struct BlobRef {
  std::string name;  // as given to put
  std::uint64_t bytes = 0;
  std::string sha256;  // hex
  bool operator==(const BlobRef&) const = default;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Durable when it returns. Names are relative paths of [A-Za-z0-9._-]+ parts; an existing name is replaced whole.
  virtual Result<BlobRef> put(std::string_view name, std::string_view bytes) = 0;
  // Up to `limit` bytes from `offset`; fewer at the end. An absent blob is a Problem.
  virtual Result<std::string> get(std::string_view name, std::uint64_t offset, std::size_t limit) = 0;
  // Absent is fine.
  virtual Result<void> erase(std::string_view name) = 0;
};

// Is this a name the port serves? No part is "." or "..".
bool blob_name_served(std::string_view name);

}  // namespace weir::store
