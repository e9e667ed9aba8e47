#include "store/sqlite/readers.hpp"

namespace weir::store::sqlite {

Result<void> Readers::open(const std::string& file, const std::string& vfs, int count) {
  std::vector<std::unique_ptr<Connection>> fresh;
  for (int i = 0; i < count; ++i) {
    auto connection = Connection::open(file, vfs, false);
    if (!connection) return std::unexpected(connection.error());
    if ((*connection)->run("PRAGMA query_only = 1; PRAGMA mmap_size = 0; PRAGMA cache_size = -4096;") != SQLITE_OK)
      return std::unexpected((*connection)->problem("a reader cannot be set up"));
    fresh.push_back(std::move(*connection));
  }
  const std::scoped_lock lock(mutex_);
  idle_ = std::move(fresh);
  open_ = true;
  return {};
}

Result<Readers::Loan> Readers::borrow() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !open_ || !idle_.empty(); });
  if (!open_) return fail("the store is not open");
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  ++lent_;
  return Loan(*this, std::move(connection));
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(connection));
    --lent_;
  }
  changed_.notify_all();
}

void Readers::close() {
  std::unique_lock lock(mutex_);
  open_ = false;
  changed_.notify_all();
  changed_.wait(lock, [&] { return lent_ == 0; });
  idle_.clear();
}

}  // namespace weir::store::sqlite
