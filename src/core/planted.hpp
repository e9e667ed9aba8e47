// Bugs that are planted on purpose, to prove that the tests would find them. Only a build with WEIR_PLANTED_BUGS has
// them (sim_planted); in every other build planted() is a constant and the branches vanish.
#pragma once

namespace weir::core {

enum class Bug {
  none,
  ack_before_commit,  // a write is answered when it is decided
  early_read,         // a read is answered before the batch that it saw is durable
  unknown_as_failed,  // an unknown commit is answered as surely not done
  timer_lost,         // rows with a due time are forgotten at a restart
  delivery_twice,     // an owed delivery keeps its row after it was done
  undo_forgotten,     // a refused batch stays in memory
  result_unheard,     // the result of an item that nobody waits for any more is taken
};

#ifdef WEIR_PLANTED_BUGS
inline Bug& planted_bug() {
  static Bug bug = Bug::none;
  return bug;
}
inline bool planted(Bug bug) { return planted_bug() == bug; }
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace weir::core
