// Blobs in memory, for the simulator and for tests. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "store/blob.hpp"

namespace weir::store {

class MemoryBlobs : public BlobStore {
 public:
  Result<BlobRef> put(std::string_view name, std::string_view bytes) override;
  Result<std::string> get(std::string_view name, std::uint64_t offset, std::size_t limit) override;
  Result<void> erase(std::string_view name) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> blobs_;
};

}  // namespace weir::store
