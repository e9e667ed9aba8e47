// From the end of an upstream run of one account to the start of the run of another account that depends on it.
#include "bench/house.hpp"
#include "cli/house.hpp"

namespace weir::bench {
namespace {

const std::string kUp = "000000000001", kDown = "000000000002";

struct Services {
  explicit Services(core::Cell& cell) : all(cell.registry(), false) {}
  cli::Services all;
};
using Everything = House<Services>;

api::DeployPipeline deploy(const std::string& yaml) {
  api::DeployPipeline out;
  out.file = "pipeline.yaml";
  out.yaml = yaml;
  return out;
}

template <class Request>
std::future<api::Reply<api::Message>> ask_later(Everything& house, Request request, const std::string& account) {
  auto promise = std::make_shared<std::promise<api::Reply<api::Message>>>();
  house.host.submit(api::Message::of(std::move(request)), of(account),
                    [promise](api::Reply<api::Message> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

api::ClaimedWork item_of(const api::Reply<api::Message>& reply) {
  if (!reply) give_up(reply.error().message);
  const auto& items = reply->as<api::ClaimWorkReply>()->items;
  if (items.empty()) give_up("no step is there to claim");
  return items.front();
}

int run(int argc, char** argv) {
  const auto given = options(argc, argv);
  Report report("trigger", given);
  const Scratch scratch(given);
  auto bare = bare_commits(scratch.path(), given.seconds / 2);
  report.quantiles("bare SQLite commit of a row", bare);
  Everything house(scratch.path() / "store");
  const std::string step = "steps:\n  - name: work\n    run: \"true\"\n";
  house.ask(deploy("name: up\nwindow: day\nsince: 2001-01-01\n" + step), kUp);
  house.ask(deploy("name: down\nwindow: day\nsince: 2001-01-01\ntrigger:\n  executions:\n    allOf:\n"
                   "      - name: up\n        account: \"" +
                   kUp + "\"\n        status: [SUCCESS]\n" + step),
            kDown);
  Samples between, whole;
  auto day = std::chrono::sys_days{std::chrono::year{2002} / 1 / 1};
  for (const auto begin = Clock::now(); ms_since(begin) < given.seconds * 1000 && between.size() < 8'000;) {
    const api::ClaimWork claim{"default", "bench", 1, 20, 30};
    auto start_of_down = ask_later(house, claim, kDown);
    api::StartRun start;
    start.pipeline = "up";
    start.date = to_text(Instant{day}).substr(0, 10);
    house.ask(start, kUp);
    const auto up = item_of(ask_later(house, claim, kUp).get());
    const auto asked = Clock::now();
    house.ask(api::CompleteWork{up.id, up.lease, {"{}"}}, kUp);
    const auto ended = Clock::now();
    const auto down = item_of(start_of_down.get());
    between.add(ms_since(ended));
    whole.add(ms_since(asked));
    house.ask(api::CompleteWork{down.id, down.lease, {"{}"}}, kDown);
    day += std::chrono::days{1};
  }
  report.figure("upstream runs", static_cast<double>(between.size()), "");
  report.quantiles("last step reported to first step handed out", whole);
  report.quantiles("end committed to start committed and handed out", between);
  report.at_most("end to start p50", between.p50(), "ms", 3 * bare.p50(), "3 x a bare commit");
  report.at_most("end to start p99", between.p99(), "ms", 5 * bare.p99(), "5 x a bare commit's p99");
  return report.status();
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::run(argc, argv); }
