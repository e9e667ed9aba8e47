// What people decide about pipelines and their windows (rule 15): skip, accept, approve, pause, resume. `weir mark` and
// `weir run --now` are MarkWindow and StartRun in pipeline.hpp. Each needs a reason, which stands in the audit log and
// in the evidence.
#pragma once

#include "api/pipeline.hpp"

namespace weir::api {

// How the window stands after the decision.
struct DecisionReply {
  std::string pipeline;
  AccountId account;
  std::string window;
  std::string decision;                 // SKIPPED, ACCEPTED, FIRED_AGAIN
  std::string text;                     // one line for people
  std::optional<RunInfo> run;           // that was accepted, or started by an approval
  std::vector<std::string> dependants;  // "account/name" whose clauses it touches
};
BOOST_DESCRIBE_STRUCT(DecisionReply, (), (pipeline, account, window, decision, text, run, dependants))

// The window is not needed: nothing starts it by itself, and clauses on it are satisfied without a run. A run of the
// window by hand ends that. Refused when the window has succeeded, works or waits.
struct SkipWindow {
  using Reply = DecisionReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::string window;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SkipWindow, (), (pipeline, account, window, reason))

// The window's current run is good enough: it counts as up to date with regard to what it misses now; an approval that
// it waits for is declined. What changes later counts again. Refused when it misses nothing.
struct AcceptWindow {
  using Reply = DecisionReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::string window;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(AcceptWindow, (), (pipeline, account, window, reason))

// Lets a key run again that waits for it (`onUpstreamRerun: ask`), on the newest correction. `window` absent: the only
// one that waits.
struct ApproveWindow {
  using Reply = DecisionReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::optional<std::string> window;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ApproveWindow, (), (pipeline, account, window, reason))

struct PauseReply {
  AccountId account;
  std::string pipeline;  // empty: all of the account
  bool paused = true;    // as it stands now; a resumed pipeline may still be paused by its account
  Instant since{};
  std::string who, reason;
};
BOOST_DESCRIBE_STRUCT(PauseReply, (), (account, pipeline, paused, since, who, reason))
// Schedule and condition start nothing until it is resumed; runs by hand go. `pipeline` absent: all of the account.
struct Pause {
  using Reply = PauseReply;
  std::optional<std::string> pipeline;
  std::optional<std::string> account;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Pause, (), (pipeline, account, reason))
// What became due meanwhile is released as `catchup` says, oldest first.
struct Resume {
  using Reply = PauseReply;
  std::optional<std::string> pipeline;
  std::optional<std::string> account;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Resume, (), (pipeline, account, reason))

}  // namespace weir::api
