// A life of a store: batches, restarts and upkeep, and what must be true whatever the disk did meanwhile.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_store.hpp"
#include "tests/power/power_vfs.hpp"

namespace weir::power {

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;
  int batches = 10;
  int rows = 6;            // at most, in a batch
  int payload_bytes = 40;  // at most, in a row
  int restart_every = 0;   // a good end and a new start after every so many batches; 0: never
  std::uint64_t checkpoint_bytes = 48 * 1024;
  bool sync_commits = true;
};
inline void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }
std::vector<Scenario> scenarios();

// The writes of batch n, always the same for one scenario.
std::vector<store::Write> writes_of(const Scenario& scenario, store::BatchNumber n);

// What the world was told.
struct Told {
  store::BatchNumber durable = 0;   // the last batch answered durable, or found by an open that went well
  store::BatchNumber possible = 0;  // the last one that may be there: answered durable or unknown
};

std::unique_ptr<store::SqliteStore> make_store(const Disk& disk, const Scenario& scenario);

// Lives the scenario until its end or until the disk fails for good; after an unknown outcome it reopens, a few times.
// Complaints are things that must never be, whatever fails.
Told live(Disk& disk, const Scenario& scenario, std::vector<std::string>& complaints);

// Opens what is there and compares it with what was told and with a store in memory that got the same batches; checks
// the file's integrity; writes on; and loses power at once, to see that what was shown was durable. Empty when all
// is well.
std::string check(Disk& disk, const Scenario& scenario, const Told& told);

}  // namespace weir::power
