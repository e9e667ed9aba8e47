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

int wait_for_windows(Context& context, const PipelineRef& pipeline, const std::vector<std::string>& windows,
                     std::int64_t newest_before) {
  std::set<std::string> open(windows.begin(), windows.end());
  int failed = 0;
  const int total = static_cast<int>(open.size());
  const bool bar = context.console.out_is_terminal && !context.json;
  while (!open.empty()) {
    api::ListRuns request;
    request.pipeline = pipeline.name;
    request.account = pipeline.account;
    request.limit = 1000;
    // Newest first: the first run of a window is its last; older than the backfill is no answer.
    std::set<std::string> seen;
    for (bool more = true; more;) {
      const auto reply = context.ask(request);
      if (!reply) return context.fail(reply.error());
      for (const auto& run : reply->runs) {
        if (run.run <= newest_before || !open.contains(run.window) || !seen.insert(run.window).second) continue;
        if (!is_over(run.status)) continue;
        open.erase(run.window);
        if (run.status != "SUCCEEDED") ++failed;
        if (!context.json && (!bar || run.status != "SUCCEEDED"))
          context.console.out << (bar ? "\r\033[K" : "") << run_line(run, context.look()) << std::endl;
      }
      more = reply->next.has_value() && *reply->next > newest_before;
      request.before = reply->next;
    }
    if (bar)
      context.console.out << "\r\033[K"
                          << progress_bar(total - static_cast<int>(open.size()), total, failed, context.console.width)
                          << std::flush;
    if (!open.empty()) std::this_thread::sleep_for(kLookEvery);
  }
  if (bar) context.console.out << "\n";
  if (!context.json)
    context.console.out << fmt::format("{} {} of {} windows succeeded\n", failed ? "✗" : "✓", total - failed, total);
  return failed ? kFailed : kOk;
}

}  // namespace weir::cli
