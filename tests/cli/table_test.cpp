#include "cli/table.hpp"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

TEST(Table, is_as_wide_as_it_needs) {
  Table table({"RUN", "PIPELINE"});
  table.row({"1", "listings"});
  table.row({"20", "x"});
  EXPECT_EQ(table.text(80, false),
            "RUN  PIPELINE\n"
            "1    listings\n"
            "20   x\n");
}

TEST(Table, cuts_the_widest_column_to_fit) {
  Table table({"A", "B"});
  table.row({"short", "a very long text that does not fit"});
  EXPECT_EQ(table.text(20, false),
            "A      B\n"
            "short  a very long …\n");
}

TEST(Table, leaves_out_columns_that_are_empty) {
  Table table({"A", "B", "C"});
  table.row({"1", "", "3"});
  EXPECT_EQ(table.text(20, false), "A  C\n1  3\n");
}

TEST(Table, counts_characters_not_bytes_and_no_colours) {
  EXPECT_EQ(columns_of("✓ é"), 3);
  EXPECT_EQ(columns_of("\033[31mred\033[0m"), 3);
  EXPECT_EQ(cut("äöüß", 3), "äö…");
}

TEST(Console, says_a_status_with_a_sign) {
  EXPECT_EQ(status_text("SUCCEEDED"), "✓ SUCCEEDED");
  EXPECT_EQ(status_text("FAILED"), "✗ FAILED");
  EXPECT_EQ(status_text("RUNNING"), "● RUNNING");
  EXPECT_EQ(status_text("QUEUED"), "○ QUEUED");
}

}  // namespace
}  // namespace weir::cli
