// While account A floods with 64 clients, account B waits at most three times as long as alone; while A's executions
// loop for ever, at most twice.
#include "bench/counter_house.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::bench {
namespace {

struct LoopServices {
  explicit LoopServices(core::Cell& cell) : work(cell.registry()), workflow(cell.registry()) {
    counter.install(cell.registry());
  }
  counter::CounterService counter;
  work::WorkService work;
  workflow::WorkflowService workflow;
};

constexpr std::string_view kLoop = R"({"StartAt":"Is","States":{
  "Is":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":1,"Next":"Out"}],"Default":"Is"},
  "Out":{"Type":"Succeed"}}})";

template <class AnyHouse>
Samples ask_for(AnyHouse& house, const std::string& account, double seconds) {
  Samples out;
  for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000;) {
    const auto one = Clock::now();
    house.ask(api::AddToCounter{1}, account);
    out.add(ms_since(one));
  }
  return out;
}

// The bound of an execution's history ends a loop, so there are as many as keep the engine busy all the time.
void loops(Report& report, const std::filesystem::path& folder, double seconds) {
  constexpr int kExecutionsPerSecond = 50;
  House<LoopServices> house(folder);
  house.ask(api::PutMachine{"loop", {std::string(kLoop)}}, account(1));
  ask_for(house, account(2), 0.5);
  auto alone = ask_for(house, account(2), seconds);
  api::StartExecution start;
  start.machine = "loop";
  start.input.text = R"({"n":1})";
  const auto executions = static_cast<int>(seconds * kExecutionsPerSecond);
  for (int i = 0; i < executions; ++i) house.ask(start, account(1));
  const auto begun = house.host.stats().cell.ticks;
  const auto begin = Clock::now();
  auto beside = ask_for(house, account(2), seconds);
  report.figure("pieces of A's endless loops",
                static_cast<double>(house.host.stats().cell.ticks - begun) / ms_since(begin) * 1000, "1/s");
  report.quantiles("B beside A's endless loops", beside);
  report.at_most("B beside endless loops p99", beside.p99(), "ms", 2 * alone.p99(), "2 x alone");
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("fairness", given);
  const Scratch scratch(given);
  CounterHouse house(scratch.path() / "store");
  ask_for(house, account(2), 0.5);
  auto alone = ask_for(house, account(2), given.seconds);
  report.quantiles("B alone", alone);

  Clients flood(house.host, [](int) { return std::pair{api::Message::of(api::AddToCounter{1}), of(account(1))}; });
  flood.start(64);
  const auto begin = Clock::now();
  auto beside = ask_for(house, account(2), given.seconds);
  const auto rate = static_cast<double>(flood.done()) / ms_since(begin) * 1000;
  flood.stop();
  report.figure("A, 64 clients", rate, "op/s");
  report.quantiles("B beside the flood of A", beside);
  report.at_most("B beside the flood p99", beside.p99(), "ms", 3 * alone.p99(), "3 x alone");
  loops(report, scratch.path() / "loops", given.seconds);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
