// A backfill of 365 dates through a graph of 50 pipelines, whose steps are done as soon as they are claimed: how long,
// and that every key ran exactly once.
#include <map>

#include "api/plan.hpp"
#include "bench/house.hpp"
#include "cli/house.hpp"
#include "pipeline/rows.hpp"

namespace weir::bench {
namespace {

const std::string kAccount = "000000000001";
constexpr int kPipelines = 50, kWide = 7, kDates = 365;

struct Services {
  explicit Services(core::Cell& cell) : all(cell.registry(), false) {}
  cli::Services all;
};
using Everything = House<Services>;

// Claims what there is and completes it at once; each answer brings the next request.
class Worker {
 public:
  explicit Worker(host::Host& host) : host_(host) {}
  void start() { claim(); }

 private:
  void claim() {
    host_.submit(api::Message::of(api::ClaimWork{"default", "bench", 100, 20, 30}), of(kAccount),
                 [this](api::Reply<api::Message> reply) {
                   if (!reply) return;  // the host stops
                   for (const auto& item : reply->as<api::ClaimWorkReply>()->items)
                     host_.submit(api::Message::of(api::CompleteWork{item.id, item.lease, {"{}"}}), of(kAccount),
                                  [](api::Reply<api::Message> done) {
                                    if (!done) give_up(done.error().message);
                                  });
                   claim();
                 });
  }
  host::Host& host_;
};

std::string name_of_pipeline(int i) { return fmt::format("p{:02}", i); }

// The first alone, then rows of kWide; each pipeline needs two of the row before.
api::DeployPipeline deploy(int i) {
  api::DeployPipeline out;
  out.file = "pipeline.yaml";
  out.yaml = fmt::format("name: {}\nwindow: day\nsince: 2001-01-01\n", name_of_pipeline(i));
  if (i > 0) {
    const int row = (i - 1) / kWide, place = (i - 1) % kWide;
    const auto above = [&](int p) { return row == 0 ? 0 : (row - 1) * kWide + 1 + p % kWide; };
    out.yaml += fmt::format("trigger: {{executions: {{allOf: [{{name: {}}}", name_of_pipeline(above(place)));
    if (row > 0) out.yaml += fmt::format(", {{name: {}}}", name_of_pipeline(above(place + 1)));
    out.yaml += "]}}\n";
  }
  out.yaml += "steps:\n  - name: work\n    run: \"true\"\n";
  return out;
}

// How often each key ran, and how many runs have not succeeded.
std::pair<std::map<std::pair<std::int64_t, std::int64_t>, int>, int> runs_in(store::Store& store) {
  std::pair<std::map<std::pair<std::int64_t, std::int64_t>, int>, int> out;
  store::Query query{&pipeline::kRunTable, {}, false, {}, limits::kQueryPageRows};
  for (;;) {
    const auto page = store.query(query);
    if (!page) give_up(page.error().text());
    for (const auto& row : page->rows) {
      const auto& run = *static_cast<const pipeline::RunRow*>(row.get());
      ++out.first[{run.pipeline, run.window}];
      out.second += run.status != pipeline::RunState::SUCCEEDED;
    }
    if (!page->next) return out;
    query.after = page->next;
  }
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("plan", given);
  const Scratch scratch(given);
  Everything house(scratch.path() / "store");
  for (int i = 0; i < kPipelines; ++i) house.ask(deploy(i), kAccount);
  Worker worker(house.host);
  worker.start();
  api::Backfill backfill;
  backfill.pipeline = name_of_pipeline(0);
  backfill.from = "2001-01-01";
  backfill.to = "2001-12-31";
  backfill.downstream = backfill.accept = true;
  backfill.parallel = 100;
  const auto begin = Clock::now();
  const auto plan = house.ask(backfill, kAccount);
  report.figure("made and accepted", ms_since(begin), "ms");
  report.figure("keys", plan.plan.keys, "");
  api::PlanInfo now = plan.plan;
  while (now.status != "DONE" && ms_since(begin) < 120'000) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    now = house.ask(api::ListPlans{}, kAccount).plans.front();
  }
  const double took = ms_since(begin) / 1000;
  const auto commits = house.host.stats().commits;
  report.figure("commits", static_cast<double>(commits), "");
  report.figure("runs a second", now.over / took, "");
  const auto [runs, bad] = runs_in(house.store);
  int doubled = 0;
  for (const auto& [key, times] : runs) doubled += times - 1;
  report.at_most("365 dates through 50 pipelines", took, "s", 10, "what a person waits for");
  report.at_most("keys skipped", kPipelines * kDates - static_cast<double>(runs.size()), "", 0, "none");
  report.at_most("keys run twice", doubled, "", 0, "none");
  report.at_most("runs that did not succeed", bad, "", 0, "none");
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
