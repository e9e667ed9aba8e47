#include "run/follow.hpp"

#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

class Follow : public Steps {
 protected:
  void write(std::string_view text) { std::ofstream(log_, std::ios::app | std::ios::binary) << text; }
  std::filesystem::path log_ = folder_ / "log";
};

TEST_F(Follow, reads_nothing_from_a_log_that_is_not_there_yet) {
  const auto chunk = read_from(log_, 7, 100);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->bytes, "");
  EXPECT_EQ(chunk->next_offset, 7u);
}

TEST_F(Follow, reads_from_an_offset_at_most_so_much) {
  write("0123456789");
  const auto chunk = read_from(log_, 2, 3);
  EXPECT_EQ(chunk->bytes, "234");
  EXPECT_EQ(chunk->next_offset, 5u);
  EXPECT_EQ(read_from(log_, 10, 3)->bytes, "");
  EXPECT_EQ(read_from(log_, 11, 3)->next_offset, 11u);
}

TEST_F(Follow, fails_on_what_cannot_be_read) {
  write("a file");
  EXPECT_FALSE(read_from(log_ / "x", 0, 1));
}

TEST_F(Follow, goes_on_behind_what_it_read) {
  LogFollower follower(log_);
  write("one");
  EXPECT_EQ(follower.next(100)->bytes, "one");
  EXPECT_EQ(follower.next(100)->bytes, "");
  write("two");
  EXPECT_TRUE(follower.wait(kPatience));
  EXPECT_EQ(follower.next(100)->bytes, "two");
  EXPECT_EQ(follower.offset(), 6u);
}

TEST_F(Follow, gives_up_waiting_in_time) { EXPECT_FALSE(LogFollower(log_).wait(Millis{10})); }

TEST_F(Follow, sees_a_step_write) {
  const auto spec = shell("read line < go; echo done");
  std::filesystem::create_directory(spec.folder);
  ASSERT_EQ(::mkfifo((spec.folder / "go").c_str(), 0600), 0);
  LogFollower follower(spec.log_file);
  auto future = begin(spec);
  EXPECT_EQ(follower.next(100)->bytes, "");
  std::ofstream(spec.folder / "go") << "go\n";
  EXPECT_TRUE(follower.wait(kPatience));
  EXPECT_EQ(follower.next(100)->bytes, "done\n");
  end(std::move(future));
}

}  // namespace
}  // namespace weir::run
