// What beginners write, and what they are told: golden/NAME.yaml, and in golden/NAME.txt what `weir validate` says, or
// `weir deploy` where only the server can know. WEIR_UPDATE=1 writes the texts anew; read them before they are kept.
#include <algorithm>

#include "cli/project.hpp"
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> golden_files() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(WEIR_SOURCE_DIR) / "tests/cli/golden"))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

std::string page_of_mistakes() {
  std::string out =
      "# Mistakes in pipeline.yaml, and what Weir says\n\n"
      "What beginners write, and the answer of `weir validate` (of `weir deploy` where only the server can know): the "
      "line, the\n"
      "column, what is wrong, and after the semicolon what to do. All problems of a file are said at once. This page "
      "is written\n"
      "by a test from the files in `tests/cli/golden`.\n";
  for (const auto& file : golden_files()) {
    auto title = file.stem().string();
    std::ranges::replace(title, '-', ' ');
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
    auto said = read_file(fs::path(file).replace_extension(".txt")).value_or("");
    said.erase(said.rfind("exit "));
    out += "\n## " + title + "\n\n```yaml\n" + read_file(file).value_or("") + "```\n\n```text\n" + said + "```\n";
  }
  return out;
}

struct Golden : CliTest {
  // The file as "pipeline.yaml" in a folder of its own; what it is told, with the exit code.
  std::string told(const fs::path& file, const std::string& command) {
    const auto place = write(file.stem().string() + "/pipeline.yaml", *read_file(file));
    const int code = weir({command, place.parent_path().string()});
    std::string out = out_ + err_ + "exit " + std::to_string(code) + "\n";
    const auto folder = fs::proximate(place.parent_path()).string() + "/";
    for (auto at = out.find(folder); at != std::string::npos; at = out.find(folder)) out.erase(at, folder.size());
    return out;
  }
};

TEST_F(Golden, every_mistake_is_told_with_its_line_its_column_and_the_fix) {
  open(0);
  const auto there = project("searches", "true");
  ASSERT_EQ(weir({"deploy", there, "--yes"}), kOk) << err_;
  for (const auto& file : golden_files()) {
    const auto expected = fs::path(file).replace_extension(".txt");
    const bool by_server =
        file.stem() == "unknown-upstream" || file.stem() == "unknown-pool" || file.stem() == "pipeline-cycle";
    const auto said = told(file, by_server ? "deploy" : "validate");
    if (std::getenv("WEIR_UPDATE")) std::ofstream(expected) << said;
    EXPECT_EQ(said, read_file(expected).value_or("")) << file.filename();
    if (said.ends_with("exit 0\n")) continue;
    EXPECT_NE(said.find("pipeline.yaml:"), std::string::npos) << file.filename();
    EXPECT_NE(said.find("; "), std::string::npos) << file.filename() << " says no fix";
  }
  EXPECT_GE(golden_files().size(), 24u);
}

TEST_F(Golden, the_reference_shows_them_as_they_are) {
  const auto page = fs::path(WEIR_SOURCE_DIR) / "docs/reference/mistakes.md";
  const auto expected = page_of_mistakes();
  if (std::getenv("WEIR_UPDATE")) std::ofstream(page) << expected;
  EXPECT_EQ(read_file(page).value_or(""), expected) << "WEIR_UPDATE=1 writes it anew";
}

}  // namespace
}  // namespace weir::cli
