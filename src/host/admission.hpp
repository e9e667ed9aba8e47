// Who is decided next: one bounded queue per account, served in turns, so that an account that floods waits behind
// itself alone; and while several accounts are at work, none fills a batch by itself.
#pragma once

#include <algorithm>
#include <deque>
#include <limits>
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
    if (const auto at = queues_.find(account); at != queues_.end() && at->second.size() >= per_account_) return false;
    push_always(account, item);
    return true;
  }
  // Without a bound, for what the house itself reports.
  void push_always(const AccountId& account, Item& item) {
    auto& queue = queues_[account];
    if (queue.empty()) (full(account) ? held_ : turns_).push_back(account);
    queue.push_back(std::move(item));
    ++size_;
  }
  // The next item of the account whose turn it is; none when every account that waits has its share of this batch.
  std::optional<Item> pop() {
    if (turns_.empty()) return std::nullopt;
    const auto account = std::move(turns_.front());
    turns_.pop_front();
    const auto at = queues_.find(account);
    std::optional<Item> item(std::move(at->second.front()));
    at->second.pop_front();
    --size_;
    if (at->second.empty())
      queues_.erase(at);
    else
      turns_.push_back(account);
    return item;
  }
  bool has_turn() const { return !turns_.empty(); }

  // What the decision of an item cost; an account that has spent `share` in a batch is held until the next.
  void charge(const AccountId& account, std::size_t cost, std::size_t share) {
    spent_[account] += cost;
    share_ = share;
    if (!full(account)) return;
    if (std::erase(turns_, account) > 0) held_.push_back(account);
  }
  void next_batch() {
    spent_.clear();
    turns_.insert(turns_.end(), held_.begin(), held_.end());
    held_.clear();
  }
  // Takes the first item out for which `is` holds; false when there is none. Looks at every item.
  template <class Is>
  bool remove_if(Is is) {
    for (auto at = queues_.begin(); at != queues_.end(); ++at) {
      const auto found = std::find_if(at->second.begin(), at->second.end(), is);
      if (found == at->second.end()) continue;
      at->second.erase(found);
      --size_;
      if (at->second.empty()) {
        std::erase(turns_, at->first);
        std::erase(held_, at->first);
        queues_.erase(at);
      }
      return true;
    }
    return false;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  bool full(const AccountId& account) const {
    const auto at = spent_.find(account);
    return at != spent_.end() && at->second >= share_;
  }

  std::size_t per_account_;
  std::map<AccountId, std::deque<Item>> queues_;  // none is empty
  std::deque<AccountId> turns_, held_;            // every account of queues_ stands in one of them
  std::map<AccountId, std::size_t> spent_;
  std::size_t share_ = std::numeric_limits<std::size_t>::max();
  std::size_t size_ = 0;
};

}  // namespace weir::host
