// Who is decided next: one bounded queue per account, served in turns, so that an account that floods waits behind
// itself alone.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <optional>

#include "base/limits.hpp"
#include "base/strong.hpp"

namespace weir::host {

// Not synchronised; the host holds its lock around it.
template <class Item>
class Admission {
 public:
  explicit Admission(std::size_t per_account = limits::kAccountQueue) : per_account_(per_account) {}

  // False when the account's queue is full; the item is then untouched.
  bool push(const AccountId& account, Item& item) {
    auto& queue = queues_[account];
    if (queue.items.size() >= per_account_) return false;
    if (queue.items.empty()) turns_.push_back(account);
    queue.items.push_back(std::move(item));
    ++size_;
    return true;
  }
  // The next item of the account whose turn it is.
  std::optional<Item> pop() {
    if (turns_.empty()) return std::nullopt;
    const auto account = std::move(turns_.front());
    turns_.pop_front();
    const auto at = queues_.find(account);
    std::optional<Item> item(std::move(at->second.items.front()));
    at->second.items.pop_front();
    --size_;
    if (at->second.items.empty())
      queues_.erase(at);
    else
      turns_.push_back(account);
    return item;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Queue {
    std::deque<Item> items;
  };
  std::size_t per_account_;
  std::map<AccountId, Queue> queues_;
  std::deque<AccountId> turns_;
  std::size_t size_ = 0;
};

}  // namespace weir::host
