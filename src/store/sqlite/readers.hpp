// A few connections that only read; a caller borrows one for the time of one call.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/sqlite/connection.hpp"

namespace weir::store::sqlite {

class Readers {
 public:
  // Borrowed until it is destroyed.
  class Loan {
   public:
    Loan(Readers& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    ~Loan() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }

   private:
    Readers* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits for a free connection; a Problem when the pool is closed.
  Result<Loan> borrow();
  Result<void> open(const std::string& file, const std::string& vfs, int count);
  // No new loans; waits for the ones that are out, then closes every connection.
  void close();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int lent_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace weir::store::sqlite
