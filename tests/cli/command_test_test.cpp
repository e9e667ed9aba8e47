// `weir test --pictures`: one SVG a test, named by its file.
#include "cli/project.hpp"
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

const std::string kTwo =
    "pipelines: {name: a, trigger: {schedule: {hour: 3}}}\n"
    "tests:\n  - name: one\n    timeline: {at: 04:00, expect: {a: 1}}\n"
    "  - name: two\n    timeline: {at: 04:00, expect: {a: 2}}\n";

TEST_F(CliTest, test_draws_each_test_into_a_file_of_its_own_also_those_that_fail) {
  write("x/first.test.yaml", kTwo);
  write("y/first.test.yaml", kTwo);
  const auto pictures = folder_ / "new" / "pictures";
  EXPECT_EQ(weir({"test", (folder_ / "x").string(), (folder_ / "y").string(), "--pictures", pictures.string()}),
            kFailed);
  for (const auto* name : {"first.svg", "first-2.svg", "first-3.svg", "first-4.svg"}) {
    const auto text = read_file(pictures / name);
    ASSERT_TRUE(text) << name;
    EXPECT_TRUE(text->starts_with("<svg ") && text->ends_with("</svg>\n")) << name;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(pictures), fs::directory_iterator()), 4);
}

TEST_F(CliTest, test_says_when_a_picture_cannot_be_written) {
  const auto file = write("x/first.test.yaml", kTwo);
  EXPECT_EQ(weir({"test", file.string(), "--pictures", (file / "folder").string()}), kBadInput);
  EXPECT_NE(err_.find("cannot be written"), std::string::npos) << err_;
}

}  // namespace
}  // namespace weir::cli
