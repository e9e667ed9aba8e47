#include "store/sqlite/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace weir::store::sqlite {
namespace {

constexpr Migration kMigrations[] = {{1, ""}};

constexpr std::string_view kMeta =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n";

bool integer_kind(Kind kind) {
  return kind == Kind::Bool || kind == Kind::Int || kind == Kind::Instant || kind == Kind::Millis;
}

std::string_view sql_type(const Type& type) {
  if (type.kind == Kind::Optional) return sql_type(*type.element());
  if (integer_kind(type.kind)) return "INTEGER";
  return type.kind == Kind::Double ? "REAL" : "TEXT";
}

bool nullable(Kind kind) { return kind == Kind::Optional || kind == Kind::Json || kind == Kind::Double; }

std::string create_table(const TableInfo& table) {
  const auto fields = table.row().fields;
  const bool rowid = table.key_fields == 1 && integer_kind(fields[0].type()->kind);
  std::string out = fmt::format("CREATE TABLE IF NOT EXISTS {} (\n", quoted(table.name));
  std::string key;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& type = *fields[i].type();
    const bool in_key = i < static_cast<std::size_t>(table.key_fields);
    if (i > 0) out += ",\n";
    out += fmt::format("  {} {}", quoted(fields[i].name), sql_type(type));
    if (in_key && rowid) {
      out += " PRIMARY KEY";
    } else if (!nullable(type.kind)) {
      out += " NOT NULL";
    }
    if (in_key) key += (key.empty() ? "" : ", ") + quoted(fields[i].name);
  }
  return out + (rowid ? "\n) STRICT;\n" : fmt::format(",\n  PRIMARY KEY ({})\n) STRICT, WITHOUT ROWID;\n", key));
}

std::string create_indices(const TableInfo& table) {
  std::string out;
  for (const auto field : table.indexed)
    out += fmt::format("CREATE INDEX IF NOT EXISTS {} ON {} ({});\n",
                       quoted(fmt::format("{}_by_{}", table.name, field)), quoted(table.name), quoted(field));
  return out;
}

Result<void> run(Connection& db, const std::string& sql, const std::string& what) {
  if (db.run(sql) == SQLITE_OK) return {};
  auto problem = db.problem(what);
  db.rolled_back();
  return std::unexpected(std::move(problem));
}

// The descriptor and the table must say the same, or rows would be cut or refused later, one by one.
Result<void> check_columns(Connection& db, const TableInfo& table) {
  struct Found {
    std::string type;
    int key = 0;
  };
  std::map<std::string, Found, std::less<>> found;
  auto* statement = db.prepare("SELECT name, type, pk FROM pragma_table_info(?1)");
  if (!statement) return std::unexpected(db.problem("the schema cannot be read"));
  {
    const Use use(statement);
    sqlite3_bind_text(statement, 1, table.name.data(), static_cast<int>(table.name.size()), SQLITE_STATIC);
    int stepped = SQLITE_ROW;
    while ((stepped = sqlite3_step(statement)) == SQLITE_ROW) {
      const auto text = [&](int i) {
        return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
      };
      found[text(0)] = Found{text(1), sqlite3_column_int(statement, 2)};
    }
    if (stepped != SQLITE_DONE) return std::unexpected(db.problem("the schema cannot be read"));
  }
  const auto place = fmt::format("table '{}'", table.name);
  const std::string advice = "a changed table needs a migration (src/store/sqlite/schema.cpp)";
  int position = 0;
  for (const auto& field : table.row().fields) {
    ++position;
    const auto at = found.find(field.name);
    if (at == found.end()) return fail(fmt::format("column '{}' is missing", field.name), place, advice);
    const int key = position <= table.key_fields ? position : 0;
    if (at->second.type != sql_type(*field.type()) || at->second.key != key)
      return fail(fmt::format("column '{}' is of another type or not the same part of the key", field.name), place,
                  advice);
    found.erase(at);
  }
  if (!found.empty()) return fail(fmt::format("column '{}' is not known", found.begin()->first), place, advice);
  return {};
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

std::string schema_sql(const std::vector<const TableInfo*>& tables) {
  std::string out{kMeta};
  for (const auto* table : tables) out += create_table(*table) + create_indices(*table);
  return out;
}

Result<void> create_schema(Connection& db, const std::vector<const TableInfo*>& tables, int version,
                           std::int64_t cell) {
  const auto sql = fmt::format(
      "BEGIN IMMEDIATE;\n{}INSERT INTO meta VALUES ('schema', {}), ('batch', 0), ('epoch', 0), ('cell', {});\nCOMMIT;",
      schema_sql(tables), version, cell);
  return run(db, sql, "the tables cannot be created");
}

Result<void> upgrade_schema(Connection& db, const std::vector<const TableInfo*>& tables,
                            std::span<const Migration> migrations, int from) {
  for (const auto& migration : migrations) {
    if (migration.version <= from) continue;
    const auto sql = fmt::format("BEGIN IMMEDIATE;\n{};\nUPDATE meta SET value = {} WHERE key = 'schema';\nCOMMIT;",
                                 migration.sql, migration.version);
    if (auto ok = run(db, sql, fmt::format("migration {} failed", migration.version)); !ok) return ok;
  }
  for (const auto* table : tables) {
    auto exists =
        db.number(fmt::format("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{}'", table->name));
    if (!exists) return std::unexpected(exists.error());
    if (*exists == 0) {
      const auto sql = "BEGIN IMMEDIATE;\n" + create_table(*table) + create_indices(*table) + "COMMIT;";
      if (auto ok = run(db, sql, fmt::format("table '{}' cannot be created", table->name)); !ok) return ok;
    }
    if (auto ok = check_columns(db, *table); !ok) return ok;
  }
  return {};
}

}  // namespace weir::store::sqlite
