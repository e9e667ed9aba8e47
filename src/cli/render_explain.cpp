#include <fmt/format.h>

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

Node clause_node(const api::ClauseState& clause, const Look& look) {
  Node node{paint(look.color, clause.met ? Color::green : Color::yellow, clause.met ? "✓" : "○") + " " + clause.clause};
  if (!clause.why.empty()) node.below.push_back({clause.why});
  if (!clause.missing.empty()) node.below.push_back({"missing: " + joined(clause.missing)});
  return node;
}

}  // namespace

std::string render_explain(const api::ExplainReply& reply, const Look& look) {
  std::string out = paint(look.color, Color::bold, reply.pipeline);
  out += fmt::format(" ({}) {}\n", reply.account.str(), reply.window);
  Node root;
  if (!reply.state.empty()) root.below.push_back({reply.state});

  // Clauses by block, in their order.
  std::vector<std::pair<std::string, Node>> blocks;
  for (const auto& clause : reply.clauses) {
    if (blocks.empty() || blocks.back().first != clause.block)
      blocks.emplace_back(clause.block, Node{clause.block.empty() ? "trigger" : clause.block});
    blocks.back().second.below.push_back(clause_node(clause, look));
  }
  for (auto& [name, node] : blocks) root.below.push_back(std::move(node));

  if (!reply.runs.empty()) {
    Node runs{fmt::format("runs ({})", reply.runs.size())};
    for (const auto& run : reply.runs) {
      Node node{run_line(run, look)};
      if (!run.why.empty()) node.below.push_back({run.why});
      if (!run.error.empty())
        node.below.push_back({run.error + ": " + run.cause_text.substr(0, run.cause_text.find('\n'))});
      runs.below.push_back(std::move(node));
    }
    root.below.push_back(std::move(runs));
  }
  if (!reply.history.empty()) {
    Node history{"decisions"};
    for (const auto& e : reply.history)
      history.below.push_back(
          {fmt::format("{}  {}{}{}", when_text(e.at), e.decision,
                       e.run ? fmt::format(" (run {})", *e.run) : std::string(), e.rule.empty() ? "" : "  " + e.rule)});
    root.below.push_back(std::move(history));
  }
  print(out, root, "");
  if (!reply.sentence.empty()) out += "\n" + reply.sentence + "\n";
  if (!reply.next_command.empty()) out += "\nnext: " + paint(look.color, Color::bold, reply.next_command) + "\n";
  return out;
}

}  // namespace weir::cli
