#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {
namespace {

void title(std::string& out, const char* words, std::size_t count, const Look& look, Color color) {
  if (!out.empty()) out += "\n";
  out += paint(look.color, color, fmt::format("{} ({})", words, count)) + "\n";
}

void runs(std::string& out, const char* words, const std::vector<api::RunInfo>& list, const Look& look, Color color) {
  if (list.empty()) return;
  title(out, words, list.size(), look, color);
  Table table({"OWNER", "RUN", "ACCOUNT", "PIPELINE", "WINDOW", "STATUS", "SINCE", "WHY"});
  for (const auto& run : list) {
    const auto since = run.ended ? run.ended : run.started ? run.started : std::optional(run.created);
    table.row({run.owner,
               std::to_string(run.run),
               run.account.str(),
               run.pipeline,
               run.window,
               {status_text(run.status), status_color(run.status)},
               when_text(*since),
               !run.waits.empty()  ? "waits for " + run.waits
               : run.error.empty() ? run.why
                                   : run.error + ": " + run.cause_text.substr(0, run.cause_text.find('\n'))});
  }
  out += table.text(look.width, look.color);
}

void items(std::string& out, const char* words, const std::vector<api::StatusItem>& list, const Look& look,
           Color color) {
  if (list.empty()) return;
  title(out, words, list.size(), look, color);
  Table table({"OWNER", "ACCOUNT", "PIPELINE", "WINDOW", "SINCE", "STATE", "NEXT"});
  for (const auto& item : list)
    table.row({item.owner, item.account.str(), item.pipeline.empty() ? "all" : item.pipeline, item.window,
               when_text(item.since), item.state, item.next_command});
  out += table.text(look.width, look.color);
}

}  // namespace

std::string render_status(const api::StatusReply& reply, const Look& look) {
  std::string out;
  runs(out, "FAILED", reply.failed, look, Color::red);
  items(out, "LATE", reply.late, look, Color::red);
  items(out, "BLOCKED", reply.blocked, look, Color::yellow);
  items(out, "MISSED", reply.missed, look, Color::yellow);
  items(out, "WAITING FOR APPROVAL", reply.approvals, look, Color::yellow);
  runs(out, "OUT OF DATE", reply.out_of_date, look, Color::yellow);
  if (!reply.waiting.empty()) {
    title(out, "WAITING", reply.waiting.size(), look, Color::none);
    Table table({"ACCOUNT", "PIPELINE", "WINDOW", "FOR"});
    for (const auto& key : reply.waiting) table.row({key.account.str(), key.pipeline, key.window, key.state});
    out += table.text(look.width, look.color);
  }
  runs(out, "QUEUED", reply.queued, look, Color::yellow);
  runs(out, "RUNNING", reply.running, look, Color::blue);
  items(out, "PAUSED", reply.paused, look, Color::yellow);
  if (out.empty()) out = paint(look.color, Color::green, "✓") + " nothing failed, nothing runs, nothing waits\n";
  return out;
}

std::string render_why(const api::WhyReply& reply, const Look& look) {
  std::string out;
  for (const auto& link : reply.links) {
    const std::string lead(static_cast<std::size_t>(link.depth) * 3, ' ');
    out += lead + (link.depth > 0 ? "└─ " : "") + link.run.account.str() + "/" + run_line(link.run, look);
    out += fmt::format("  {}{}\n", link.run.why, link.elsewhere ? "; see above" : link.first ? "; a first cause" : "");
  }
  if (reply.cut) out += "there is more; weir why RUN of one of these runs goes on\n";
  if (reply.first_causes.size() == 1)
    out += fmt::format("first cause: run {}\nweir show {}\n", reply.first_causes.front(), reply.first_causes.front());
  else if (!reply.first_causes.empty())
    out += fmt::format("{} first causes\nweir show {}\n", reply.first_causes.size(), reply.first_causes.back());
  return out;
}

std::string render_dependants(const api::DependantsReply& reply, const Look& look) {
  if (reply.dependants.empty()) return fmt::format("nothing depends on {}/{}\n", reply.account.str(), reply.pipeline);
  Table table({"DEPTH", "ACCOUNT", "PIPELINE", "OWNER", "WINDOW", "STATE", "VIA", "CLAUSE"});
  for (const auto& d : reply.dependants) {
    const std::string state = d.blocked ? "blocked" : d.paused ? "paused" : d.status.empty() ? "no run" : d.status;
    table.row({std::to_string(d.depth),
               d.account_alias.empty() ? d.account.str() : d.account_alias,
               d.pipeline,
               d.owner,
               d.window,
               {d.status.empty() ? state : status_text(state), status_color(state)},
               d.via,
               d.clause});
  }
  return table.text(look.width, look.color);
}

}  // namespace weir::cli
