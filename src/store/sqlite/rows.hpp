// Rows into statements and out of them, straight through the descriptors.
#pragma once

#include <string>

#include "store/query.hpp"
#include "store/sqlite/connection.hpp"

namespace weir::store::sqlite {

// The texts of a table's statements.
struct TableSql {
  explicit TableSql(const TableInfo& table);
  std::string put, erase, fetch, load;
};
std::string query_sql(const Query& query, const std::vector<CheckedCondition>& conditions);

// Binds the first `count` fields of a row to parameters 1 .. count. The row must outlive the step.
int bind_fields(sqlite3_stmt* statement, const TableInfo& table, const void* row, int count);
int bind_column(sqlite3_stmt* statement, int parameter, const Column& column);

// The row a statement stands at, whose columns are the table's fields in their order.
Result<Row> read_row(sqlite3_stmt* statement, const TableInfo& table);

}  // namespace weir::store::sqlite
