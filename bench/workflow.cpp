// Chains of 40 states: Pass states inside one commit, Task states that a worker claims and completes with every edge
// durable.
#include <memory>
#include <set>

#include "bench/counter_house.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::bench {
namespace {

constexpr int kStates = 40;
const std::string kAccount = "000000000001";

struct Services {
  explicit Services(core::Cell& cell) : work(cell.registry()), workflow(cell.registry()) {}
  work::WorkService work;
  workflow::WorkflowService workflow;
};
using WorkflowHouse = House<Services>;

std::string chain(std::string_view state) {
  std::string out = R"({"StartAt":"S0","States":{)";
  for (int i = 0; i < kStates; ++i)
    out += fmt::format(R"({}"S{}":{{{},{}}})", i ? "," : "", i, state,
                       i + 1 < kStates ? fmt::format(R"("Next":"S{}")", i + 1) : R"("End":true)");
  return out + "}}";
}

api::StartExecution start_of(const std::string& machine) {
  api::StartExecution out;
  out.machine = machine;
  return out;
}

// A worker that claims what there is and completes it at once; each answer brings the next request.
class Worker {
 public:
  Worker(host::Host& host, int slots) : host_(host), slots_(slots) {}
  void start() { claim(); }
  // Blocks until so many completions were acknowledged.
  void await(std::int64_t steps) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_ >= steps; });
  }

 private:
  void claim() {
    host_.submit(api::Message::of(api::ClaimWork{"default", "bench", slots_, 20, 30}), of(kAccount),
                 [this](api::Reply<api::Message> reply) {
                   if (!reply) return;  // the host stops
                   const auto& items = reply->as<api::ClaimWorkReply>()->items;
                   if (items.empty()) return claim();
                   for (const auto& item : items) complete(item);
                   claim();
                 });
  }
  void complete(const api::ClaimedWork& item) {
    host_.submit(api::Message::of(api::CompleteWork{item.id, item.lease, {"{}"}}), of(kAccount),
                 [this](api::Reply<api::Message> reply) {
                   if (!reply) give_up(reply.error().message);
                   std::lock_guard lock(mutex_);
                   ++done_;
                   changed_.notify_all();
                 });
  }
  host::Host& host_;
  int slots_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t done_ = 0;
};

void passes(Report& report, const std::filesystem::path& folder, double seconds) {
  WorkflowHouse house(folder);
  house.ask(api::PutMachine{"pass", {chain(R"("Type":"Pass")")}}, kAccount);
  const auto before = house.host.stats().commits;
  constexpr int kRuns = 20;
  for (int i = 0; i < kRuns; ++i) house.ask(start_of("pass"), kAccount);
  report.figure("40 Pass states: commits a run", static_cast<double>(house.host.stats().commits - before) / kRuns, "");
  Clients clients(house.host, [](int) { return std::pair{api::Message::of(start_of("pass")), of(kAccount)}; });
  const auto begin = Clock::now();
  clients.start(64);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  clients.stop();
  report.at_least("40 Pass states, 64 executions at once",
                  static_cast<double>(clients.done()) * kStates / ms_since(begin) * 1000, "tr/s", 30'000,
                  "30,000 transitions/s");
}

void tasks(Report& report, const std::filesystem::path& folder, double seconds, double bare_ms) {
  WorkflowHouse house(folder);
  const auto resource = R"("Type":"Task","Resource":"arn:weir:work:::queue/default")";
  house.ask(api::PutMachine{"task", {chain(resource)}}, kAccount);
  auto worker = std::make_shared<Worker>(house.host, 100);
  worker->start();
  Samples samples;
  std::int64_t steps = 0;
  std::uint64_t commits = house.host.stats().commits;
  for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000;) {
    const auto one = Clock::now();
    house.ask(start_of("task"), kAccount);
    worker->await(steps += kStates);
    samples.add(ms_since(one));
  }
  commits = house.host.stats().commits - commits;
  report.figure("40 Task steps: commits a step", static_cast<double>(commits) / static_cast<double>(steps), "");
  report.at_most("40 Task steps, one chain p50", samples.p50(), "ms", kStates * 5 * bare_ms, "40 x 5 bare commits");

  const auto begin = Clock::now();
  std::int64_t many = 0;
  while (ms_since(begin) < seconds * 1000) {
    for (int i = 0; i < 64; ++i)
      house.host.submit(api::Message::of(start_of("task")), of(kAccount), [](api::Reply<api::Message> reply) {
        if (!reply) give_up(reply.error().message);
      });
    worker->await(steps += 64 * kStates);
    many += 64 * kStates;
  }
  report.at_least("40 Task steps, 64 chains at once", static_cast<double>(many) / ms_since(begin) * 1000, "step/s",
                  10'000, "10,000 steps/s");
  house.host.stop();  // the worker's last poll ends
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("workflow", given);
  const Scratch scratch(given);
  auto bare = bare_commits(scratch.path(), given.seconds / 2);
  report.quantiles("bare SQLite commit of a row", bare);
  passes(report, scratch.path() / "pass", given.seconds);
  tasks(report, scratch.path() / "task", given.seconds, bare.p50());
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
