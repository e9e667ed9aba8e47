// The only door to writes. A command runs in one transaction: it either becomes part of the open batch as a whole, or
// leaves no trace.
//
// What a handler may do:
//   put / erase     rows of live and cold tables           append   a row of a log table
//   read            a cold row by key (may park the command until the row is fetched, then run it again from its start)
//   new_id          a rising integer, never given twice
//   call            another operation, under a savepoint: its failure undoes only itself
//   deliver         something owed to an account: done in this commit or standing in it as a row; never fails the
//   caller emit            a status change: the observers registered for it run at once, inside this transaction effect
//   something outside the house: a row now, performed after the commit, at least once wait / wake     long polls now
//   the time of the decision; it never runs backwards
//
// A handler runs from its start again when a read missed, so it must not change anything but through the transaction.
// Not synchronised: everything of a cell happens on its driver's thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "base/limits.hpp"
#include "core/cold_table.hpp"
#include "core/rows.hpp"
#include "core/table.hpp"

namespace weir::core {

class Cell;
class Registry;

// Unwinds a handler whose read missed; caught by the cell alone, which parks the command. An exception rather than a
// value, because a handler cannot do anything sensible with it and must not be able to forget it.
struct Miss {
  ColdBase* table;
  Key key;
};

// What a waiter waits for: a service's word and an id or name ("work", "000000000000/default").
struct WaitKey {
  std::string service;
  std::string what;
  auto operator<=>(const WaitKey&) const = default;
};

class Transaction {
 public:
  Transaction(Cell& cell, const api::Principal& principal, Instant now);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Instant now() const { return now_; }
  const api::Principal& principal() const { return principal_; }
  const AccountId& account() const { return principal_.account; }

  template <class R, class I>
  void put(LiveTable<R, I>& table, R row) {
    write(table, store::Write::Op::put, std::make_shared<const R>(std::move(row)));
  }
  template <class R, class I>
  void erase(LiveTable<R, I>& table, const R& row) {
    write(table, store::Write::Op::erase, std::make_shared<const R>(row));
  }
  template <class R>
  void put(ColdTable<R>& table, R row) {
    write(table, store::Write::Op::put, std::make_shared<const R>(std::move(row)));
  }
  template <class R>
  void erase(ColdTable<R>& table, const R& row) {
    write(table, store::Write::Op::erase, std::make_shared<const R>(row));
  }
  template <class R>
  void append(LogTable<R>& table, R row) {
    write(table, store::Write::Op::put, std::make_shared<const R>(std::move(row)));
  }
  // The row with this key, or nullptr when there is none.
  template <class R>
  std::shared_ptr<const R> read(ColdTable<R>& table, const Key& key) {
    return std::static_pointer_cast<const R>(read_any(table, key));
  }

  // The account that had the last turn of what is called so (turns.hpp); empty: none yet. Not stored.
  AccountId served(const std::string& what) const;
  void serve(const std::string& what, AccountId account) { turns_[what] = std::move(account); }

  std::int64_t new_id();
  // A pseudo-random number, the same for the same history.
  std::uint64_t random();

  // Runs another operation under a savepoint, as `principal` (default: the caller's). In this cell it answers at once;
  // the continuation form is what callers are written for.
  template <class Request>
  void call(Request request, const std::function<void(Transaction&, api::Reply<typename Request::Reply>)>& then,
            const api::Principal* as = nullptr) {
    auto reply = call_any(api::Message::of(std::move(request)), as);
    if (!reply)
      then(*this, std::unexpected(reply.error()));
    else
      then(*this, *reply->template as<typename Request::Reply>());
  }

  // Owes `payload` to `account`. Deliveries to one account happen in the order they were owed.
  template <class Payload>
  void deliver(const AccountId& account, Payload payload) {
    deliver_any(account, api::Message::of(std::move(payload)));
  }
  template <class Event>
  void emit(const Event& event) {
    emit_any(type_of<Event>(), &event);
  }
  template <class Payload>
  void effect(const AccountId& account, std::string idempotency_key, Payload payload) {
    effect_any(account, std::move(idempotency_key), api::Message::of(std::move(payload)));
  }

  // Parks this command until wake(key) or `until`; then it runs again. Only at the end of a handler that has changed
  // nothing; what the handler returns with it is answered when the time is over (then wait() returns false).
  bool wait(WaitKey key, Instant until);
  // Runs the first `count` commands that wait for `key` again, first come first served.
  void wake(const WaitKey& key, int count = 1);

 private:
  friend class Cell;
  struct Change {
    TableBase* table;
    TableBase::Before before;
    Row row;  // what was put, or the row whose key was erased
    store::Write::Op op;
  };
  struct Owed {
    AccountId account;
    api::Message payload;
  };
  struct Savepoint {
    std::size_t changes, owed, wakes;
  };

  void write(TableBase& table, store::Write::Op op, Row row);
  Row read_any(ColdBase& table, const Key& key);
  api::Reply<api::Message> call_any(api::Message request, const api::Principal* as);
  void deliver_any(const AccountId& account, api::Message payload);
  void emit_any(const Type& type, const void* event);
  void effect_any(const AccountId& account, std::string idempotency_key, api::Message payload);

  Savepoint savepoint() const { return {changes_.size(), owed_.size(), wakes_.size()}; }
  void rollback(const Savepoint& to);

  Cell& cell_;
  api::Principal principal_;
  Instant now_;
  std::vector<Change> changes_;
  std::vector<Owed> owed_;
  std::vector<std::pair<WaitKey, int>> wakes_;
  std::map<std::string, AccountId> turns_;  // the cell's from when this is accepted
  std::optional<std::pair<WaitKey, Instant>> wait_;
  bool may_wait_ = true;
  int delivered_ = 0;  // inline; counted when the command is accepted
};

}  // namespace weir::core
