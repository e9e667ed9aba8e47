#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {
namespace {

// A text of several lines is not shown in one.
std::string in_line(const std::string& text) {
  const auto end = text.find('\n');
  return end == std::string::npos ? text : text.substr(0, end) + " ...";
}

}  // namespace

std::string render_changes(const std::vector<api::SpecChange>& changes, const Look& look) {
  using enum api::ChangeKind;
  std::string out;
  for (const auto& change : changes) {
    const auto sign = change.kind == ADDED ? "+" : change.kind == REMOVED ? "-" : "~";
    const auto color = change.kind == ADDED ? Color::green : change.kind == REMOVED ? Color::red : Color::yellow;
    std::string line = change.part + (change.name.empty() ? "" : (change.part == "files" ? " " : ".") + change.name);
    if (change.part == "pipeline") line = "the pipeline " + change.name + " is new";
    if (!change.before.empty() && !change.after.empty())
      line += fmt::format(": {} -> {}", in_line(change.before), in_line(change.after));
    else if (!change.before.empty() || !change.after.empty())
      line += ": " + in_line(change.before.empty() ? change.after : change.before);
    out += fmt::format("  {} {}\n", paint(look.color, color, sign), line);
  }
  return out;
}

std::string render_deploy(const api::DeployReply& reply, const Look& look) {
  std::string out;
  for (const auto& warning : reply.warnings) out += paint(look.color, Color::yellow, "! ") + warning + "\n";
  if (!reply.deployed) return out;
  out += fmt::format("{} {}/{} {}\n", paint(look.color, Color::green, "✓"), reply.account.str(), reply.pipeline,
                     reply.changed ? fmt::format("version {}, one run a {}", reply.version, reply.grain)
                                   : fmt::format("is unchanged, version {}", reply.version));
  for (const auto& key : reply.open_keys) out += fmt::format("  starts {}: {}\n", key.window, key.why);
  return out + reply.sentence + "\n";
}

std::string render_diff(const api::DeployReply& reply, const Look& look) {
  if (!reply.changed)
    return fmt::format("nothing changes: {}/{} is at version {}\n", reply.account.str(), reply.pipeline, reply.version);
  std::string out = fmt::format("{}/{} would become version {}\n", reply.account.str(), reply.pipeline, reply.version);
  out += render_changes(reply.changes, look);
  for (const auto& warning : reply.warnings) out += paint(look.color, Color::yellow, "! ") + warning + "\n";
  out += reply.sentence + "\n";
  if (reply.open_keys.empty()) return out + "it would start no run\n";
  for (const auto& key : reply.open_keys) out += fmt::format("it would start {}: {}\n", key.window, key.why);
  return out;
}

std::string render_versions(const api::ListVersionsReply& reply, const Look& look) {
  Table table({"", "VERSION", "DEPLOYED (UTC)", "BY", "ENV", "FILES", "FILE", "TRIGGER"});
  for (const auto& v : reply.versions) {
    auto number = std::to_string(v.version);
    if (v.rolled_back_to != 0) number += fmt::format(" (= {})", v.rolled_back_to);
    table.row({v.in_force ? "●" : "", number, when_text(v.deployed), v.who, v.environment,
               v.files ? std::to_string(v.files) : "", v.file, v.sentence});
  }
  std::string out = table.text(look.width, look.color);
  if (reply.next) out += fmt::format("older ones: --before {}\n", *reply.next);
  return out;
}

std::string render_version(const api::DescribeVersionReply& reply, const Look& look) {
  const auto& v = reply.version;
  std::string out = fmt::format("version {}{}, deployed {} by {}\n{}\n", v.version, v.in_force ? " (in force)" : "",
                                when_text(v.deployed), v.who, v.sentence);
  if (!reply.changes.empty()) out += "changed:\n" + render_changes(reply.changes, look);
  return out + "\n" + reply.yaml;
}

}  // namespace weir::cli
