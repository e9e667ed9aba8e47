// Tables of SQL from described rows, and how an older store becomes a newer one.
//
// Integers, bools, instants and spans are INTEGER, doubles REAL, everything else TEXT (table.hpp says how). A single
// key of an integer kind is the rowid; other keys make a table WITHOUT ROWID. Live tables have no secondary index.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.hpp"
#include "store/table.hpp"

namespace weir::store::sqlite {

// What brings a store from version - 1 to `version`. Runs in one transaction with the new version number. Adding a
// field to an existing table is a migration ("ALTER TABLE run ADD COLUMN note TEXT"); a table that is new needs none:
// missing tables are created from their descriptors.
struct Migration {
  int version = 0;
  std::string_view sql;
};

// Those of this program, rising by one. Version 1 is the tables as their descriptors say.
std::span<const Migration> migrations();

// The whole schema as text, one statement per table and index in the order given, with the meta table first.
std::string schema_sql(const std::vector<const TableInfo*>& tables);

// A new and empty file becomes a store of the newest version: one transaction.
Result<void> create_schema(Connection& db, const std::vector<const TableInfo*>& tables, int version, std::int64_t cell);
// An older store becomes one of the newest version; tables that are missing are created; then every table must have
// just the columns its descriptor says.
Result<void> upgrade_schema(Connection& db, const std::vector<const TableInfo*>& tables,
                            std::span<const Migration> migrations, int from);

}  // namespace weir::store::sqlite
