// Triggers while the house grows to 10,000 pipelines (--full: 100,000) in up to 1,000 accounts: how fast they deploy;
// from the end of an upstream's run to the start of its downstream's in another account; how the server starts with
// them and what it costs at rest; and all their schedules due in one minute.
//
// Every second pipeline has a condition on the one before it, which belongs to another account. All are scheduled for
// the same minute of a day, which lies six hours ahead.
#include <time.h>

#include <fstream>

#include "bench/served.hpp"
#include "bench/trigger_house.hpp"

namespace weir::bench {
namespace {

using std::chrono::hours;

constexpr int kAccounts = 1'000;
constexpr int kClients = 64;

Instant wall_clock() { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }

// The minute at which all are due.
Instant due_minute(Instant now) { return std::chrono::floor<hours>(now) + hours{6}; }

std::string pipeline_name(int i) { return fmt::format("p{:06}", i); }
std::string account_of_pipeline(int i) { return account_name(i % kAccounts); }

std::string yaml_of(int i, Instant due) {
  const auto of_day = std::chrono::duration_cast<hours>(due - std::chrono::floor<std::chrono::days>(due)).count();
  std::string out = fmt::format("name: {}\nwindow: day\nsince: 2001-01-01\nowner: team-{}\ntrigger:\n",
                                pipeline_name(i), i % kAccounts);
  out += fmt::format("  schedule: {{hour: {}}}\n", of_day);
  if (i % 2 == 1)
    out += fmt::format(
        "  operator: OR\n  executions:\n    allOf:\n      - {{name: {}, account: \"{}\", status: [SUCCESS]}}\n",
        pipeline_name(i - 1), account_of_pipeline(i - 1));
  return out + kStep;
}

class Growing {
 public:
  Growing(Report& report, const std::filesystem::path& folder, Instant due)
      : report_(report), due_(due), house_(folder) {}

  // Upstreams first, so that every client finds what it names.
  void grow_to(int count) {
    const int begin = pipelines_, more = count - begin;
    const auto since = Clock::now();
    for (const int half : {0, 1})
      InParallel(house_.host, more / 2, kClients, [&](int i) {
        const int p = begin + 2 * i + half;
        return std::pair{api::Message::of(deploy(yaml_of(p, due_))), of(account_of_pipeline(p))};
      });
    pipelines_ = count;
    if (more >= 5'000)
      report_.at_least(fmt::format("deploys a second, up to {} pipelines", count), more / ms_since(since) * 1000, "",
                       1000, "1,000 a second");
  }

  // A start stands in the commit of the end that caused it, so `between` is only the time between two answers; `whole`
  // has all the work in it. Pairs in turn, all over the house: from the upstream's last step reported (`whole`), and
  // from that report's answer, which comes when the end is durable (`between`), to the downstream's first step in a
  // worker's hand.
  struct Latency {
    Samples whole, between;
  };
  Latency ends_to_starts(double seconds) {
    Latency out;
    const int pairs = pipelines_ / 2;
    for (const auto begin = Clock::now(); ms_since(begin) < seconds * 1000; ++turn_) {
      const int pair = static_cast<int>(static_cast<std::int64_t>(turn_) * 7'919 % pairs);
      const auto up_account = account_of_pipeline(2 * pair), down_account = account_of_pipeline(2 * pair + 1);
      const api::ClaimWork claim{"default", "bench", 1, 20, 30};
      auto start_of_down = ask_later(house_, claim, down_account);
      house_.ask(start_of(pipeline_name(2 * pair), day_text(turn_ / pairs)), up_account);
      const auto up = item_of(ask_later(house_, claim, up_account).get());
      const auto asked = Clock::now();
      house_.ask(api::CompleteWork{up.id, up.lease, {"{}"}}, up_account);
      const auto ended = Clock::now();
      const auto down = item_of(start_of_down.get());
      out.between.add(ms_since(ended));
      out.whole.add(ms_since(asked));
      house_.ask(api::CompleteWork{down.id, down.lease, {"{}"}}, down_account);
    }
    return out;
  }

 private:
  Report& report_;
  Instant due_;
  Everything house_;
  int pipelines_ = 0;
  int turn_ = 0;
};

double resident_mib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

// CPU time that the process has used, all threads; in ms.
double cpu_ms(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) give_up("no CPU clock");
  return static_cast<double>(used.tv_sec) * 1000 + static_cast<double>(used.tv_nsec) / 1e6;
}

// Every schedule comes due at once, in a house that was just started.
void storm(Report& report, const std::filesystem::path& folder, Instant due, int pipelines) {
  std::atomic<std::int64_t> ahead_ms = 0;
  host::HostOptions options;
  options.clock = [&] { return wall_clock() + Millis{ahead_ms}; };
  Everything house(folder, std::move(options));
  // A second before the minute; whoever waits for a time is woken by the next request.
  ahead_ms = (due - wall_clock()).count() - 1'000;
  house.ask(api::ListPlans{}, account_name(0));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  while (wall_clock() + Millis{ahead_ms} < due) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto begin = Clock::now();
  const auto before = house.services.started.load();
  while (house.services.started - before < pipelines && ms_since(begin) < 120'000)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // What was decided is durable when a later write is.
  house.ask(start_of(pipeline_name(0), "2001-06-01"), account_of_pipeline(0));
  const double took = ms_since(begin) / 1000;
  const auto runs =
      runs_in(house.store, [](const pipeline::RunRow& run) { return run.cause == pipeline::RunCause::schedule; });
  report.at_most(fmt::format("{} schedules of one minute started", pipelines), took, "s", 10.0 * pipelines / 100'000,
                 "10 s for 100,000");
  report.at_most("schedules not started", pipelines - static_cast<double>(runs.size()), "", 0, "none");
  report.at_most("schedules started twice", doubled(runs), "", 0, "none");
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("trigger", given);
  const auto program = given.build / "weir";
  if (!std::filesystem::exists(program)) give_up("weir is not beside this program; build it first");
  const Scratch scratch(given);
  const auto folder = scratch.path() / "data";
  const auto due = due_minute(wall_clock());
  const int most = given.full ? 100'000 : 10'000;
  {
    std::filesystem::create_directories(folder);
    Growing house(report, folder / "store", due);
    double first = 0;
    for (const int count : {100, 10'000, 100'000}) {
      if (count > most) break;
      house.grow_to(count);
      auto bare = bare_commits(scratch.path(), given.seconds / 3);
      auto samples = house.ends_to_starts(given.seconds);
      const auto where = fmt::format("{} pipelines: ", count);
      report.quantiles(where + "bare commit", bare);
      auto &whole = samples.whole, &between = samples.between;
      report.quantiles(where + "last step reported to first step handed out", whole);
      report.at_most(where + "end committed to start handed out p50", between.p50(), "ms", 3 * bare.p50(),
                     "3 x a bare commit");
      report.at_most(where + "end committed to start handed out p99", between.p99(), "ms", 5 * bare.p99(),
                     "5 x a bare commit's p99");
      if (first == 0)
        first = whole.p50();
      else
        report.at_most(where + "reported to handed out, p50 beside that of 100", whole.p50() / first, "x", 1.5,
                       "1.5 times");
    }
  }
  const auto server = bench::start(program, folder);
  report.at_most(fmt::format("server ready with {} pipelines", most), server.ready_ms / 1000, "s", 2, "2 s");
  std::this_thread::sleep_for(std::chrono::seconds(1));  // the start is over
  const double before = cpu_ms(server.pid);
  const auto begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(given.seconds));
  report.at_most("idle: CPU", (cpu_ms(server.pid) - before) / ms_since(begin) * 100, "%", 0.5, "0.5 % of a core");
  report.at_most("idle: resident memory", resident_mib(server.pid), "MiB", 600, "600 MiB");
  bench::stop(server);

  storm(report, folder / "store", due, most);
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
