#include "pipeline/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/nearest.hpp"
#include "pipeline/spec_words.hpp"

namespace weir::pipeline {
namespace {

constexpr std::array<std::string_view, 7> kRoots{"date", "window", "parameters", "upstream", "steps", "item", "input"};
constexpr std::array<std::string_view, 6> kOfUpstream{"run_id", "account", "key", "status", "parameters", "result"};

bool is_word(char c) {
  return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A place of a path: a name, or an index in brackets.
struct Segment {
  std::string name;
  bool index = false;
};

Result<std::vector<Segment>> segments_of(std::string_view path) {
  const auto wrong = [&](std::string what) {
    return fail(fmt::format("${{{}}}: {}", path, what), {},
                "write names with dots between them: ${steps.check.result.rows}");
  };
  std::vector<Segment> out;
  for (std::size_t at = 0; at < path.size() || out.empty();) {
    if (at < path.size() && path[at] == '[') {
      const auto end = path.find(']', at);
      if (end == std::string_view::npos) return wrong("a ']' is missing");
      const auto inside = path.substr(at + 1, end - at - 1);
      const bool quoted = inside.size() > 2 && (inside[0] == '\'' || inside[0] == '"') && inside.back() == inside[0];
      const bool number = !inside.empty() && inside.find_first_not_of("0123456789") == std::string_view::npos;
      if (!quoted && !number) return wrong(fmt::format("'[{}]' is neither an index nor a quoted name", inside));
      out.push_back({std::string(quoted ? inside.substr(1, inside.size() - 2) : inside), number});
      if (out.back().name.find_first_of("'\"\\") != std::string::npos) return wrong("a quote within a name");
      at = end + 1;
    } else {
      if (!out.empty()) {
        if (path[at] != '.') return wrong(fmt::format("'{}' is not expected", path[at]));
        ++at;
      }
      const auto start = at;
      while (at < path.size() && is_word(path[at])) ++at;
      if (at == start)
        return wrong(at < path.size() ? fmt::format("'{}' is not expected", path[at]) : "a name is missing");
      out.push_back({std::string(path.substr(start, at - start)), false});
    }
  }
  return out;
}

std::string quoted_text(std::string_view text, bool in_format) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += in_format ? "\\\\\\\\" : "\\\\";
    } else {
      if (c == '\'' || (in_format && (c == '{' || c == '}'))) out += '\\';
      out += c;
    }
  }
  return out;
}

std::unexpected<Problem> unknown(std::string what, std::string_view name, const std::vector<std::string_view>& known,
                                 std::string otherwise) {
  const auto near = json::nearest(name, known);
  return fail(std::move(what), {}, near.empty() ? std::move(otherwise) : fmt::format("did you mean '{}'?", near));
}

Result<void> check_path(std::string_view path, const PathScope& scope) {
  const auto read = segments_of(path);
  if (!read) return std::unexpected(read.error());
  const auto& segments = *read;
  const std::string& root = segments[0].name;
  const auto shown = fmt::format("${{{}}}", path);
  if (root == "var")
    return fail(shown + ": the project has no such variable", {}, "add it below 'variables:' in weir.yaml");
  if (root == "date" || root == "window") {
    if (segments.size() == 1) return {};
    if (root == "window" && segments.size() == 2 && (segments[1].name == "start" || segments[1].name == "end"))
      return {};
    return fail(shown + ": there is no such place", {}, "write ${date}, ${window}, ${window.start} or ${window.end}");
  }
  if (root == "item") {
    if (scope.item) return {};
    return fail(shown + ": there is no item here", {}, "add 'foreach:' to the step");
  }
  if (root == "input") {
    if (scope.spec.trigger && takes_documents(*scope.spec.trigger)) return {};
    return fail(shown + ": no document starts this pipeline", {}, "add webhook or file to its trigger");
  }
  if (segments.size() == 1 && std::ranges::find(kRoots, std::string_view(root)) != kRoots.end())
    return fail(shown + ": a name is missing", {}, fmt::format("write ${{{}.NAME}}", root));
  if (root == "parameters") {
    std::vector<std::string_view> known;
    for (const auto& [name, unused] : scope.spec.parameters) known.push_back(name);
    if (scope.spec.parameters.contains(segments[1].name)) return {};
    return unknown(shown + ": there is no such parameter", segments[1].name, known, "declare it below 'parameters:'");
  }
  if (root == "steps") {
    std::vector<std::string_view> known(scope.steps.begin(), scope.steps.end());
    if (!scope.steps.contains(segments[1].name))
      return unknown(shown + ": no such step has run before", segments[1].name, known,
                     "name a step that this one needs");
    if (segments.size() > 2 && segments[2].name == "result") return {};
    return fail(shown + ": of a step there is its result", {},
                fmt::format("write ${{steps.{}.result}}", segments[1].name));
  }
  if (root == "upstream") {
    std::vector<std::string_view> known;
    if (scope.spec.trigger && scope.spec.trigger->executions)
      for (const auto* list : {&scope.spec.trigger->executions->all_of, &scope.spec.trigger->executions->any_of})
        for (const auto& clause : *list) known.push_back(clause.name);
    if (std::ranges::find(known, std::string_view(lower(segments[1].name))) == known.end())
      return unknown(shown + ": the trigger names no such pipeline", lower(segments[1].name), known,
                     "add it to trigger.executions");
    if (segments.size() == 2 ||
        std::ranges::find(kOfUpstream, std::string_view(segments[2].name)) != kOfUpstream.end() ||
        segments[2].name == "runs")
      return {};
    return unknown(shown + ": there is no such place", segments[2].name, {kOfUpstream.begin(), kOfUpstream.end()},
                   "an upstream has run_id, account, key, status, parameters and result");
  }
  return unknown(shown + ": it begins with none of date, window, parameters, upstream, steps, item, input and var",
                 root, {kRoots.begin(), kRoots.end()},
                 "in 'run:' the shell's own variables are used; here write $${ for ${ itself");
}

}  // namespace

std::string member_path(const std::string& base, std::string_view name) {
  const bool plain = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
                         std::string_view::npos &&
                     !(name[0] >= '0' && name[0] <= '9');
  return plain ? fmt::format("{}.{}", base, name) : fmt::format("{}['{}']", base, name);
}

Result<std::vector<TemplatePart>> read_template(std::string_view text) {
  std::vector<TemplatePart> out;
  const auto literal = [&](std::string_view part) {
    if (part.empty()) return;
    if (out.empty() || out.back().is_path) out.push_back({false, {}});
    out.back().text += part;
  };
  while (!text.empty()) {
    const auto at = text.find("${");
    if (at == std::string_view::npos) {
      literal(text);
      break;
    }
    if (at > 0 && text[at - 1] == '$') {
      literal(text.substr(0, at - 1));
      literal("${");
      text.remove_prefix(at + 2);
      continue;
    }
    literal(text.substr(0, at));
    const auto end = text.find('}', at);
    if (end == std::string_view::npos)
      return fail("a '${' without its '}'", {}, "close it, or write $${ for ${ itself");
    auto path = text.substr(at + 2, end - at - 2);
    while (path.starts_with(' ')) path.remove_prefix(1);
    while (path.ends_with(' ')) path.remove_suffix(1);
    out.push_back({true, std::string(path)});
    text.remove_prefix(end + 1);
  }
  return out;
}

bool has_paths(std::string_view text) {
  const auto parts = read_template(text);
  return parts && std::ranges::any_of(*parts, [](const auto& part) { return part.is_path; });
}

bool is_path_alone(std::string_view text) {
  const auto parts = read_template(text);
  return parts && parts->size() == 1 && parts->front().is_path;
}

Result<void> check_paths(std::string_view text, const PathScope& scope) {
  const auto parts = read_template(text);
  if (!parts) return std::unexpected(parts.error());
  for (const auto& part : *parts)
    if (part.is_path)
      if (auto checked = check_path(part.text, scope); !checked) return checked;
  return {};
}

std::string states_path(std::string_view path) {
  const auto read = segments_of(path);
  if (!read) return "$";
  const auto& segments = *read;
  const std::string& root = segments[0].name;
  if (root == "date") return "$.run.date";
  if (root == "window")
    return segments.size() == 1 ? "$.run.key" : segments[1].name == "start" ? "$.run.window_start" : "$.run.window_end";
  std::string out = root == "item" ? "$.item" : root == "steps" ? "$.steps" : "$.run." + root;
  for (std::size_t i = 1; i < segments.size(); ++i) {
    if (root == "steps" && i == 2) continue;  // `result`: a step's output is its result
    const auto& segment = segments[i];
    const bool name_of_pipeline = root == "upstream" && i == 1;
    out = segment.index ? fmt::format("{}[{}]", out, segment.name)
                        : member_path(out, name_of_pipeline ? lower(segment.name) : segment.name);
  }
  return out;
}

std::string states_text(std::string_view text) {
  const auto parts = read_template(text);
  if (!parts) return "$";
  if (parts->size() == 1) return states_path(parts->front().text);
  std::string pattern, arguments;
  for (const auto& part : *parts) {
    pattern += part.is_path ? "{}" : quoted_text(part.text, true);
    if (part.is_path) arguments += ", " + states_path(part.text);
  }
  return fmt::format("States.Format('{}'{})", pattern, arguments);
}

std::string states_argument(std::string_view text) {
  if (has_paths(text)) return states_text(text);
  const auto parts = read_template(text);
  return fmt::format("'{}'", quoted_text(parts && !parts->empty() ? parts->front().text : std::string(), false));
}

}  // namespace weir::pipeline
