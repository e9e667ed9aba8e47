// While account A floods with 64 clients, account B waits at most three times as long as alone.
#include "bench/counter_house.hpp"

namespace weir::bench {
namespace {

Samples ask_for(CounterHouse& house, const std::string& account, double seconds) {
  Samples out;
  for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000;) {
    const auto one = Clock::now();
    house.ask(api::AddToCounter{1}, account);
    out.add(ms_since(one));
  }
  return out;
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
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
