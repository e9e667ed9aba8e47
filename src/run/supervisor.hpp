// The worker's hold on its supervisor process (supervise.hpp): one is started and serves every step.
//
// Threads: one caller at a time.
#pragma once

#include <sys/types.h>

#include "base/result.hpp"
#include "run/fd.hpp"

namespace weir::run {

class Supervisor {
 public:
  // Starts this program again and waits until it answers. Fails when the program cannot be started, or does not
  // call supervise_main and therefore does not answer.
  static Result<Supervisor> start();

  Supervisor(Supervisor&&) noexcept;
  Supervisor& operator=(Supervisor&&) = delete;
  ~Supervisor();  // closes the socket, on which all its steps are killed, and waits for its end, 10 s at most

  // Has a keeper forked that owns both descriptors; the caller closes its copies. False when the supervisor is dead.
  bool fork_keeper(int control, int output) const;

  pid_t pid() const { return pid_; }

 private:
  Supervisor(Fd socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}
  Fd socket_;
  pid_t pid_ = 0;
};

}  // namespace weir::run
