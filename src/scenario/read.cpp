#include "scenario/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "json/nearest.hpp"
#include "pipeline/spec_parse.hpp"
#include "pipeline/spec_reader.hpp"
#include "pipeline/spec_words.hpp"
#include "scenario/moment.hpp"
#include "scenario/schema.hpp"
#include "scenario/shorthand.hpp"

namespace weir::scenario {
namespace {

using pipeline::Reader;

class Checker {
 public:
  Checker(const TestFile& file, Reader& reader) : file_(file), reader_(reader) {}

  void check() {
    time(file_.at, "at", false);
    std::map<std::string, std::size_t> names;
    pools(file_.pools, "pools");
    for (std::size_t i = 0; i < file_.tests.size(); ++i) {
      const auto path = fmt::format("tests[{}]", i);
      const auto& test = file_.tests[i];
      if (!test.name.empty() && !names.emplace(test.name, i).second)
        reader_.problem(path + ".name", fmt::format("two tests are called '{}'", test.name), "give one another name");
      if (!test.at.empty()) time(test.at, path + ".at", false);
      pools(test.pools, path + ".pools");
      for (std::size_t k = 0; k < test.timeline.size(); ++k)
        entry(test.timeline[k], fmt::format("{}.timeline[{}]", path, k));
    }
  }

 private:
  void time(const std::string& text, const std::string& path, bool of_day) {
    const auto read = moment_of(text, Zone{}, of_day ? std::optional(Instant{}) : std::nullopt);
    if (!read) reader_.problem(path, read.error().what, of_day ? read.error().fix : "write 2026-01-02 03:10");
  }
  void pools(const std::map<std::string, std::string>& slots, const std::string& path) {
    for (const auto& [name, text] : slots)
      if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
        reader_.problem(path + "." + name, fmt::format("expected a number of slots, got '{}'", text),
                        fmt::format("for example: {}: 2", name));
  }
  void entry(const Entry& entry, const std::string& path) {
    if (!entry.at.empty()) time(entry.at, path + ".at", true);
    if (!entry.at.empty() && entry.after)
      reader_.problem(path + ".after", "'at' and 'after' in one entry", "say one of them");
    std::string_view first;
    for (const auto word : action_words()) {
      if (!reader_.given(fmt::format("{}.{}", path, word))) continue;
      if (!first.empty())
        reader_.problem(fmt::format("{}.{}", path, word), fmt::format("'{}' and '{}' in one entry", first, word),
                        "write two entries, so that their order can be seen");
      first = word;
    }
    pools(entry.pool, path + ".pool");
    for (const auto& [key, expected] : entry.expect) statuses(expected, fmt::format("{}.expect.{}", path, key));
    for (const auto* word : {"refused", "says", "force", "allowMissing"})
      if (first.empty() && reader_.given(fmt::format("{}.{}", path, word)))
        reader_.problem(fmt::format("{}.{}", path, word), fmt::format("'{}' of what?", word),
                        "write it beside what is done, in the same entry");
  }

  // Statuses of runs as they are shown; SUCCESS is read as in pipeline.yaml.
  void statuses(const Expectation& expected, const std::string& path) {
    const auto check = [&](const std::string& text, const std::string& at) {
      static constexpr std::array<std::string_view, 9> kStates{
          "none", "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "WITHDRAWN", "SUCCESS"};
      if (std::ranges::any_of(kStates, [&](auto s) { return pipeline::same_word(s, text); })) return;
      const auto near = json::nearest(text, kStates);
      reader_.problem(at, fmt::format("'{}' is no status of a run", text),
                      near.empty() ? "write none, QUEUED, RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or WITHDRAWN"
                                   : fmt::format("did you mean '{}'?", near));
    };
    if (expected.status) check(*expected.status, path + ".status");
    if (expected.statuses)
      for (std::size_t i = 0; i < expected.statuses->size(); ++i)
        check((*expected.statuses)[i], fmt::format("{}.statuses[{}]", path, i));
  }

  const TestFile& file_;
  Reader& reader_;
};

// Blocks that a test expects to be refused: their problems are the test's affair.
std::set<PipelineText> refused_blocks(const TestFile& file) {
  std::set<PipelineText> out;
  for (const auto& test : file.tests)
    for (const auto& entry : test.timeline)
      if (!entry.refused.empty()) out.insert(entry.deploy.begin(), entry.deploy.end());
  return out;
}

// A block's own problems, each where it stands in the test file.
void check_block(const pipeline::YamlNode& block, const std::string& file, std::vector<Problem>& problems) {
  auto spec = pipeline::parse_pipeline(block, file);
  if (spec) return;
  for (auto& p : spec.error()) problems.push_back(std::move(p));
}

// In the order of the file: what was found first is not what stands first.
void sort_by_place(std::vector<Problem>& problems, const std::string& file) {
  const auto line_and_column = [&](const Problem& p) {
    std::pair<int, int> out;
    if (p.where.starts_with(file + ":")) std::sscanf(p.where.c_str() + file.size(), ":%d:%d", &out.first, &out.second);
    return out;
  };
  std::vector<std::pair<std::pair<int, int>, std::size_t>> order;
  for (std::size_t i = 0; i < problems.size(); ++i) order.emplace_back(line_and_column(problems[i]), i);
  std::ranges::sort(order);
  std::vector<Problem> sorted;
  for (const auto& [place, i] : order) sorted.push_back(std::move(problems[i]));
  problems = std::move(sorted);
}

}  // namespace

std::string ReadFile::place(const std::string& path) const {
  const auto found = marks.find(path);
  return found == marks.end() ? name : pipeline::place(name, found->second);
}

std::expected<ReadFile, std::vector<Problem>> read_tests(std::string_view text, const std::string& file_name) {
  auto document = pipeline::read_yaml(text, file_name);
  auto& problems = document.problems;
  ReadFile out;
  out.name = file_name;
  if (!document.root || document.root->is_null()) {
    if (problems.empty()) problems.push_back({"the file is empty", file_name, "begin with 'pipelines:' and 'tests:'"});
    return std::unexpected(std::move(problems));
  }
  auto expanded = expand(document.root, file_name, problems);
  out.blocks = std::move(expanded.blocks);
  Reader reader{file_name, problems};
  reader.read(test_file_schema(), *expanded.root, out.file);
  Checker(out.file, reader).check();
  const auto refused = refused_blocks(out.file);
  for (std::size_t i = 0; i < out.blocks.size(); ++i)
    if (!refused.contains(fmt::format("#{}", i))) check_block(*out.blocks[i], file_name, problems);
  if (!problems.empty()) {
    sort_by_place(problems, file_name);
    return std::unexpected(std::move(problems));
  }
  out.marks = reader.marks();
  return out;
}

}  // namespace weir::scenario
