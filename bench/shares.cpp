// One team's mistake: account A starts 10,000 runs at once; then the 10,000 runs of its pool that wait for a slot are
// let go, so that A is owed all these starts. Meanwhile account B starts one run after the other: from the request to
// the first step handed to its worker.
#include "api/pool.hpp"
#include "bench/house.hpp"
#include "cli/house.hpp"

namespace weir::bench {
namespace {

const std::string kFlood = "000000000001", kOther = "000000000002";
constexpr int kRuns = 10'000;

struct Services {
  explicit Services(core::Cell& cell) : all(cell.registry(), false) {}
  cli::Services all;
};
using Everything = House<Services>;

api::DeployPipeline deploy(const std::string& name, const std::string& more = "") {
  api::DeployPipeline out;
  out.file = "pipeline.yaml";
  out.yaml =
      "name: " + name + "\nwindow: hour\nsince: 2001-01-01\n" + more + "steps:\n  - name: work\n    run: \"true\"\n";
  return out;
}

api::StartRun start(const std::string& name, int hour) {
  api::StartRun out;
  out.pipeline = name;
  out.date = to_text(*instant_from_text("2002-01-01T00:00:00Z") + std::chrono::hours{hour});
  return out;
}

// Starts them all, asking again where the server says that the account's queue is full.
class Flood {
 public:
  Flood(host::Host& host, std::string pipeline) : host_(host), pipeline_(std::move(pipeline)) {}
  void start() {
    thread_ = std::thread([this] {
      for (int i = 0; i < kRuns && !stop_; ++i) one(i);
    });
  }
  ~Flood() {
    stop_ = true;
    thread_.join();
    while (open_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  int done() const { return done_; }

 private:
  void one(int i) {
    // The bound of an account's queue is what holds it back, as it would hold back a script.
    while (open_ >= limits::kAccountQueue - 1) std::this_thread::yield();
    ++open_;
    host_.submit(api::Message::of(bench::start(pipeline_, i)), of(kFlood), [this](api::Reply<api::Message> reply) {
      if (reply) ++done_;
      --open_;
    });
  }
  host::Host& host_;
  std::string pipeline_;
  std::thread thread_;
  std::atomic<int> open_ = 0, done_ = 0;
  std::atomic<bool> stop_ = false;
};

Samples starts(Everything& house, int first, const std::function<bool(const Samples&)>& enough) {
  Samples out;
  for (int hour = first; !enough(out); ++hour) {
    const auto begin = Clock::now();
    house.ask(start("other", hour), kOther);
    const auto claimed = house.ask(api::ClaimWork{"default", "bench", 1, 20, 30}, kOther).items;
    if (claimed.empty()) give_up("no step is there to claim");
    out.add(ms_since(begin));
    house.ask(api::CompleteWork{claimed.front().id, claimed.front().lease, {"{}"}}, kOther);
  }
  return out;
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("shares", given);
  const Scratch scratch(given);
  Everything house(scratch.path() / "store");
  house.ask(deploy("flood"), kFlood);
  house.ask(deploy("other"), kOther);
  auto alone = starts(house, 0, [](const Samples& s) { return s.size() >= 50; });
  report.quantiles("B alone", alone);
  Flood flood(house.host, "flood");
  auto begin = Clock::now();
  flood.start();
  const auto over = [&] { return ms_since(begin) > 60'000; };
  auto beside = starts(house, 1'000, [&](const Samples&) { return flood.done() >= kRuns || over(); });
  report.figure("A's runs started meanwhile", flood.done(), "");
  report.figure("A's starts a second", flood.done() / ms_since(begin) * 1000, "");
  report.figure("B's runs meanwhile", static_cast<double>(beside.size()), "");
  report.quantiles("B while A starts 10,000 runs", beside);
  report.at_most("B's longest start", beside.max(), "ms", 1000, "rule: not delayed by more than a second");

  house.ask(api::SetPool{"lake", {}, 0, ""}, kFlood);
  house.ask(deploy("held", "concurrency: {pool: lake}\n"), kFlood);
  Flood waiting(house.host, "held");
  waiting.start();
  while (waiting.done() < kRuns) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  begin = Clock::now();
  house.ask(api::SetPool{"lake", {}, kRuns, ""}, kFlood);
  const auto let_go = [&] { return house.ask(api::DescribePool{"lake", {}}, kFlood).waiting == 0; };
  auto owed = starts(house, 20'000, [&](const Samples& s) { return (s.size() % 20 == 0 && let_go()) || over(); });
  report.figure("A's owed starts a second", kRuns / ms_since(begin) * 1000, "");
  report.quantiles("B while A is owed 10,000 starts", owed);
  report.at_most("B's longest start beside owed ones", owed.max(), "ms", 1000,
                 "rule: not delayed by more than a second");
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
