// Turns: when several accounts have something due, each has its turn, whoever owes the most.
//
// An index whose first field is the account is walked one account at a time, from the one after the account that was
// served last. The transaction keeps who that was: forgotten by a restart, and by a command that is undone, so that run
// again it takes the same row.
#pragma once

#include "core/transaction.hpp"

namespace weir::core {

// Accounts that a turn looks at before the caller takes what is due first: bounds a turn among many that have nothing.
inline constexpr int kTurnsLookedAt = 64;

// The row whose turn it is at tx.now(), and nullptr when none of the accounts looked at has one. `index` is ordered by
// account, then by what comes first; `due_of(row)` is when it is due, nothing when it never is.
template <class Index, class DueOf>
typename Index::value_type next_in_turn(Transaction& tx, const std::string& what, const Index& index, DueOf due_of) {
  if (index.empty()) return nullptr;
  auto served = tx.served(what);
  for (int i = 0; i < kTurnsLookedAt; ++i) {
    auto at = index.upper_bound(std::make_tuple(served));
    if (at == index.end()) at = index.begin();
    served = (*at)->account;
    const std::optional<Instant> due = due_of(**at);
    if (!due || *due > tx.now()) continue;
    tx.serve(what, served);
    return *at;
  }
  tx.serve(what, served);
  return nullptr;
}

}  // namespace weir::core
