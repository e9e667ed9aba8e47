#include "run/wire.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

namespace weir::run {
namespace {

struct Pair {
  Pair() {
    int sockets[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
    left = Fd{sockets[0]};
    right = Fd{sockets[1]};
  }
  Fd left, right;
};

TEST(Wire, carries_a_step_larger_than_a_socket_buffer) {
  Pair pair;
  const StepRequest sent{"/folder", {"a", "", "c d"}, {"X=1", "LARGE=" + std::string(3'000'000, 'x')}, 5, 7};
  std::thread sender([&] { EXPECT_TRUE(send_step(pair.left.get(), sent)); });
  StepRequest got;
  EXPECT_TRUE(receive_step(pair.right.get(), got));
  sender.join();
  EXPECT_EQ(got.folder, sent.folder);
  EXPECT_EQ(got.argv, sent.argv);
  EXPECT_EQ(got.environment, sent.environment);
  EXPECT_EQ(got.timeout_ms, 5);
  EXPECT_EQ(got.grace_ms, 7);
}

TEST(Wire, carries_two_descriptors_to_the_supervisor) {
  Pair pair, control, output;
  ASSERT_TRUE(send_fork_request(pair.left.get(), control.left.get(), output.left.get()));
  const auto got = receive_fork_request(pair.right.get());
  ASSERT_EQ(got.state, ForkRequest::GOT);
  const Fd first{got.control}, second{got.output};
  ASSERT_EQ(::send(second.get(), "x", 1, 0), 1);
  char byte = 0;
  EXPECT_EQ(::recv(output.right.get(), &byte, 1, 0), 1);
  EXPECT_EQ(byte, 'x');
}

TEST(Wire, tells_the_death_of_the_other_side) {
  Pair pair;
  pair.left.reset();
  std::int64_t grace_ms = 0;
  StepRequest step;
  KeeperReport report;
  EXPECT_EQ(receive_fork_request(pair.right.get()).state, ForkRequest::WORKER_GONE);
  EXPECT_FALSE(receive_stop(pair.right.get(), grace_ms));
  EXPECT_FALSE(receive_step(pair.right.get(), step));
  EXPECT_FALSE(receive_report(pair.right.get(), report));
  EXPECT_FALSE(send_stop(pair.right.get(), Millis{1}));
}

TEST(Wire, carries_stops_one_after_the_other) {
  Pair pair;
  EXPECT_TRUE(send_stop(pair.left.get(), Millis{1'000}));
  EXPECT_TRUE(send_stop(pair.left.get(), Millis{-3}));
  std::int64_t grace_ms = -1;
  EXPECT_TRUE(receive_stop(pair.right.get(), grace_ms));
  EXPECT_EQ(grace_ms, 1'000);
  EXPECT_TRUE(receive_stop(pair.right.get(), grace_ms));
  EXPECT_EQ(grace_ms, 0);
}

}  // namespace
}  // namespace weir::run
