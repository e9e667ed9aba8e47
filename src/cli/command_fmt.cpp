// fmt: the canonical layout of pipeline.yaml and weir.yaml.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <fstream>

#include "cli/context.hpp"
#include "cli/project.hpp"
#include "json/text.hpp"
#include "json/value.hpp"
#include "pipeline/yaml_format.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

struct FmtOptions {
  std::vector<std::string> where{"."};
  bool check = false;
};

// A file as it is; of a folder its pipeline.yaml and weir.yaml.
std::vector<fs::path> files_of(const std::string& where) {
  std::error_code error;
  if (!fs::is_directory(where, error)) return {where};
  std::vector<fs::path> out;
  for (const auto* name : {"pipeline.yaml", "weir.yaml"})
    if (const auto path = (fs::path(where) / name).lexically_normal(); fs::is_regular_file(path, error))
      out.push_back(path);
  if (out.empty()) out.push_back((fs::path(where) / "pipeline.yaml").lexically_normal());
  return out;
}

// Another file in its place, so that a full disk leaves the old one.
bool replace(const fs::path& path, const std::string& text) {
  const fs::path beside = path.string() + ".weir-fmt";
  std::error_code error;
  {
    std::ofstream out(beside, std::ios::binary);
    out << text;
    out.close();
    if (!out) {
      fs::remove(beside, error);
      return false;
    }
  }
  fs::permissions(beside, fs::status(path, error).permissions(), error);
  fs::rename(beside, path, error);
  return !error;
}

int format(Context& context, const FmtOptions& options) {
  json::Array shown;
  std::string said;
  int code = kOk;
  for (const auto& where : options.where)
    for (const auto& path : files_of(where)) {
      const auto text = read_file(path);
      if (!text) return context.fail(text.error());
      const auto made = pipeline::format_yaml(*text, path.string());
      if (!made) return context.fail(made.error());
      const bool changed = *made != *text;
      if (changed && options.check) code = kFailed;
      if (changed && !options.check && !replace(path, *made))
        return context.fail(Problem{"cannot be written", path.string(), "check its permissions, and the disk"},
                            kFailed);
      json::Object entry;
      entry["file"] = path.string();
      entry["changed"] = changed;
      shown.emplace_back(std::move(entry));
      if (changed) said += fmt::format("{} {}\n", options.check ? "would change" : "✓ changed", path.string());
    }
  if (context.json) {
    context.console.out << json::print_pretty(json::Value(std::move(shown))) << std::endl;
    return code;
  }
  if (said.empty()) said = "✓ nothing to change\n";
  if (code == kFailed) said += "weir fmt brings them into shape\n";
  context.console.out << said << std::flush;
  return code;
}

}  // namespace

void add_fmt_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("fmt", "Bring pipeline.yaml and weir.yaml into their canonical layout");
  auto options = std::make_shared<FmtOptions>();
  command->add_option("WHERE", options->where, "folders or files (default: here)");
  command->add_flag("--check", options->check, "change nothing; exit 1 when something would change");
  command->callback([&context, options] { context.exit = format(context, *options); });
}

}  // namespace weir::cli
