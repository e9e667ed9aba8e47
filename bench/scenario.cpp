// How many tests of `weir test` a second: the file is read once, each test is played in a world of its own.
#include <fstream>
#include <iterator>

#include "bench/measure.hpp"
#include "scenario/play.hpp"
#include "scenario/read.hpp"

namespace weir::bench {
namespace {

// A usual test: a diamond of four pipelines in two accounts, a failure that is mended, eight runs.
constexpr auto kFile = R"(
pipelines:
  - {name: listings, account: core, trigger: {schedule: {hour: 3}}}
  - {name: searches, account: search, trigger: {executions: {allOf: [{name: listings, account: core}]}}}
  - {name: clicks, account: search, trigger: {executions: {allOf: [{name: listings, account: core}]}}}
  - {name: metric, account: rent, trigger: {executions: {allOf: [{name: searches, account: search}, {name: clicks, account: search}]}}}
tests:
  - name: a fix of listings runs metric once more, on the new searches and clicks
    timeline:
      - at: 2026-01-01 03:00
        expect: {metric 2026-01-01: {runs: 1, status: SUCCEEDED}}
      - given: {clicks: SUCCEEDED after 30m}
        run: listings 2026-01-01
        expect: {metric 2026-01-01: {runs: 1, outOfDate: true}}
      - after: 30m
        expect: {metric 2026-01-01: {runs: 2, used: [searches#2, clicks#2], decisions: [FIRED, FIRED_AGAIN]}}
)";

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("scenario", given);
  const auto file = scenario::read_tests(kFile, "bench.test.yaml");
  if (!file) give_up(file.error().front().text());
  scenario::Player player(*file, [](const std::string& path) -> Result<scenario::PipelineFile> {
    return fail("there is no such file", path);
  });
  Samples samples;
  const auto begin = Clock::now();
  while (ms_since(begin) < given.seconds * 1000) {
    const auto one = Clock::now();
    const auto outcome = player.play(0);
    samples.add(ms_since(one));
    if (!outcome.passed) give_up("the test failed");
  }
  const auto seconds = ms_since(begin) / 1000;
  report.quantiles("a test of four pipelines and eight runs", samples);
  report.at_least("tests a second", static_cast<double>(samples.size()) / seconds, "", 1000,
                  "what a team's tests may cost");
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
