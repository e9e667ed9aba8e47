// Blobs as files of a folder. A blob appears whole or not at all: it is written beside its place, synced, renamed, and
// the folder is synced before put() returns. Thread-safe; two puts of one name at once leave one of the two.
#pragma once

#include <atomic>
#include <filesystem>

#include "store/blob.hpp"

namespace weir::store {

class FileBlobs : public BlobStore {
 public:
  // The folder is made when it is needed (mode 0700).
  explicit FileBlobs(std::filesystem::path dir) : dir_(std::move(dir)) {}

  Result<BlobRef> put(std::string_view name, std::string_view bytes) override;
  Result<std::string> get(std::string_view name, std::uint64_t offset, std::size_t limit) override;
  Result<void> erase(std::string_view name) override;

 private:
  std::filesystem::path dir_;
  std::atomic<std::uint64_t> writes_ = 0;
};

}  // namespace weir::store
