// The program's second face: the supervisor of a worker's steps.
//
//   int main(int argc, char** argv) {
//     if (weir::run::is_supervisor(argc, argv)) return weir::run::supervise_main(argc, argv);
//     ...
//
// Call it before anything else in main(): the supervisor is single-threaded and small on purpose, because it forks
// for every step. It ends when the worker's end of its socket is closed and everything it looked after is gone.
// It ignores every signal but SIGKILL: a worker is told to end, the supervisor follows it.
#pragma once

namespace weir::run {

inline constexpr const char* kSuperviseArgument = "__supervise";

bool is_supervisor(int argc, char** argv);
// argv: program, "__supervise", the number of the socket. Returns the exit status.
int supervise_main(int argc, char** argv);

}  // namespace weir::run
