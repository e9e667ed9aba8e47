#include "pipeline/spec_check_documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "json/nearest.hpp"
#include "json/path.hpp"
#include "pipeline/file_pattern.hpp"

namespace weir::pipeline {
namespace {

void check_path(const std::string& text, const std::string& where, Reader& reader) {
  if (text.empty()) return;
  const auto compiled = json::compile_path(text);
  if (!compiled)
    reader.problem(where, compiled.error().what, "write a path into the document, for example $.order.id");
  else if (!compiled->is_reference())
    reader.problem(where, fmt::format("'{}' may name several places", text), "write a path like $.order.id");
}

void check_parameter(const PipelineSpec& spec, const std::string& name, const std::string& where, Reader& reader) {
  if (spec.parameters.contains(name)) return;
  std::vector<std::string_view> names;
  for (const auto& [known, unused] : spec.parameters) names.push_back(known);
  const auto near = json::nearest(name, names);
  reader.problem(where, fmt::format("there is no parameter '{}'", name),
                 near.empty() ? "declare it below 'parameters:'" : fmt::format("did you mean '{}'?", near));
}

// Every value of a key comes from the document, or has a default.
void check_key_known(const PipelineSpec& spec, const std::vector<std::string>& known, const std::string& where,
                     const std::string& fix, Reader& reader) {
  for (const auto& name : spec.key) {
    const auto found = spec.parameters.find(name);
    if (found == spec.parameters.end() || !found->second.default_value.text.empty()) continue;
    if (std::ranges::find(known, name) == known.end())
      reader.problem(where, fmt::format("a document does not say the '{}' of the key", name),
                     fmt::format("give the parameter a default, or {}", fmt::format(fmt::runtime(fix), name)));
  }
}

}  // namespace

void check_documents(const PipelineSpec& spec, Reader& reader) {
  if (const auto& webhook = spec.trigger->webhook) {
    const std::string path = "trigger.webhook";
    check_path(webhook->id, path + ".id", reader);
    check_path(webhook->date, path + ".date", reader);
    std::vector<std::string> known;
    for (const auto& [name, place] : webhook->parameters) {
      check_path(place, path + ".parameters." + name, reader);
      check_parameter(spec, name, path + ".parameters." + name, reader);
      known.push_back(name);
    }
    if (reader.given(path + ".secret") &&
        (webhook->secret.find('/') == std::string::npos || webhook->secret.starts_with('/')))
      reader.problem(path + ".secret", fmt::format("'{}' is no name of a secret", webhook->secret),
                     "write it as store/key");
    check_key_known(spec, known, path, "add 'parameters: {{{0}: $.{0}}}'", reader);
  }
  if (const auto& file = spec.trigger->file; file && reader.given("trigger.file.path")) {
    const std::string path = "trigger.file.path";
    const auto pattern = FilePattern::compile(file->path);
    if (!pattern) return reader.problem(path, pattern.error().what, pattern.error().fix);
    for (const auto& name : pattern->parameters()) check_parameter(spec, name, path, reader);
    check_key_known(spec, pattern->parameters(), path, "write {{{0}}} in the path", reader);
  }
}

}  // namespace weir::pipeline
