// weir test: plays test files offline (src/scenario), and says what failed.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "cli/context.hpp"
#include "cli/project.hpp"
#include "json/described.hpp"
#include "scenario/read.hpp"
#include "scenario/report.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".test.yaml";
constexpr std::size_t kShowProgress = 200;  // tests; fewer are done before one could read a number

struct TestOptions {
  std::vector<std::string> paths;
  std::string junit;
  std::string pictures;  // folder; empty: none
  std::string keep;      // a data folder; empty: none
  std::string filter;
  bool list = false;
};

bool skipped(const fs::path& folder) {
  const auto name = folder.filename().string();
  return (name.starts_with('.') && name != "." && name != "..") || name == "node_modules" || name == "out";
}

// The test files that the arguments mean, each once, in order.
Result<std::vector<fs::path>> find_files(const std::vector<std::string>& paths) {
  std::vector<fs::path> out;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& path) {
    std::error_code error;
    if (seen.insert(fs::weakly_canonical(path, error)).second) out.push_back(path);
  };
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error))
      return fail("there is no such file or folder", path, "name a *.test.yaml file, or a folder with some in it");
    if (!fs::is_directory(path, error)) {
      add(path);
      continue;
    }
    std::vector<fs::path> found;
    fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
    for (; !error && at != end; at.increment(error)) {
      if (at->is_directory(error) && skipped(at->path()))
        at.disable_recursion_pending();
      else if (at->path().filename().string().ends_with(kEnding))
        found.push_back(path == "." ? at->path().lexically_relative(".") : at->path());
    }
    std::ranges::sort(found);
    for (const auto& file : found) add(file);
  }
  return out;
}

scenario::Loader loader_for(const fs::path& test_file) {
  return [folder = test_file.parent_path()](const std::string& path) -> Result<scenario::PipelineFile> {
    auto project = find_project(folder / path);
    if (!project) return std::unexpected(std::move(project.error()));
    return scenario::PipelineFile{project->file, std::move(project->yaml), project->project_file,
                                  std::move(project->project_yaml)};
  };
}

bool chosen(const TestOptions& options, const scenario::ReadFile& file, const scenario::Test& test) {
  return options.filter.empty() || test.name.find(options.filter) != std::string::npos ||
         file.name.find(options.filter) != std::string::npos;
}

Result<void> make_data_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "store", error);
  if (error) return fail("cannot be made: " + error.message(), folder.string(), "choose another with --keep");
  return {};
}

// "diamond.svg" for the first test of diamond.test.yaml, "diamond-2.svg" for the next, whatever its folder.
std::string picture_name(const fs::path& test_file, std::map<std::string, int>& used) {
  auto name = test_file.filename().string();
  if (name.ends_with(kEnding)) name.resize(name.size() - kEnding.size());
  const int number = ++used[name];
  return number == 1 ? name + ".svg" : fmt::format("{}-{}.svg", name, number);
}

Result<void> write_text(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return fail("cannot be written", path.string(), "may you write there?");
  return {};
}

int test(Context& context, TestOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto micros_since = [](Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
  };
  if (options.paths.empty()) options.paths.push_back(".");
  const auto files = find_files(options.paths);
  if (!files) return context.fail(files.error(), kNotFound);

  // All files are read before the first test is played: a typing mistake is said at once.
  const auto begin = Clock::now();
  std::vector<std::pair<fs::path, scenario::ReadFile>> read;
  std::vector<Problem> problems;
  std::size_t count = 0;
  for (const auto& path : *files) {
    const auto text = read_file(path);
    if (!text) {
      problems.push_back(text.error());
      continue;
    }
    auto tests = scenario::read_tests(*text, path.string());
    if (tests) {
      count += tests->file.tests.size();
      read.emplace_back(path, std::move(*tests));
    } else {
      std::ranges::move(tests.error(), std::back_inserter(problems));
    }
  }
  if (!problems.empty()) return context.fail(problems);
  if (count == 0)
    return context.fail(
        Problem{"there are no tests", options.paths.front(),
                "write a NAME.test.yaml beside the pipeline.yaml; docs/reference/test-files.md shows how"},
        kNotFound);

  std::unique_ptr<store::Store> keep;
  if (!options.keep.empty()) {
    std::size_t meant = 0;
    for (const auto& [path, file] : read)
      for (const auto& one : file.file.tests) meant += chosen(options, file, one) ? 1 : 0;
    if (meant != 1)
      return context.fail(Problem{fmt::format("{} tests are meant, and one can be kept", meant), "--keep",
                                  "name one file with one test, or choose with --filter"},
                          kBadInput);
    if (auto made = make_data_folder(options.keep); !made) return context.fail(made.error(), kBadInput);
    keep = std::make_unique<store::SqliteStore>(fs::path(options.keep) / "store");
  }
  scenario::Report report;
  std::map<std::string, int> drawn;
  auto& out = context.console.out;
  const bool progress = context.console.out_is_terminal && !context.json && count >= kShowProgress;
  for (const auto& [path, file] : read) {
    scenario::Player player(file, loader_for(path));
    for (std::size_t i = 0; i < file.file.tests.size(); ++i) {
      const auto& name = file.file.tests[i].name;
      if (!chosen(options, file, file.file.tests[i])) continue;
      if (options.list) {
        out << file.name << ": " << name << "\n";
        continue;
      }
      const auto one = Clock::now();
      auto outcome = player.play(i, {!options.pictures.empty(), keep.get()});
      outcome.micros = micros_since(one);
      ++(outcome.passed ? report.passed : report.failed);
      if (outcome.picture) {
        const auto place = fs::path(options.pictures) / picture_name(path, drawn);
        if (auto written = write_text(place, scenario::svg_of(*outcome.picture)); !written)
          return context.fail(written.error(), kBadInput);
      }
      if (!outcome.passed && !context.json)
        out << (progress ? "\r\x1b[K" : "") << scenario::failure_text(outcome) << "\n";
      report.tests.push_back(std::move(outcome));
      if (progress && report.tests.size() % 50 == 0)
        out << "\r" << report.tests.size() << " of " << count << std::flush;
    }
  }
  if (options.list) return kOk;
  if (progress) out << "\r\x1b[K";
  report.micros = micros_since(begin);
  if (report.tests.empty())
    return context.fail(
        Problem{"no test's name or file holds '" + options.filter + "'", "--filter", "weir test --list"}, kNotFound);
  if (!options.junit.empty()) {
    std::ofstream file(options.junit, std::ios::binary);
    file << scenario::junit(report);
    file.close();
    if (!file) return context.fail(Problem{"cannot be written", options.junit, "is its folder there?"}, kBadInput);
  }
  if (context.json)
    out << json::print_described(report) << "\n";
  else
    out << scenario::summary(report) << "\n";
  return report.failed == 0 ? kOk : kFailed;
}

}  // namespace

void add_test_command(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("test", "Play test files (*.test.yaml) offline: given runs and times, expected runs");
  auto options = std::make_shared<TestOptions>();
  command->add_option("PATH", options->paths, "test files, or folders that are searched (default: here)");
  command->add_option("--junit", options->junit, "write the outcome as JUnit XML into this file");
  command->add_option("--pictures", options->pictures, "draw what happened in each test into this folder, as SVG");
  command->add_option("--keep", options->keep, "leave what one test played in this folder, for weir serve --data");
  command->add_option("--filter", options->filter, "only tests whose name or file holds this text");
  command->add_flag("--list", options->list, "only print the names");
  command->callback([&context, options] { context.exit = test(context, *options); });
}

}  // namespace weir::cli
