// The parent of one step: starts it, ends it, and reaps all that comes of it. A process forked from the supervisor.
#pragma once

#include "run/fd.hpp"

namespace weir::run {

// How long processes may take to vanish after SIGKILL before the worker is told that they do not (a dead disk or
// file server can hold a process; a step may also have gained rights that the worker lacks). The keeper stays.
inline constexpr int kSurvivorPatienceMs = 5'000;

// Reads the step from `control`, runs it with its output going to `output`, reports, and returns the keeper's exit
// status: 0 when no descendant is left. `child_signals` is a signalfd of SIGCHLD; all signals are blocked.
//   - the main process ends: everything it left is killed;
//   - a stop, or the timeout: SIGTERM to all, SIGKILL to what is left after the grace;
//   - the worker's end of `control` closes: SIGKILL to all at once.
int keep_step(Fd control, Fd output, int child_signals);

}  // namespace weir::run
