#include "cli/follow.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <ostream>
#include <set>
#include <thread>

namespace weir::cli {
namespace {

constexpr Millis kLookEvery{250};  // often enough for a person, seldom enough for the server

}  // namespace

bool is_over(std::string_view status) {
  return status == "SUCCEEDED" || status == "FAILED" || status == "TIMED_OUT" || status == "ABORTED";
}

int follow_run(Context& context, std::int64_t run) {
  std::map<std::pair<std::string, std::int64_t>, std::string> told;  // step and item to the status that was printed
  for (;;) {
    const auto reply = context.ask(api::DescribeRun{run});
    if (!reply) return context.fail(reply.error());
    const Look look = context.look();
    for (const auto& step : reply->steps) {
      auto& status = told[{step.step, step.attempt * 1'000'000'000LL + step.item}];
      if (status == step.status) continue;
      status = step.status;
      if (context.json) continue;
      std::string line = paint(look.color, status_color(status), status_text(status)) + "  " + step.step;
      if (step.attempt > 1) line += fmt::format(" (attempt {})", step.attempt);
      if (step.started && step.ended) line += "  " + span_text(*step.ended - *step.started);
      context.console.out << "  " << line << std::endl;
    }
    if (is_over(reply->run.status)) {
      context.print(type_of<api::DescribeRunReply>(), &*reply, [&] {
        std::string out = run_line(reply->run, look) + "\n";
        if (reply->run.status != "SUCCEEDED")
          out += fmt::format("{}: {}\nweir logs {}\n", reply->run.error, reply->run.cause_text, run);
        return out;
      });
      return reply->run.status == "SUCCEEDED" ? kOk : kFailed;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

int print_logs(Context& context, std::int64_t run, const std::string& step, bool follow) {
  std::set<std::int64_t> printed;
  bool any = false;
  for (;;) {
    const auto reply = context.ask(api::DescribeRun{run});
    if (!reply) return context.fail(reply.error());
    const auto account = context.account_id();
    if (!account) return context.fail(account.error());
    for (const auto& attempt : reply->steps) {
      if (!step.empty() && attempt.step != step) continue;
      any = true;
      if (attempt.item == 0 || attempt.status == "QUEUED" || !printed.insert(attempt.item).second) continue;
      if (step.empty() || attempt.attempt > 1)
        context.console.out << paint(context.look().color, Color::dim,
                                     fmt::format("── {} (attempt {})", attempt.step, attempt.attempt))
                            << std::endl;
      const bool live = follow && attempt.status == "RUNNING";
      const auto streamed = context.client(*account).stream(
          fmt::format("/v1/logs/{}{}", attempt.item, live ? "?follow=true" : ""), [&](std::string_view bytes) {
            context.console.out << bytes << std::flush;
            return true;
          });
      if (!streamed && streamed.error().code != api::ErrorCode::NotFound) return context.fail(streamed.error());
    }
    if (!follow || is_over(reply->run.status)) {
      if (!any && !step.empty())
        return context.fail(
            Problem{fmt::format("run {} has no step '{}'", run, step), "", fmt::format("see weir show {}", run)},
            kNotFound);
      return kOk;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

}  // namespace weir::cli
