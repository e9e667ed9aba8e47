#include "run/step_log.hpp"

#include <fcntl.h>

#include "tests/run/steps.hpp"

namespace weir::run {
namespace {

class StepLogTest : public Steps {
 protected:
  StepLog open(std::uint64_t max_bytes) {
    return StepLog(Fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)}, max_bytes);
  }
  std::filesystem::path path_ = folder_ / "log";
};

TEST_F(StepLogTest, takes_exactly_its_limit_without_a_marker) {
  auto log = open(6);
  log.append("abc");
  log.append("def");
  log.close();
  EXPECT_EQ(text_of(path_), "abcdef");
  EXPECT_EQ(log.dropped_bytes(), 0u);
}

TEST_F(StepLogTest, tells_of_one_byte_more) {
  auto log = open(6);
  log.append("abc\nefg");
  log.close();
  EXPECT_EQ(text_of(path_), "abc\nef\n[weir] 1 bytes of output were dropped: the log is limited to 6 bytes\n");
  EXPECT_EQ(log.written_bytes(), 6u);
}

TEST_F(StepLogTest, starts_no_empty_line_when_the_last_one_was_closed) {
  auto log = open(4);
  log.append("abc\nefg");
  log.close();
  EXPECT_EQ(text_of(path_), "abc\n[weir] 3 bytes of output were dropped: the log is limited to 4 bytes\n");
}

TEST_F(StepLogTest, drops_the_rest_after_the_disk_refused) {
  StepLog log(Fd{::open("/dev/full", O_WRONLY)}, 100);
  log.append("abc");
  log.append("def");
  log.close();
  EXPECT_EQ(log.written_bytes(), 0u);
  EXPECT_EQ(log.dropped_bytes(), 6u);
  EXPECT_EQ(log.tail(), "abcdef");
}

TEST_F(StepLogTest, keeps_the_last_4_KiB_of_all_output) {
  auto log = open(10);
  std::string all;
  for (int i = 0; i < 5'000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    log.append(line);
    all += line;
  }
  EXPECT_EQ(log.tail(), all.substr(all.size() - kLogTailBytes));
  log.append(std::string(10'000, 'x'));
  EXPECT_EQ(log.tail(), std::string(kLogTailBytes, 'x'));
}

}  // namespace
}  // namespace weir::run
