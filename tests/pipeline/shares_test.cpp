// What the clock brings to one account does not delay another's.
#include <fmt/format.h>

#include "tests/pipeline/service_world.hpp"

namespace weir::pipeline {
namespace {

class Shares : public ServiceWorld {
 protected:
  // Commands until `there` holds; 99: it takes longer.
  int commands_until(const std::string& time, const std::function<bool()>& there) {
    drive.now = *instant_from_text(time + ":00Z");
    int n = 0;
    for (; n < 99 && !there(); ++n) {
      cell_.tick(drive.now);
      for (auto& fetch : cell_.take_fetches())
        cell_.fetched(fetch.ticket, store_.fetch(*fetch.table, fetch.key), drive.now);
    }
    return n;
  }
  std::function<bool()> has_run(const std::string& name, const std::string& account) {
    const auto id = service.tables().find_pipeline(AccountId{account}, name)->id;
    return [this, id] {
      return std::ranges::any_of(service.tables().facts.rows(), [&](const auto& fact) { return fact->pipeline == id; });
    };
  }
};

constexpr int kMany = 120;

TEST_F(Shares, scheduled_times_take_turns) {
  for (int i = 0; i < kMany; ++i) deploy(fmt::format("name: a{}\ntrigger: {{schedule: {{hour: 6}}}}\n", i));
  deploy("name: b\ntrigger: {schedule: {hour: 6}}\n", kB);
  EXPECT_LE(commands_until("2026-01-01 06:00", has_run("b", kB)), 2);
  EXPECT_GT(commands_until("2026-01-01 06:00", has_run(fmt::format("a{}", kMany - 1), kA)), 2) << "A has more to do";
}

TEST_F(Shares, deadlines_take_turns) {
  const std::string late =
      "window: day\ntrigger: {expect: {startBy: \"07:00\"}, executions: {allOf: [{name: gone}]}}\n";
  deploy("name: gone\nwindow: day\ntrigger: {schedule: {hour: 9}}\n");
  deploy("name: gone\nwindow: day\ntrigger: {schedule: {hour: 9}}\n", kB);
  for (int i = 0; i < kMany; ++i) deploy(fmt::format("name: a{}\n{}", i, late));
  deploy("name: b\n" + late, kB);
  const auto id = service.tables().find_pipeline(AccountId{kB}, "b")->id;
  EXPECT_LE(commands_until("2026-01-01 07:00",
                           [&] {
                             return std::ranges::any_of(service.tables().alerts.rows(),
                                                        [&](const auto& alert) { return alert->pipeline == id; });
                           }),
            2);
}

TEST_F(Shares, the_starts_of_a_long_line_do_not_delay_another_account) {
  ASSERT_TRUE(ask(api::SetPool{"lake", {}, 0, ""}));
  deploy("name: a\nwindow: hour\nsince: 2025-01-01\nconcurrency: {pool: lake}\n");
  deploy("name: b\ntrigger: {schedule: {hour: 6}}\n", kB);
  for (int i = 0; i < 500; ++i) {
    api::StartRun start;
    start.pipeline = "a";
    start.date = to_text(*instant_from_text("2025-02-01T00:00:00Z") + std::chrono::hours{i});
    ASSERT_TRUE(ask(start));
  }
  drive.submit(api::SetPool{"lake", {}, 500, ""}, kA, [](const auto&) {});
  EXPECT_LE(commands_until("2026-01-01 06:00", has_run("b", kB)), 3);
  EXPECT_LT(ask(api::DescribePool{"lake", {}})->in_use, 501);
}

}  // namespace
}  // namespace weir::pipeline
