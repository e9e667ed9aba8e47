#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t kKeysListed = 60;  // more are shown by pipeline alone

std::string windows_text(const std::vector<std::string>& windows) {
  if (windows.size() <= 3) {
    std::string out;
    for (const auto& w : windows) out += (out.empty() ? "" : ", ") + w;
    return out;
  }
  return fmt::format("{} windows, {} to {}", windows.size(), windows.front(), windows.back());
}

std::string span_of(const api::PlanPipelineInfo& part) {
  if (part.keys == 0) return "none";
  if (part.keys == 1) return part.first;
  return fmt::format("{} to {}", part.first, part.last);
}

}  // namespace

std::string plan_line(const api::PlanInfo& plan) {
  std::string out = plan.plan == 0 ? "would plan" : fmt::format("plan {}", plan.plan);
  out += fmt::format(": {} of {} {}", plan.kind, plan.pipeline, plan.from);
  if (plan.to != plan.from) out += " to " + plan.to;
  out += fmt::format(", {} {}{}", plan.keys, plan.keys == 1 ? "key" : "keys",
                     plan.quiet ? ", quiet: its runs start nothing and make nothing out of date" : "");
  return out;
}

std::string render_plan(const api::PlanReply& reply, const Look& look, bool every_key) {
  const auto& plan = reply.plan;
  std::string out = plan_line(plan) + "\n";
  if (plan.plan != 0) {
    out += fmt::format("{}, {} of {} over, {} started, at most {} at once", plan.status, plan.over, plan.keys,
                       plan.started, plan.parallel);
    if (plan.failed > 0) out += paint(look.color, Color::red, fmt::format(", {} failed", plan.failed));
    out += fmt::format("; by {}{}\n", plan.who, plan.reason.empty() ? "" : ": " + plan.reason);
  }
  Table parts({"PIPELINE", "OWNER", "WINDOWS", "KEYS", "OVER", "FAILED", "LEFT ALONE"});
  for (const auto& part : reply.pipelines)
    parts.row({part.account.value + "/" + part.pipeline, part.owner, span_of(part), std::to_string(part.keys),
               plan.plan == 0 ? "" : std::to_string(part.over), part.failed ? std::to_string(part.failed) : "",
               windows_text(part.left_alone)});
  out += parts.text(look.width, look.color);
  if (every_key || (!reply.next && reply.keys.size() <= kKeysListed)) {
    Table keys({"KEY", "LAST", "STATE", "RUN", "WHY"});
    for (const auto& key : reply.keys)
      keys.row({key.account.value + "/" + key.pipeline + " " + key.window,
                key.last.empty() ? "never ran" : key.last,
                {key.state, status_color(key.state)},
                key.run ? std::to_string(*key.run) : "",
                key.why});
    if (!keys.empty()) out += keys.text(look.width, look.color);
  } else {
    out += "weir plan show " + (plan.plan ? std::to_string(plan.plan) : std::string("N")) + " --keys lists every key\n";
  }
  for (const auto& name : reply.left_out) out += "not run: " + name + "\n";
  if (!reply.held.empty()) {
    Table held({"WOULD HAVE STARTED", "LAST"});
    for (const auto& key : reply.held)
      held.row({key.account.value + "/" + key.pipeline + " " + key.window, key.last.empty() ? "never ran" : key.last});
    out += held.text(look.width, look.color);
  }
  return out;
}

std::string render_plans(const api::ListPlansReply& reply, const Look& look) {
  if (reply.plans.empty()) return "no plans; weir rerun and weir backfill make them\n";
  Table table({"PLAN", "STATUS", "KIND", "PIPELINE", "FROM", "TO", "KEYS", "OVER", "FAILED", "WHO", "REASON"});
  for (const auto& plan : reply.plans)
    table.row({std::to_string(plan.plan), plan.status, plan.kind, plan.pipeline, plan.from, plan.to,
               std::to_string(plan.keys), std::to_string(plan.over), plan.failed ? std::to_string(plan.failed) : "",
               plan.who, plan.reason});
  return table.text(look.width, look.color);
}

}  // namespace weir::cli
