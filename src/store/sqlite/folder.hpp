// The folder of a store: who owns it, the reserve of space in it.
//
//   DIR/lock      held (flock) while a server uses the store; after the first start it says that a store was made
//   DIR/weir.db   the store; weir.db-wal and weir.db-shm beside it
//   DIR/reserve   space that is given up when the disk is full
// One thread at a time.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "store/store.hpp"

namespace weir::store::sqlite {

class Folder {
 public:
  explicit Folder(std::filesystem::path dir) : dir_(std::move(dir)) {}
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Makes the folder (mode 0700, durable in its parent) and takes the lock; a Problem when another server has it.
  Result<void> take();
  void leave();

  // Was a store made here before? Then a missing or empty weir.db is a loss, and no reason to start anew.
  bool made() const;
  Result<void> set_made();

  Space space() const;
  bool give_up_reserve();
  bool take_reserve(std::uint64_t bytes);

 private:
  std::filesystem::path dir_;
  int lock_ = -1;
};

}  // namespace weir::store::sqlite
