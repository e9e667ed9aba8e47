// Random histories of the reference model, written as test files and played by Weir as a whole: deploys from YAML,
// accounts, grants. WEIR_HISTORIES plays so many.
#include "tests/scenario/history.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "json/described.hpp"
#include "scenario/report.hpp"
#include "tests/model/random_history.hpp"
#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

void agree(const model::Options& options) {
  const char* text = std::getenv("WEIR_HISTORIES");
  const auto count = text != nullptr ? std::strtoull(text, nullptr, 10) : 25;
  std::uint64_t played = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const auto model = model::random_history(seed, options);
    const auto file = HistoryAsTest::file_of(model, fmt::format("history {}", seed));
    const auto written = write_tests(file);
    const auto read = read_tests(written, "history.test.yaml");
    // The model deploys what Weir refuses to: the same clause twice, an upstream that plans nothing without `each`.
    if (!read && pipeline::text_of(read.error()).find("the same as trigger.executions") != std::string::npos) continue;
    ASSERT_TRUE(read.has_value()) << "seed " << seed << "\n" << pipeline::text_of(read.error()) << written;
    EXPECT_EQ(write_tests(*read), written);
    Player player(*read, no_files);
    const auto outcome = player.play(0);
    if (outcome.problem.find("plans nothing, so it must be said which") != std::string::npos) continue;
    ++played;
    ASSERT_TRUE(outcome.passed) << "seed " << seed << "\n" << failure_text(outcome) << written;
  }
  EXPECT_GE(played, count / 3);
}

// A redeploy without the grant that it needs is refused by Weir, and not by the model.
TEST(History, as_a_file_is_played_by_weir_as_the_model_has_it) { agree({.redeploys = false}); }
TEST(History, with_redeploys) { agree({.grants = false}); }

}  // namespace
}  // namespace weir::scenario
