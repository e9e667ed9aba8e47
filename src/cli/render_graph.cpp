#include <fmt/format.h>

#include <map>
#include <set>

#include "cli/render.hpp"

namespace weir::cli {
namespace {

std::string key_of(const api::PipelineInfo& p) { return p.account.str() + "/" + p.pipeline; }

std::string node_text(const api::PipelineInfo& p, const Look& look) {
  std::string out = paint(look.color, Color::bold, p.display_name.empty() ? p.pipeline : p.display_name);
  if (!p.grain.empty()) out += " [" + p.grain + "]";
  if (p.last_run)
    out += "  " + paint(look.color, status_color(p.last_run->status), status_text(p.last_run->status)) + " " +
           p.last_run->window;
  else
    out += "  · no run";
  if (p.active_runs > 0) out += fmt::format("  ({} active)", p.active_runs);
  return out;
}

}  // namespace

// By account a box of its pipelines, each with what feeds it and what it feeds; then the lines between them are names,
// which stay readable where drawn lines would cross.
std::string render_graph(const api::GraphReply& reply, const Look& look) {
  if (reply.pipelines.empty()) return "no pipelines\n";
  std::map<std::string, const api::PipelineInfo*> known;
  for (const auto& p : reply.pipelines) known[key_of(p)] = &p;
  const auto label = [&](const std::string& key, const AccountId& seen_from) {
    const auto found = known.find(key);
    if (found == known.end()) return key + " (missing)";
    const auto& p = *found->second;
    return p.account == seen_from ? p.pipeline : account_name(p.account, p.account_alias) + "/" + p.pipeline;
  };
  std::vector<AccountId> accounts;  // in the order of the graph: upstream first
  for (const auto& p : reply.pipelines)
    if (std::find(accounts.begin(), accounts.end(), p.account) == accounts.end()) accounts.push_back(p.account);

  std::string out;
  for (const auto& account : accounts) {
    std::vector<std::string> lines;
    std::string title = account.str();
    for (const auto& p : reply.pipelines) {
      if (p.account != account) continue;
      if (!p.account_alias.empty()) title = p.account_alias + " " + account.str();
      lines.push_back(node_text(p, look));
      const std::string me = key_of(p);
      for (const auto& edge : reply.edges)
        if (edge.to == me)
          lines.push_back(fmt::format("  ← {}{}", label(edge.from, account),
                                      edge.clause.empty() ? "" : "  " + paint(look.color, Color::dim, edge.clause)));
      std::set<std::string> feeds;
      for (const auto& edge : reply.edges)
        if (edge.from == me && feeds.insert(edge.to).second)
          lines.push_back(fmt::format("  → {}", label(edge.to, account)));
    }
    int inner = columns_of(title) + 2;
    for (const auto& line : lines) inner = std::max(inner, columns_of(line));
    inner = std::max(10, std::min(inner, look.width - 4));
    std::string rule;
    for (int i = columns_of(title) + 1; i < inner; ++i) rule += "─";
    out += "┌─ " + title + " " + rule + "┐\n";
    for (const auto& line : lines) {
      // A line with colours is not cut: half an escape sequence would spill into the terminal.
      const std::string fits = look.color && columns_of(line) > inner ? line : cut(line, inner);
      out += "│ " + padded(fits, inner) + " │\n";
    }
    std::string bottom;
    for (int i = 0; i < inner + 2; ++i) bottom += "─";
    out += "└" + bottom + "┘\n";
  }
  return out;
}

}  // namespace weir::cli
