#include "run/step_cache.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace weir::run {
namespace {

namespace fs = std::filesystem;

struct StepCacheTest : testing::Test {
  StepCacheTest() {
    std::string name = (fs::path(testing::TempDir()) / "weir-cache-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    plan_.command = "./load.sh";
    plan_.environment = {{"WEIR_KEY", "2026-01-02"}, {"WEIR_RUN_ID", "1"}, {"A", "1"}};
    plan_.cache_inputs = std::vector<std::string>{"data/*.csv"};
    write("data/a.csv", "1");
    before_ = digest();
  }
  ~StepCacheTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  std::string digest() { return digest_of(plan_, folder_).value(); }

  fs::path folder_;
  StepPlan plan_;
  std::string before_;
};

TEST_F(StepCacheTest, a_rerun_of_the_same_is_the_same) {
  plan_.environment["WEIR_RUN_ID"] = "2";
  plan_.environment["WEIR_ATTEMPT"] = "3";
  plan_.upstreams_json = R"({"listings": {"run_id": 7}})";
  EXPECT_EQ(digest(), before_);
}

TEST_F(StepCacheTest, each_of_its_parts_makes_it_another) {
  const auto differs = [&](auto change) {
    const StepPlan kept = plan_;
    change();
    EXPECT_NE(digest(), before_);
    plan_ = kept;
    EXPECT_EQ(digest(), before_);
  };
  differs([&] { plan_.command = "./load.sh "; });
  differs([&] { plan_.argv = {"spark-submit"}; });
  differs([&] { plan_.environment["WEIR_KEY"] = "2026-01-03"; });
  differs([&] { plan_.environment["A"] = "2"; });
  differs([&] { plan_.environment["WEIR_ITEM"] = "de"; });
  differs([&] { plan_.bundle = "b17"; });
  differs([&] { plan_.parameters_json = R"({"x":1})"; });
  differs([&] { plan_.secrets["P"] = "hive/metastore"; });
  differs([&] { plan_.cache_inputs->push_back("none"); });
}

TEST_F(StepCacheTest, a_changed_new_or_missing_input_makes_it_another) {
  write("data/a.csv", "2");
  EXPECT_NE(digest(), before_);
  write("data/a.csv", "1");
  EXPECT_EQ(digest(), before_);
  write("data/b.csv", "");
  EXPECT_NE(digest(), before_);
  fs::remove(folder_ / "data/b.csv");
  fs::remove(folder_ / "data/a.csv");
  EXPECT_NE(digest(), before_);
}

TEST_F(StepCacheTest, inputs_are_known_by_their_path_within_the_folder) {
  const auto other = folder_ / "elsewhere";
  fs::create_directories(other);
  fs::copy(folder_ / "data", other / "data");
  EXPECT_EQ(digest_of(plan_, other).value(), before_);
}

TEST_F(StepCacheTest, keeps_the_result_and_the_run) {
  const StepCache cache(folder_ / "cache");
  EXPECT_FALSE(cache.find(before_));
  cache.keep(before_, {"17", R"({"rows":5})"});
  const auto found = cache.find(before_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->run, "17");
  EXPECT_EQ(found->result, R"({"rows":5})");
  cache.keep(before_, {"18", ""});
  EXPECT_EQ(cache.find(before_)->result, "");
  std::ofstream(folder_ / "cache" / (before_ + ".json")) << "half";
  EXPECT_FALSE(cache.find(before_));
}

TEST_F(StepCacheTest, keeps_so_many_and_no_more) {
  const StepCache cache(folder_ / "cache");
  const auto count = [&] {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_ / "cache"), fs::directory_iterator()));
  };
  for (std::size_t i = 0; i < kCacheEntries - 1; ++i) cache.keep("d" + std::to_string(i), {"1", ""});
  EXPECT_EQ(count(), kCacheEntries - 1);
  cache.keep("x", {"1", ""});
  EXPECT_EQ(count(), kCacheEntries);
  cache.keep("y", {"1", ""});
  EXPECT_EQ(count(), kCacheEntries);
  EXPECT_TRUE(cache.find("y"));
}

}  // namespace
}  // namespace weir::run
