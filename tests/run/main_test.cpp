// main() of these tests: the runner starts the program again as supervisor, and one test as a worker to be killed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string_view>

#include "run/process.hpp"
#include "run/supervise.hpp"

namespace {

// A worker with one step; it writes the number of its supervisor and waits to be killed.
int work(const std::filesystem::path& folder, const char* command) {
  weir::run::ProcessRunner runner;
  weir::run::ProcessSpec spec;
  spec.command = command;
  spec.folder = folder / "step";
  spec.log_file = folder / "step.log";
  spec.environment["WEIR_TEST_MARK"] = folder.filename().string();
  runner.run(spec, [](const auto&) {});
  std::ofstream(folder / "supervisor") << runner.supervisor_pid() << std::endl;
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (weir::run::is_supervisor(argc, argv)) return weir::run::supervise_main(argc, argv);
  if (argc == 4 && std::string_view(argv[1]) == "__worker") return work(argv[2], argv[3]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
