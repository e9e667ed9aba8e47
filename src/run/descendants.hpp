// Finds and signals every descendant of the calling process, whatever session or process group it moved to.
//
// Complete because the caller is the reaper of its descendants (PR_SET_CHILD_SUBREAPER): one whose parent dies
// becomes the caller's child, so it can never leave the tree.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>

namespace weir::run {

// Sends `signal` to all descendants except the children in `spared` and what is below these; returns how many it
// found, zombies not counted. A process group is signalled as a whole, which no fork inside of it can outrun; a
// process that moves to a new group meanwhile is found by the next call, so callers repeat until it returns 0.
std::size_t kill_descendants(int signal, const std::set<pid_t>& spared = {});

// Empties a signalfd; what happened is asked of waitpid.
void forget_child_signals(int signal_fd);

}  // namespace weir::run
