// What clients were told, and whether the store agrees. Outcomes are three-valued: an operation is done, was refused,
// or is unknown (no answer, a cut, a crash): then it may have happened or not, but at most once.
//
//   I1 nothing that was acknowledged is lost          I2 nothing comes from nowhere
//   I3 nothing happens twice                          I7 no timer is early, none is lost
//   I8 after healing everything drains
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace weir::invariants {

enum class Told { nothing_yet, done, refused, unknown };

// One obligation with a number of its own, by which its traces in the store are found.
struct Promise {
  std::string what;     // "add", "later", "gift"
  std::string account;  // where its trace must appear
  std::int64_t number = 0;
  Told told = Told::nothing_yet;
  Instant not_before{};  // a timer's time
};

struct Trace {
  std::string account;
  std::int64_t number = 0;
  Instant at{};
};

class Ledger {
 public:
  // A promise is referred to by its place in the list.
  std::size_t promised(Promise promise);
  void told(std::size_t promise, Told outcome);
  const std::vector<Promise>& promises() const { return promises_; }
  // An unanswered operation whose client or server is gone.
  void cut_unanswered();

  // The violations, one line each; empty when all holds. `at_rest`: everything owed has been worked off.
  std::vector<std::string> check(const std::vector<Trace>& traces) const;

 private:
  std::vector<Promise> promises_;
};

}  // namespace weir::invariants
