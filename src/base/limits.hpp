// Every bound of Weir, with its reason. Tests touch n-1, n and n+1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::limits {

// --- core: what one command may do, so that no account holds the cell for long (architecture, principle 5) ---
inline constexpr int kCommandRowWrites = 1'000;  // more is an assertion in a service: it must continue by a delivery
inline constexpr int kCommandDeliveries = 8;     // chained deliveries worked off inside one command; the rest are rows
inline constexpr int kCommandMisses = 256;       // rows a command may have to fetch before it is refused
inline constexpr int kTimersPerCommand = 64;     // due rows one timer command handles before it continues
inline constexpr int kDeliveryAttempts = 5;      // failing deliveries become dead letters after this many
inline constexpr int kEffectAttempts = 12;       // about a day with the backoff of effects

// --- host ---
inline constexpr int kAccountQueue = 1'024;  // commands waiting of one account before it is told to slow down
inline constexpr int kBatchCommands = 512;   // decided into one commit; bounds the latency of the first
inline constexpr std::uint64_t kLowWaterBytes = 256ull * 1024 * 1024;  // free disk under which growth is refused
inline constexpr std::uint64_t kReserveBytes = 32ull * 1024 * 1024;    // given up when the disk is full

// --- store ---
inline constexpr int kQueryPageRows = 1'000;                      // a reader never holds a snapshot long
inline constexpr std::uint64_t kWalBytes = 256ull * 1024 * 1024;  // back-pressure before this size

// --- documents ---
inline constexpr std::size_t kRequestBytes = 2 * 1024 * 1024;  // an HTTP body: a definition (1 MiB) with its envelope
inline constexpr std::size_t kDefinitionBytes = 1024 * 1024;   // States Language, as the AWS service
inline constexpr std::size_t kPayloadBytes = 262'144;     // execution input, output, state data, as the AWS service
inline constexpr std::size_t kCauseBytes = 32'768;        // as the AWS service
inline constexpr std::size_t kErrorBytes = 256;           // as the AWS service
inline constexpr std::size_t kBundleBytes = 1024 * 1024;  // a project's files; with base64 within a request
inline constexpr std::size_t kCalendarBytes =
    32 * 1024;                                 // of holidays: 40 years of 40 a year with names; kept in memory
inline constexpr int kDeployedTogether = 50;   // in one transaction: each writes its version, clauses and open keys
inline constexpr int kVersionsListed = 100;    // stored rows that one request reads
inline constexpr int kNextTimes = 1'000;       // of a schedule, listed by one request
inline constexpr int kHistoryEvents = 25'000;  // an execution, as the AWS service
inline constexpr int kTransitionsPerCommand = 256;  // interpreter steps before other accounts have a turn
inline constexpr int kIterationsPerCommand = 256;   // Map iterations started a command

// --- pipelines ---
inline constexpr std::size_t kReportIdBytes = 512;           // a run's id elsewhere: the longest ARN has about 400
inline constexpr std::size_t kAccountDeletePipelines = 100;  // deleted with an account, in one commit

// --- pools ---
inline constexpr int kPoolSlots = 10'000;     // of one pool: those in use are counted at every start
inline constexpr int kPoolPriority = 100;     // of a pipeline, up and down
inline constexpr int kPoolsPerAccount = 200;  // listed by one request
inline constexpr int kPoolRunsShown = 50;  // of a pool that is shown: of those that hold slots and of those that wait
inline constexpr int kLineRows = 250;      // waiting runs that one command moves to another pool or priority

// --- documents that start runs (rule 9) ---
inline constexpr std::size_t kEventIdBytes = 512;  // an event's id; a path with its time of change fits
inline constexpr int kDocumentsWaiting = 10'000;   // of a pipeline; more are refused, so that the sender keeps them
inline constexpr int kEventsRemembered = 100'000;  // ids of a pipeline's events, about 20 MB in memory
inline constexpr std::int64_t kEventRememberedMs = 14LL * 86'400'000;     // the same id again changes nothing so long
inline constexpr std::int64_t kGoneFileRememberedMs = 14LL * 86'400'000;  // a disk that was away comes back
inline constexpr int kFilesWatched = 10'000;                              // that one pipeline's pattern finds
inline constexpr std::size_t kFilesReported = 50;  // in one command: each writes four rows and may start a run

// --- work ---
inline constexpr int kClaimItems = 100;  // handed out by one claim
inline constexpr int kClaimWaitS = 20;   // longest long poll, as SQS
inline constexpr int kWorkLeaseS = 30;   // default lease; heartbeats come every third of it

// --- plans (rule 14) ---
inline constexpr int kPlanKeys = 50'000;       // looked at in one command when it is made: tens of milliseconds
inline constexpr int kPlanPipelines = 400;     // accepting or ending it writes a row of each in one command
inline constexpr int kPlanParallel = 200;      // runs of one plan at once; cancelling withdraws them in one command
inline constexpr int kPlanRunsElsewhere = 50;  // more runs in other accounts must be said to be meant
inline constexpr int kPlanReleasedKeys = 256;  // of a cancelled plan, looked at again by one command

}  // namespace weir::limits
