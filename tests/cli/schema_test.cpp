// The schema in use is a committed file; here it is derived from the descriptors of all tables of the house.
//   WEIR_UPDATE=1 build/test_cli --gtest_filter='Schema.*'     writes it anew
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/house.hpp"
#include "store/sqlite/schema.hpp"

namespace weir::cli {
namespace {

TEST(Schema, the_committed_file_is_what_the_descriptors_say) {
  core::Cell cell;
  Services services(cell.registry(), false);
  const auto derived = store::sqlite::schema_sql(cell.tables());
  const std::string path = WEIR_SOURCE_DIR "/src/store/schema.sql";
  if (std::getenv("WEIR_UPDATE")) std::ofstream(path) << derived;
  std::stringstream committed;
  committed << std::ifstream(path).rdbuf();
  EXPECT_EQ(committed.str(), derived)
      << "a table has changed: add a migration (src/store/sqlite/schema.cpp), then run this "
         "test with WEIR_UPDATE=1 and commit the file";
}

}  // namespace
}  // namespace weir::cli
