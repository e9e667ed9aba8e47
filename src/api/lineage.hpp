// Where a run comes from, and who needs a pipeline: across accounts.
#pragma once

#include "api/pipeline.hpp"

namespace weir::api {

// A step of the way back. In depth-first order: a link's causes are those that follow with depth + 1.
struct WhyLink {
  int depth = 0;           // 0: the run that was asked for
  RunInfo run;             // without parameters and result
  std::string rule;        // that started it, with a person's reason where there is one
  bool first = false;      // nothing before it: a schedule, a person
  bool elsewhere = false;  // its causes stand at an earlier link
};
BOOST_DESCRIBE_STRUCT(WhyLink, (), (depth, run, rule, first, elsewhere))
struct WhyReply {
  std::vector<WhyLink> links;
  std::vector<std::int64_t> first_causes;  // runs, oldest first
  bool cut = false;                        // there are more than are shown
};
BOOST_DESCRIBE_STRUCT(WhyReply, (), (links, first_causes, cut))
struct WhyRun {
  using Reply = WhyReply;
  std::int64_t run = 0;
};
BOOST_DESCRIBE_STRUCT(WhyRun, (), (run))

struct DependantInfo {
  int depth = 1;  // 1: it has a clause on the pipeline itself
  std::string pipeline;
  AccountId account;
  std::string account_alias;
  std::string owner;
  std::string via;     // "account/name" of the upstream by which it depends
  std::string clause;  // "SUCCEEDED, allOf"
  bool blocked = false;
  bool paused = false;
  std::string window, status;  // of its newest window that has run; empty: none
  std::string sentence;
};
BOOST_DESCRIBE_STRUCT(DependantInfo, (),
                      (depth, pipeline, account, account_alias, owner, via, clause, blocked, paused, window, status,
                       sentence))
struct DependantsReply {
  std::string pipeline;
  AccountId account;
  std::vector<DependantInfo> dependants;  // nearest first
};
BOOST_DESCRIBE_STRUCT(DependantsReply, (), (pipeline, account, dependants))
// All that depends on a pipeline, directly or through others.
struct Dependants {
  using Reply = DependantsReply;
  std::string pipeline;
  std::optional<std::string> account;
};
BOOST_DESCRIBE_STRUCT(Dependants, (), (pipeline, account))

}  // namespace weir::api
