// What worker, supervisor and keeper say to each other. All three are the same program, so structs go as they are.
//
//   supervisor -> worker   one byte kReady, once
//   worker -> supervisor   one byte with two descriptors: the keeper's end of a new control socket, and where the
//                          step's output goes. The supervisor forks a keeper and forgets both
//   worker -> keeper       the step (StepRequest), then any number of stops: 8 bytes, the grace in milliseconds
//   keeper -> worker       one KeeperReport, when all is over
// End of file on a control socket means that the other side is dead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "run/fd.hpp"

namespace weir::run {

inline constexpr char kReady = 'R';

struct StepRequest {
  std::string folder;
  std::vector<std::string> argv;         // argv[0] is looked up in PATH of `environment` unless it has a '/'
  std::vector<std::string> environment;  // "NAME=value"
  std::int64_t timeout_ms = -1;          // -1: none
  std::int64_t grace_ms = 0;
};

struct KeeperReport {
  enum End : std::uint8_t { ENDED, TIMED_OUT, STOPPED, NOT_STARTED };
  enum Failed : std::uint8_t { NOTHING, FORK, FOLDER, EXECUTE };  // what could not be done, when NOT_STARTED
  End end = ENDED;
  Failed failed = NOTHING;
  std::uint16_t survivors = 0;  // processes that even SIGKILL did not end
  int error = 0;                // errno, when NOT_STARTED
  int wait_status = 0;          // as of waitpid
  std::int64_t elapsed_ms = 0;
};

struct ForkRequest {
  enum State { GOT, NOTHING, WORKER_GONE };
  State state = NOTHING;
  int control = -1, output = -1;
};

// All return false, and set errno, when the other side is gone or refuses.
bool send_fork_request(int socket, int control, int output);
bool send_step(int control, const StepRequest& step);
bool send_stop(int control, Millis grace);  // does not wait
bool send_report(int control, const KeeperReport& report);

ForkRequest receive_fork_request(int socket);            // waits
bool receive_step(int control, StepRequest& step);       // waits
bool receive_stop(int control, std::int64_t& grace_ms);  // waits for all of one stop
bool receive_report(int control, KeeperReport& report);  // does not wait: a report is small and comes whole

}  // namespace weir::run
