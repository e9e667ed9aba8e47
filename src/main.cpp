// One program with two faces: the commands (cli/), and the supervisor of a worker's steps (run/supervise.hpp).
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "run/supervise.hpp"

int main(int argc, char** argv) {
  if (weir::run::is_supervisor(argc, argv)) return weir::run::supervise_main(argc, argv);
  return weir::cli::run(std::vector<std::string>(argv + 1, argv + argc), weir::cli::Console::standard());
}
