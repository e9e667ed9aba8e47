#include "edge/openapi.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace weir::edge {
namespace {

// WEIR_UPDATE=1 writes the file anew.
TEST(OpenApi, docs_openapi_json_is_what_the_operation_table_says) {
  const std::string path = WEIR_SOURCE_DIR "/docs/openapi.json";
  if (std::getenv("WEIR_UPDATE")) std::ofstream(path) << openapi_document();
  std::ostringstream file;
  file << std::ifstream(path).rdbuf();
  EXPECT_TRUE(file.str() == openapi_document())
      << "an operation changed: run WEIR_UPDATE=1 test_edge --gtest_filter=OpenApi.* and commit docs/openapi.json";
}

}  // namespace
}  // namespace weir::edge
