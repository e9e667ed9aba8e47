#include "store/memory/memory_blobs.hpp"

#include "base/sha256.hpp"

namespace weir::store {

Result<BlobRef> MemoryBlobs::put(std::string_view name, std::string_view bytes) {
  if (!blob_name_served(name)) return fail("this is no name of a blob", std::string(name));
  const std::scoped_lock lock(mutex_);
  blobs_.insert_or_assign(std::string(name), std::string(bytes));
  return BlobRef{std::string(name), bytes.size(), sha256_hex(bytes)};
}

Result<std::string> MemoryBlobs::get(std::string_view name, std::uint64_t offset, std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  const auto found = blobs_.find(name);
  if (found == blobs_.end()) return fail("there is no such blob", std::string(name));
  if (offset >= found->second.size()) return std::string();
  return found->second.substr(offset, limit);
}

Result<void> MemoryBlobs::erase(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = blobs_.find(name); found != blobs_.end()) blobs_.erase(found);
  return {};
}

}  // namespace weir::store
