// Every call of a store's life fails once, or from then on, with an I/O error or for want of space.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/power/scenario.hpp"

namespace weir::power {
namespace {

int io_error(Op op) {
  switch (op) {
    case Op::read:
      return SQLITE_IOERR_READ;
    case Op::write:
      return SQLITE_IOERR_WRITE;
    case Op::truncate:
      return SQLITE_IOERR_TRUNCATE;
    case Op::sync:
      return SQLITE_IOERR_FSYNC;
    case Op::remove:
      return SQLITE_IOERR_DELETE;
  }
  return SQLITE_IOERR;
}
int no_space(Op op) { return op == Op::write ? SQLITE_FULL : SQLITE_OK; }
int failed_sync(Op op) { return op == Op::sync ? SQLITE_IOERR_FSYNC : SQLITE_OK; }

std::vector<std::string> sweep(const Scenario& scenario, bool forever, const Disk::CodeOf& code) {
  Disk counted("count");
  std::vector<std::string> violations;
  counted.fail_at(0, false, code);
  live(counted, scenario, violations);
  const auto calls = counted.calls();
  for (std::int64_t call = 1; call <= calls && violations.size() < 3; ++call) {
    Disk disk("errors");
    disk.fail_at(call, forever, code);
    std::vector<std::string> complaints;
    const auto told = live(disk, scenario, complaints);
    if (!forever && told.durable != scenario.batches) complaints.push_back("one error stopped it");
    const auto files = disk.files();
    for (const bool power : {false, true}) {  // the process ends; or the power goes, too
      disk.put_back(files);
      if (power) disk.lose_power(Disk::Loss::drop_all, 0);
      if (auto violation = check(disk, scenario, told); !violation.empty()) complaints.push_back(violation);
    }
    for (const auto& complaint : complaints)
      violations.push_back(fmt::format("scenario '{}', call {}: {}", scenario.name, call, complaint));
  }
  return violations;
}

class IoErrors : public testing::TestWithParam<Scenario> {
 protected:
  void holds(bool forever, const Disk::CodeOf& code) {
    for (const auto& violation : sweep(GetParam(), forever, code)) ADD_FAILURE() << violation;
  }
};
INSTANTIATE_TEST_SUITE_P(Scenarios, IoErrors, testing::ValuesIn(scenarios()), [](const auto& info) {
  auto name = info.param.name;
  std::ranges::replace(name, ' ', '_');
  return name;
});

TEST_P(IoErrors, one_failing_call_loses_nothing_and_the_store_goes_on) { holds(false, io_error); }
TEST_P(IoErrors, a_disk_that_stays_broken_loses_nothing) { holds(true, io_error); }
TEST_P(IoErrors, one_write_without_space_loses_nothing_and_the_store_goes_on) { holds(false, no_space); }
TEST_P(IoErrors, a_disk_that_stays_full_loses_nothing) { holds(true, no_space); }
TEST_P(IoErrors, syncs_that_stay_broken_lose_nothing) { holds(true, failed_sync); }

}  // namespace
}  // namespace weir::power
