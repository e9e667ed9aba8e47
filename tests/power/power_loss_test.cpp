// The power goes before every changing call of a store's life, and the disk keeps, drops or tears what was not synced.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/power/scenario.hpp"

namespace weir::power {
namespace {

struct Sweep {
  std::int64_t states = 0;
  std::vector<std::string> violations;
};

// Every index of the scenario, `variants` outcomes of each; ends at the first few violations.
Sweep sweep(const Scenario& scenario, int variants) {
  Sweep out;
  for (std::int64_t index = 1; out.violations.size() < 3; ++index) {
    Disk disk("power");
    disk.end_before(index);
    const auto told = live(disk, scenario, out.violations);
    const bool last = !disk.ended();
    const auto files = disk.files();
    for (int variant = 0; variant < variants; ++variant) {
      disk.put_back(files);
      const auto seed = static_cast<std::uint64_t>(index) * 1'000 + static_cast<std::uint64_t>(variant);
      const auto loss = variant == 0 ? Disk::Loss::drop_all : variant == 1 ? Disk::Loss::keep_all : Disk::Loss::mixed;
      disk.lose_power(loss, seed);
      if (variant % 2 == 1) {  // and once more while the store is being recovered
        disk.end_before(1 + static_cast<std::int64_t>(seed % 12));
        std::vector<std::string> ignored;
        auto recovering = make_store(disk, scenario);
        (void)recovering->open({});
        recovering.reset();
        disk.lose_power(Disk::Loss::mixed, seed + 500);
      }
      ++out.states;
      if (auto violation = check(disk, scenario, told); !violation.empty())
        out.violations.push_back(
            fmt::format("scenario '{}', index {}, variant {}: {}", scenario.name, index, variant, violation));
    }
    if (last) break;
  }
  return out;
}

class PowerLoss : public testing::TestWithParam<Scenario> {};
INSTANTIATE_TEST_SUITE_P(Scenarios, PowerLoss, testing::ValuesIn(scenarios()), [](const auto& info) {
  auto name = info.param.name;
  std::ranges::replace(name, ' ', '_');
  return name;
});

TEST_P(PowerLoss, at_any_call_loses_no_batch_that_was_answered_durable) {
  const auto result = sweep(GetParam(), 6);
  for (const auto& violation : result.violations) ADD_FAILURE() << violation;
  EXPECT_GT(result.states, 300);
  RecordProperty("states", static_cast<int>(result.states));
}

TEST(PowerLossSweep, catches_an_answer_before_the_sync) {
  auto scenario = scenarios()[0];
  scenario.sync_commits = false;
  EXPECT_FALSE(sweep(scenario, 2).violations.empty());
}

}  // namespace
}  // namespace weir::power
