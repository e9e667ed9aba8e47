// A store that fails as a script says, around a store that works. Its faults are those of the port: a commit that is
// refused, that fails before or after it was written, that is the last thing the process does.
//
//   FaultyStore store(memory, [](const Call& call) {
//     return call.batch == 3 ? Fault{Fault::Kind::fail_after} : Fault{};
//   });
//
// The policy is asked once a call, in the order of the calls, under a lock: a policy made of a seed repeats itself.
// Thread-safe, as far as the store inside is.
#pragma once

#include <functional>
#include <mutex>

#include "store/store.hpp"

namespace weir::store {

struct Call {
  enum class What { open, commit, reopen, load, fetch, query };
  What what = What::open;
  std::int64_t index = 0;  // 1, 2, ... over all calls
  std::int64_t nth = 0;    // 1, 2, ... among calls of this kind
  BatchNumber batch = 0;   // of a commit
  std::string_view table;  // of a read
};

struct Fault {
  enum class Kind {
    none,
    refuse,        // a commit: refused, not written. Other calls: as fail_before
    fail_before,   // a commit: unknown, not written; unusable until reopen(). Other calls: a Problem
    fail_after,    // a commit: unknown, written; unusable until reopen(). Other calls: a Problem
    crash_before,  // the process ends before the call: it and all after it fail until restart()
    crash_after,   // the same after the call did its work
  };
  Kind kind = Kind::none;
  // Called between the work and the answer: a place to wait, or to let other things happen first.
  std::function<void()> hold;
};

class FaultyStore : public Store {
 public:
  using Policy = std::function<Fault(const Call&)>;

  FaultyStore(Store& inside, Policy policy);

  Result<void> open(const std::vector<const TableInfo*>& tables) override;
  CommitResult commit(const Batch& batch) override;
  Result<void> reopen() override;
  BatchNumber last_batch() override { return inside_.last_batch(); }
  Result<void> load(const TableInfo& table, const std::function<void(Row)>& visit) override;
  Result<Row> fetch(const TableInfo& table, const Key& key) override;
  Result<Page> query(const Query& query) override;
  Space space() override { return inside_.space(); }
  bool give_up_reserve() override { return inside_.give_up_reserve(); }
  bool take_reserve() override { return inside_.take_reserve(); }
  void maintain() override { inside_.maintain(); }
  std::string name() const override { return inside_.name() + ", with faults"; }

  bool crashed();
  // A new process: calls reach the store inside again, beginning with open(). The test brings the store inside to the
  // state after a crash (MemoryStore::crash(), or a new SqliteStore).
  void restart();
  void set_policy(Policy policy);

 private:
  Fault ask(Call::What what, BatchNumber batch, std::string_view table);
  void crash();
  template <class T>
  Result<T> around(Call::What what, std::string_view table, const std::function<Result<T>()>& work);

  Store& inside_;
  std::mutex mutex_;
  Policy policy_;
  std::int64_t calls_ = 0;
  std::int64_t calls_of_[6] = {};
  bool crashed_ = false;
  bool lost_ = false;  // after an unknown commit, until reopen()
};

}  // namespace weir::store
