// Work items: something that a worker outside the cell does, one attempt an item. Pipeline steps, activities and
// function invocations alike.
//
// A worker claims items of a queue and gets a lease on each; heartbeats prolong the leases, and their answer says which
// items to stop and which are no longer the worker's. An item ends once: by CompleteWork, by FailWork, or as LOST when
// its lease runs out. Whether it is tried again decides the owner, with a new item.
//
// A queue's name is the installation's: a worker of the house (an internal principal) serves the items of all accounts
// in turns, another worker those of its own account. Within an account an item waits for those before it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.hpp"

namespace weir::api {

enum class WorkStatus { QUEUED, LEASED };
BOOST_DESCRIBE_ENUM(WorkStatus, QUEUED, LEASED)

enum class WorkOutcome {
  SUCCEEDED,
  FAILED,
  LOST,     // no heartbeat before the lease ran out; the error is Weir.WorkerLost
  STOPPED,  // stopped by its owner, and now really over
};
BOOST_DESCRIBE_ENUM(WorkOutcome, SUCCEEDED, FAILED, LOST, STOPPED)

// Whose item it is: a service's word and what it needs to find its own things again.
struct WorkOwner {
  std::string kind;       // "workflow"
  std::int64_t id = 0;    // there: the execution
  std::int64_t part = 0;  // there: the frame
  bool operator==(const WorkOwner&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkOwner, (), (kind, id, part))

struct ClaimedWork {
  std::int64_t id = 0;
  std::int64_t lease = 0;  // shown again with every heartbeat and at the end
  int lease_s = 0;         // counted from the answer; shorter than asked when the owner wants heartbeats sooner
  int attempt = 1;         // from 1
  std::string queue;
  AccountId account;
  std::string kind;  // what sort of work: "step"
  std::string name;  // for people: "listings/load"
  JsonText payload;
  Millis timeout_ms{0};  // the owner stops the item after this long; 0: never
  WorkOwner owner;       // of two items with one payload, which is whose
};
BOOST_DESCRIBE_STRUCT(ClaimedWork, (),
                      (id, lease, lease_s, attempt, queue, account, kind, name, payload, timeout_ms, owner))

struct ClaimWorkReply {
  std::vector<ClaimedWork> items;  // empty when the wait was over
};
BOOST_DESCRIBE_STRUCT(ClaimWorkReply, (), (items))

// Up to `slots` items, waiting up to `wait_s` seconds for the first.
struct ClaimWork {
  using Reply = ClaimWorkReply;
  std::string queue;
  std::string worker;  // 1 to 80 characters, shown to people
  int slots = 1;
  int wait_s = 0;
  int lease_s = 0;  // 0: limits::kWorkLeaseS; at most 12 hours
};
BOOST_DESCRIBE_STRUCT(ClaimWork, (), (queue, worker, slots, wait_s, lease_s))

struct HeldWork {
  std::int64_t id = 0;
  std::int64_t lease = 0;
};
BOOST_DESCRIBE_STRUCT(HeldWork, (), (id, lease))

struct HeartbeatWorkReply {
  std::vector<std::int64_t> stop;  // end these soon (FailWork); nobody waits for their result
  std::vector<std::int64_t> lost;  // no longer yours: end them and report nothing
};
BOOST_DESCRIBE_STRUCT(HeartbeatWorkReply, (), (stop, lost))

struct HeartbeatWork {
  using Reply = HeartbeatWorkReply;
  std::string worker;
  std::vector<HeldWork> items;  // at most limits::kClaimItems
  int lease_s = 0;
};
BOOST_DESCRIBE_STRUCT(HeartbeatWork, (), (worker, items, lease_s))

// Not stopped means recorded: the owner has taken the result or the error in the same commit.
struct EndWorkReply {
  bool stopped = false;  // the owner had given the item up meanwhile: nobody takes what it brought
};
BOOST_DESCRIBE_STRUCT(EndWorkReply, (), (stopped))

// Conflict when the lease is not the item's present one: it ran out, or the item has ended before.
struct CompleteWork {
  using Reply = EndWorkReply;
  std::int64_t id = 0;
  std::int64_t lease = 0;
  JsonText result;      // absent: null. Above limits::kPayloadBytes the item fails with States.DataLimitExceeded
  std::string skipped;  // why nothing had to be done, in words; empty: it was done. Cut at limits::kErrorBytes
};
BOOST_DESCRIBE_STRUCT(CompleteWork, (), (id, lease, result, skipped))

struct FailWork {
  using Reply = EndWorkReply;
  std::int64_t id = 0;
  std::int64_t lease = 0;
  std::string error;  // cut at limits::kErrorBytes; empty: States.TaskFailed
  std::string cause;  // cut at limits::kCauseBytes
};
BOOST_DESCRIBE_STRUCT(FailWork, (), (id, lease, error, cause))

struct WorkInfo {
  std::int64_t id = 0;
  std::string queue;
  AccountId account;
  WorkStatus status = WorkStatus::QUEUED;
  int attempt = 1;
  std::string worker;
  Instant queued_at{};
  Instant lease_until{};
  bool stopping = false;
  WorkOwner owner;
};
BOOST_DESCRIBE_STRUCT(WorkInfo, (),
                      (id, queue, account, status, attempt, worker, queued_at, lease_until, stopping, owner))

struct ListWorkReply {
  std::vector<WorkInfo> items;       // by id
  std::optional<std::int64_t> next;  // pass as `after`
};
BOOST_DESCRIBE_STRUCT(ListWorkReply, (), (items, next))

// The account's items that wait or run.
struct ListWork {
  using Reply = ListWorkReply;
  std::optional<std::string> queue;
  std::optional<WorkStatus> status;
  std::optional<std::int64_t> after;
  int limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListWork, (), (queue, status, after, limit))

// --- internal ---------------------------------------------------------------------------------------------------

struct EnqueueWorkReply {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(EnqueueWorkReply, (), (id))

// For the principal's account.
struct EnqueueWork {
  using Reply = EnqueueWorkReply;
  std::string queue;
  std::string kind;
  std::string name;
  JsonText payload;
  WorkOwner owner;
  int attempt = 1;
  Millis timeout_ms{0};
  int heartbeat_s = 0;  // leases are no longer than this; 0: as the worker likes
};
BOOST_DESCRIBE_STRUCT(EnqueueWork, (), (queue, kind, name, payload, owner, attempt, timeout_ms, heartbeat_s))

// A waiting item goes at once; a running one is told at its next heartbeat. Both end with WorkEnded STOPPED. Nothing
// happens when the item has ended. Also served as a delivery.
struct StopWork {
  using Reply = EndWorkReply;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(StopWork, (), (id))

// Asked of an item's owner before its end is accepted: does it still wait for it? Owners that do not answer do.
struct WorkWantedReply {
  bool wanted = true;
};
BOOST_DESCRIBE_STRUCT(WorkWantedReply, (), (wanted))
struct WorkWanted {
  using Reply = WorkWantedReply;
  WorkOwner owner;
  std::int64_t item = 0;
};
BOOST_DESCRIBE_STRUCT(WorkWanted, (), (owner, item))

// --- events -----------------------------------------------------------------------------------------------------

struct WorkStarted {
  std::int64_t item = 0;
  AccountId account;
  WorkOwner owner;
  std::string worker;
};
BOOST_DESCRIBE_STRUCT(WorkStarted, (), (item, account, owner, worker))

// SUCCEEDED and FAILED come from a worker that is told so: the owner records them inside its observer.
struct WorkEnded {
  std::int64_t item = 0;
  AccountId account;
  WorkOwner owner;
  WorkOutcome outcome = WorkOutcome::SUCCEEDED;
  JsonText result;  // SUCCEEDED
  std::string error;
  std::string cause;
  std::string worker;   // empty: nobody had begun it
  std::string skipped;  // SUCCEEDED: why nothing had to be done
};
BOOST_DESCRIBE_STRUCT(WorkEnded, (), (item, account, owner, outcome, result, error, cause, worker, skipped))

std::span<const OperationInfo> work_operations();

}  // namespace weir::api
