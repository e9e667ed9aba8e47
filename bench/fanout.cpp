// One upstream with 10,000 dependants in 100 accounts: how long until all have started, what another account feels of
// it meanwhile, and how long people wait for answers about so many pipelines.
#include "api/lineage.hpp"
#include "bench/trigger_house.hpp"
#include "json/described.hpp"

namespace weir::bench {
namespace {

constexpr int kDependants = 10'000, kAccounts = 100, kClients = 64, kRounds = 3;
const std::string kUp = account_name(200'000), kOther = account_name(200'001);

std::string name_of_dependant(int i) { return fmt::format("d{:05}", i); }

void deploy_all(Everything& house) {
  house.ask(deploy(std::string("name: up\nwindow: day\nsince: 2001-01-01\n") + kStep), kUp);
  house.ask(deploy(std::string("name: other\nwindow: day\nsince: 2001-01-01\n") + kStep), kOther);
  InParallel(house.host, kDependants, kClients, [&](int i) {
    return std::pair{api::Message::of(deploy(fmt::format("name: {}\nwindow: day\nsince: 2001-01-01\ntrigger:\n"
                                                         "  executions:\n    allOf:\n      - {{name: up, account: "
                                                         "\"{}\", status: [SUCCESS]}}\n",
                                                         name_of_dependant(i), kUp) +
                                             kStep)),
                     of(account_name(i % kAccounts))};
  });
}

template <class Request>
double answer_ms(Everything& house, const Request& request, const std::string& account) {
  Samples samples;
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    const auto reply = house.ask(request, account);
    (void)json::print_described(reply);
    samples.add(ms_since(begin));
  }
  return samples.max();
}

void questions(Report& report, Everything& house) {
  const auto ask = [&](const std::string& what, const auto& request) {
    report.at_most(what + ", slowest of 5", answer_ms(house, request, kUp), "ms", 200, "200 ms");
  };
  api::Graph graph;
  ask("graph of 10,000 pipelines", graph);
  api::Dependants dependants;
  dependants.pipeline = "up";
  ask("dependants: 10,000", dependants);
  api::Explain explain;
  explain.pipeline = "up";
  ask("explain the upstream", explain);
  explain.pipeline = name_of_dependant(1);
  explain.account = account_name(1);
  ask("explain a dependant", explain);
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("fanout", given);
  const Scratch scratch(given);
  {
    Everything house(scratch.path() / "store");
    deploy_all(house);
    int day = 0;
    const auto until = Clock::now();
    auto idle =
        starts_of(house, "other", kOther, day, [&](const Samples&) { return ms_since(until) > given.seconds * 1000; });
    report.quantiles("another account alone", idle);
    Samples beside;
    double slowest = 0;
    for (int round = 0; round < kRounds; ++round) {
      house.ask(start_of("up", day_text(round)), kUp);
      const auto item = item_of(ask_later(house, api::ClaimWork{"default", "bench", 1, 20, 30}, kUp).get());
      const auto before = house.services.started.load();
      std::atomic<bool> over = false;
      std::thread other([&] {
        const auto samples = starts_of(house, "other", kOther, day, [&](const Samples&) { return over.load(); });
        beside.add(samples);
      });
      const auto begin = Clock::now();
      house.ask(api::CompleteWork{item.id, item.lease, {"{}"}}, kUp);
      // The other account's own starts are among them; the store has the last word below.
      while (house.host.stats().owed_deliveries > 0 || house.services.started - before < kDependants) {
        if (ms_since(begin) > 60'000) give_up("the dependants do not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      slowest = std::max(slowest, ms_since(begin));
      over = true;
      other.join();
    }
    const auto runs = runs_in(house.store, [](const pipeline::RunRow& run) { return run.name.starts_with("d"); });
    report.at_most("10,000 dependants started, slowest of 3", slowest / 1000, "s", 1, "1 s");
    report.at_most("dependants not started", kRounds * kDependants - static_cast<double>(runs.size()), "", 0, "none");
    report.at_most("dependants started twice", doubled(runs), "", 0, "none");
    report.quantiles("another account meanwhile", beside);
    report.at_most("another account's p99 meanwhile", beside.p99(), "ms", 3 * idle.p99(), "3 x its idle p99");
  }
  // Started anew, nothing is in memory but what has to be.
  Everything house(scratch.path() / "store");
  questions(report, house);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
