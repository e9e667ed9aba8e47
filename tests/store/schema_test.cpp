#include "store/sqlite/schema.hpp"

#include <gtest/gtest.h>

#include "tests/store/rows.hpp"

namespace weir::store::test {
namespace {

TEST(Schema, is_written_from_the_descriptors) {
  EXPECT_EQ(sqlite::schema_sql({&kVisit, &kOrder}),
            R"(CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "visit" (
  "port" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "seq" INTEGER NOT NULL,
  "kind" TEXT,
  "tons" INTEGER NOT NULL,
  PRIMARY KEY ("port", "at", "seq")
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "visit_by_kind" ON "visit" ("kind");
CREATE TABLE IF NOT EXISTS "order" (
  "group" TEXT NOT NULL,
  "select" TEXT NOT NULL,
  PRIMARY KEY ("group")
) STRICT, WITHOUT ROWID;
)");
}

TEST(Schema, a_single_integer_key_is_the_rowid) {
  const auto sql = sqlite::schema_sql({&kBoat});
  EXPECT_NE(sql.find("\"id\" INTEGER PRIMARY KEY,"), std::string::npos) << sql;
  EXPECT_NE(sql.find("\"height_m\" REAL,"), std::string::npos) << sql;
  EXPECT_EQ(sql.find("CREATE INDEX"), std::string::npos) << sql;
}

TEST(Schema, migrations_rise_by_one_from_one) {
  int version = 0;
  for (const auto& migration : sqlite::migrations()) EXPECT_EQ(migration.version, ++version);
  EXPECT_GE(version, 1);
}

}  // namespace
}  // namespace weir::store::test
