// A checker for any list of runs that claims to follow the trigger rules, whoever started them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/model/facts.hpp"

namespace weir::model {

struct Counts {
  int runs = 0;             // that count: no ad hoc runs
  int mixed = 0;            // runs that use two runs of one occurrence, directly or through others, along followed
                            // clauses; persons' starts and marks are their own affair and left out
  int doubled = 0;          // runs by the condition with the same evidence as an older run that fired the key
  int missing_at_rest = 0;  // keys whose condition holds, without a run on that evidence; 0 when something is active
  int unfollowed = 0;       // of those, the keys that have fired, so that a correction was not followed
  std::vector<std::string> findings{};  // one line each
  bool clean() const { return mixed == 0 && doubled == 0 && missing_at_rest == 0; }
};

// `runs` in the order of their starts, with the statuses they have now; of `history` only deploys, ticks and grants
// are looked at. Keys of pipelines with onUpstreamRerun ignore or ask are missing only if they never fired.
Counts audit(const History& history, const std::vector<Run>& runs);

// The same of facts that stand already, with their runs; `names` as names_in() has them. `left_out`: the keys that are
// on record as not started, as catchup (rule 13) and quiet plans (rule 14) leave them; they are not missing.
Counts audit(const Facts& facts, const std::vector<std::string>& names, const std::set<Occurrence>& left_out = {});

}  // namespace weir::model
