// main() of these tests: workers in it start the program again as their supervisor, and one test as a `weir`.
#include <gtest/gtest.h>

#include <string_view>

#include "cli/context.hpp"
#include "run/supervise.hpp"

int main(int argc, char** argv) {
  if (weir::run::is_supervisor(argc, argv)) return weir::run::supervise_main(argc, argv);
  if (argc > 1 && std::string_view(argv[1]) == "__weir")
    return weir::cli::run(std::vector<std::string>(argv + 2, argv + argc), weir::cli::Console::standard());
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
