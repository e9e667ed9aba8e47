#include "run/file_list.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace weir::run {
namespace {

namespace fs = std::filesystem;

class FileListTest : public testing::Test {
 protected:
  FileListTest() {
    fs::remove_all(folder_);
    for (const auto* path :
         {"dt=2026-01-01/_SUCCESS", "dt=2026-01-01/part-0", "dt=2026-01-02/_SUCCESS", "other/x", ".hidden/_SUCCESS"})
      touch(path);
  }
  ~FileListTest() override { fs::remove_all(folder_); }
  void touch(const std::string& path) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << "x";
  }
  std::vector<std::string> found(const std::string& glob, std::size_t at_most = 100) {
    const auto list = list_files((folder_ / glob).string(), at_most);
    problem_ = list.problem;
    std::vector<std::string> out;
    for (const auto& file : list.files) out.push_back(file.path.substr(folder_.string().size() + 1));
    return out;
  }
  fs::path folder_ = fs::temp_directory_path() / ("weir-file-list-" + std::to_string(getpid()));
  std::string problem_;
};
using List = std::vector<std::string>;

TEST_F(FileListTest, finds_what_fits_the_pattern_in_order) {
  EXPECT_EQ(found("dt=*/_SUCCESS"), (List{"dt=2026-01-01/_SUCCESS", "dt=2026-01-02/_SUCCESS"}));
  EXPECT_EQ(found("dt=2026-01-0?/part-*"), (List{"dt=2026-01-01/part-0"}));
  EXPECT_EQ(found("other/x"), (List{"other/x"}));
  EXPECT_EQ(problem_, "");
}

TEST_F(FileListTest, a_wildcard_is_no_hidden_name_and_no_folder) {
  EXPECT_EQ(found("*/_SUCCESS").size(), 2U);
  EXPECT_EQ(found(".h*/_SUCCESS").size(), 1U);
  EXPECT_EQ(found("*"), List{});
  EXPECT_EQ(problem_, "");
}

TEST_F(FileListTest, says_that_a_folder_is_missing_but_not_that_one_of_many_has_no_such_file) {
  EXPECT_EQ(found("nowhere/*/x"), List{});
  EXPECT_NE(problem_.find("nowhere cannot be read: No such file"), std::string::npos) << problem_;
  EXPECT_EQ(found("nowhere/x"), List{});
  EXPECT_EQ(problem_, "");
}

TEST_F(FileListTest, has_a_bound_and_says_so) {
  EXPECT_EQ(found("dt=*/*", 3).size(), 3U);
  EXPECT_EQ(problem_, "");
  EXPECT_EQ(found("dt=*/*", 2).size(), 2U);
  EXPECT_NE(problem_.find("more than 2 files"), std::string::npos) << problem_;
}

TEST_F(FileListTest, knows_size_and_time) {
  const auto when = fs::file_time_type::clock::now() - std::chrono::hours{1};
  fs::last_write_time(folder_ / "other/x", when);
  const auto list = list_files((folder_ / "other/*").string(), 10);
  ASSERT_EQ(list.files.size(), 1U);
  EXPECT_EQ(list.files[0].size, 1);
  EXPECT_GT(list.files[0].modified, Instant{});
}

TEST(Fits, stars_and_question_marks) {
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(fits("a*b*c", "aXbYbZ"));
  EXPECT_TRUE(fits("?", "x"));
  EXPECT_FALSE(fits("?", ""));
  EXPECT_FALSE(fits("a*a*a*a*a*a*a*a*b", std::string(2'000, 'a')));
}

}  // namespace
}  // namespace weir::run
