#include <fmt/format.h>

#include <algorithm>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {

std::string account_name(const AccountId& account, const std::string& alias) {
  return alias.empty() ? account.str() : alias;
}

std::string span_text(Millis span) {
  const auto ms = span.count();
  if (ms < 1'000) return fmt::format("{}ms", ms);
  if (ms < 60'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  const auto s = ms / 1000;
  if (s < 3'600) return fmt::format("{}m {:02}s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{}h {:02}m", s / 3600, s % 3600 / 60);
  return fmt::format("{}d {:02}h", s / 86'400, s % 86'400 / 3600);
}

std::string when_text(Instant at) {
  std::string text = to_text(at).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string render_pipelines(const api::ListPipelinesReply& reply, const Look& look) {
  if (reply.pipelines.empty()) return "no pipelines; make one with: weir create-project -n NAME\n";
  Table table({"ACCOUNT", "PIPELINE", "GRAIN", "LAST RUN", "WINDOW", "ACTIVE", "NEXT (UTC)", "OWNER", "TRIGGER"});
  for (const auto& p : reply.pipelines)
    table.row({account_name(p.account, p.account_alias), p.display_name.empty() ? p.pipeline : p.display_name, p.grain,
               p.last_run ? Table::Cell(status_text(p.last_run->status), status_color(p.last_run->status)) : "",
               p.last_run ? p.last_run->window : "", p.active_runs ? std::to_string(p.active_runs) : "",
               p.next ? when_text(*p.next) : "", p.owner, p.sentence});
  return table.text(look.width, look.color);
}

std::string render_next(const api::NextTimesReply& reply, const Look& look) {
  if (reply.schedule.empty()) return fmt::format("{} has no schedule. {}\n", reply.pipeline, reply.sentence);
  std::string out = fmt::format("{}: {} ({})\n", reply.pipeline, reply.schedule, reply.timezone);
  if (reply.times.empty()) return out + "no time in the future\n";
  Table table({"LOCAL", "UTC", "KEY", "STARTS (UTC)"});
  for (const auto& t : reply.times)
    table.row({t.local, when_text(t.at), t.key, t.starts ? to_text(*t.starts).substr(0, 19).replace(10, 1, " ") : ""});
  return out + table.text(look.width, look.color);
}

std::string render_accounts(const api::ListAccountsReply& reply, const Look& look) {
  if (reply.accounts.empty()) return "no accounts; make one with: weir setup-user-account 111111111111 --alias NAME\n";
  Table table({"ACCOUNT", "ALIAS", "OWNER", "TIME ZONE", "CREATED"});
  for (const auto& a : reply.accounts)
    table.row({a.id.str(), a.alias, a.owner, a.timezone.empty() ? "UTC" : a.timezone, when_text(a.created)});
  return table.text(look.width, look.color);
}

std::string render_audit(const api::ListAuditReply& reply, const Look& look) {
  if (reply.entries.empty()) return "nothing was done yet\n";
  Table table({"WHEN (UTC)", "WHO", "DID", "WHAT", "REASON"});
  for (const auto& e : reply.entries) table.row({when_text(e.at), e.who, e.action, e.what, e.reason});
  std::string out = table.text(look.width, look.color);
  if (reply.next) out += fmt::format("older ones: --before {}\n", *reply.next);
  return out;
}

std::string progress_bar(int done, int total, int failed, int columns) {
  const std::string count =
      fmt::format(" {}/{}{}", done, total, failed ? fmt::format("  {} failed", failed) : std::string());
  const int room = std::clamp(columns - columns_of(count) - 2, 5, 40);
  const int full = total > 0 ? room * done / total : room;
  std::string out = "[";
  for (int i = 0; i < room; ++i) out += i < full ? "#" : "·";
  return out + "]" + count;
}

}  // namespace weir::cli
