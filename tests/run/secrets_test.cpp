#include "run/secrets.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace weir::run {
namespace {

namespace fs = std::filesystem;

const AccountId kA{"111111111111"}, kB{"222222222222"};

struct SecretsTest : testing::Test {
  SecretsTest() {
    std::string name = (fs::path(testing::TempDir()) / "weir-secrets-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SecretsTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    ::unsetenv("WEIR_SECRET_HIVE_META_STORE");
    ::unsetenv("WEIR_SECRET_111111111111_HIVE_META_STORE");
  }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  fs::path folder_;
};

TEST_F(SecretsTest, is_a_file_without_its_last_line_end) {
  write("hive/meta-store", "hunter22\n");
  EXPECT_EQ(find_secret(folder_, kA, "hive/meta-store"), "hunter22");
}

TEST_F(SecretsTest, of_the_account_goes_before_that_of_all) {
  write("hive/meta-store", "for all");
  write("111111111111/hive/meta-store", "for a only");
  EXPECT_EQ(find_secret(folder_, kA, "hive/meta-store"), "for a only");
  EXPECT_EQ(find_secret(folder_, kB, "hive/meta-store"), "for all");
}

TEST_F(SecretsTest, is_else_a_variable_of_the_worker) {
  ::setenv("WEIR_SECRET_HIVE_META_STORE", "from the environment", 1);
  EXPECT_EQ(find_secret({}, kA, "hive/meta-store"), "from the environment");
  ::setenv("WEIR_SECRET_111111111111_HIVE_META_STORE", "of the account", 1);
  EXPECT_EQ(find_secret(folder_, kA, "hive/meta-store"), "of the account");
  EXPECT_EQ(find_secret(folder_, kB, "hive/meta-store"), "from the environment");
}

TEST_F(SecretsTest, the_problem_says_where_to_put_it) {
  EXPECT_EQ(
      find_secret({}, kA, "hive/meta-store").error().text(),
      "secret 'hive/meta-store': this worker does not have it; put it into a file below the folder that --secrets "
      "names or into the worker's variable WEIR_SECRET_HIVE_META_STORE");
}

TEST_F(SecretsTest, no_name_leads_out_of_the_folder) {
  write("outside", "hunter22");
  for (const auto* bad : {"../outside", "a/../../outside", "/etc/passwd", "a//b", ".", "a/"})
    EXPECT_FALSE(find_secret(folder_ / "inside", kA, bad).has_value()) << bad;
}

TEST_F(SecretsTest, one_that_is_too_short_to_be_masked_is_refused) {
  write("short", "abc");
  write("long", "abcd");
  EXPECT_FALSE(find_secret(folder_, kA, "short").has_value());
  EXPECT_TRUE(find_secret(folder_, kA, "long").has_value());
}

}  // namespace
}  // namespace weir::run
