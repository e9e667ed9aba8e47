#include <fmt/format.h>

#include <algorithm>

#include "cli/render.hpp"

namespace weir::cli {
namespace {

// A node of the tree that explain prints: text, and what stands below it.
struct Node {
  std::string text;
  std::vector<Node> below = {};
};

void print(std::string& out, const Node& node, const std::string& lead) {
  for (std::size_t i = 0; i < node.below.size(); ++i) {
    const bool last = i + 1 == node.below.size();
    out += lead + (last ? "└─ " : "├─ ") + node.below[i].text + "\n";
    print(out, node.below[i], lead + (last ? "   " : "│  "));
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// One line a clause: what met it, or what is missing.
Node clause_node(const api::ClauseState& clause, const Look& look) {
  std::string text =
      paint(look.color, clause.met ? Color::green : Color::yellow, clause.met ? "✓" : "○") + " " + clause.clause;
  if (!clause.why.empty()) text += ": " + clause.why;
  if (clause.why.empty() && !clause.missing.empty()) text += ": missing " + joined(clause.missing);
  if (!clause.why.empty() && clause.missing.size() > 1) {
    const auto shown = std::min<std::size_t>(clause.missing.size(), 3);
    text += ": " + joined({clause.missing.begin(), clause.missing.begin() + static_cast<std::ptrdiff_t>(shown)});
    if (shown < clause.missing.size()) text += fmt::format(" and {} more", clause.missing.size() - shown);
  }
  return {text};
}

// A few clauses one by one; of many those that are missing first, and the met ones as far as there is room.
void add_clauses(std::vector<Node>& to, const std::vector<api::ClauseState>& clauses, std::size_t room,
                 const Look& look) {
  std::vector<const api::ClauseState*> order;
  for (const auto& clause : clauses) order.push_back(&clause);
  if (order.size() > room) std::ranges::stable_sort(order, {}, &api::ClauseState::met);
  const auto shown = order.size() > room ? room - 1 : order.size();
  std::vector<std::pair<std::string, Node>> blocks;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& block = order[i]->block;
    auto at = std::ranges::find(blocks, block, &std::pair<std::string, Node>::first);
    if (at == blocks.end()) at = blocks.insert(at, {block, Node{block.empty() ? "trigger" : block}});
    at->second.below.push_back(clause_node(*order[i], look));
  }
  for (auto& [name, node] : blocks) to.push_back(std::move(node));
  if (shown == order.size()) return;
  const auto met = std::count_if(order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                                 [](const auto* clause) { return clause->met; });
  const auto open = static_cast<std::ptrdiff_t>(order.size() - shown) - met;
  to.push_back({open == 0 ? fmt::format("{} more clauses, all met", met)
                          : fmt::format("{} more clauses, {} of them missing", met + open, open)});
}

constexpr std::size_t kClauseLines = 20, kRunLines = 3, kDecisionLines = 4;

}  // namespace

std::string render_explain(const api::ExplainReply& reply, const Look& look) {
  std::string out = paint(look.color, Color::bold, reply.pipeline);
  out += fmt::format(" ({}) {}\n", reply.account.str(), reply.window);
  Node root;
  if (!reply.state.empty()) root.below.push_back({reply.state});

  add_clauses(root.below, reply.clauses, kClauseLines, look);
  if (!reply.runs.empty()) {
    const auto first = reply.runs.size() > kRunLines ? reply.runs.size() - kRunLines : 0;
    Node runs{first == 0 ? fmt::format("runs ({})", reply.runs.size())
                         : fmt::format("the last {} of {} runs", kRunLines, reply.runs.size())};
    for (auto i = first; i < reply.runs.size(); ++i) {
      const auto& run = reply.runs[i];
      auto text = run_line(run, look) + (run.why.empty() ? "" : "  " + run.why);
      if (!run.error.empty()) text += "; " + run.error + ": " + run.cause_text.substr(0, run.cause_text.find('\n'));
      runs.below.push_back({std::move(text)});
    }
    root.below.push_back(std::move(runs));
  }
  if (!reply.history.empty()) {
    const auto first = reply.history.size() > kDecisionLines ? reply.history.size() - kDecisionLines : 0;
    Node history{first == 0 ? std::string("decisions")
                            : fmt::format("the last {} of {} decisions", kDecisionLines, reply.history.size())};
    for (auto i = first; i < reply.history.size(); ++i) {
      const auto& e = reply.history[i];
      history.below.push_back(
          {fmt::format("{}  {}{}{}", when_text(e.at), e.decision,
                       e.run ? fmt::format(" (run {})", *e.run) : std::string(), e.rule.empty() ? "" : "  " + e.rule)});
    }
    root.below.push_back(std::move(history));
  }
  print(out, root, "");
  if (!reply.sentence.empty()) out += "\n" + reply.sentence + "\n";
  if (!reply.next_command.empty()) out += "\nnext: " + paint(look.color, Color::bold, reply.next_command) + "\n";
  return out;
}

}  // namespace weir::cli
