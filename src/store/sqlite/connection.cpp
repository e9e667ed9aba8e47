#include "store/sqlite/connection.hpp"

#include <fmt/format.h>

namespace weir::store::sqlite {

Result<std::unique_ptr<Connection>> Connection::open(const std::string& file, const std::string& vfs, bool create) {
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &db, flags, vfs.empty() ? nullptr : vfs.c_str());
  auto connection = std::unique_ptr<Connection>(new Connection(db));
  if (code != SQLITE_OK) {
    if (!db) return fail("out of memory", file);
    return std::unexpected(connection->problem("cannot be opened").in(file));
  }
  // A close after a failed sync must not write anything: what is true is found out by the next open.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(db, 2'000);
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

int Connection::run(std::string_view sql) {
  const char* rest = sql.data();
  const char* const end = rest + sql.size();
  while (rest < end) {
    sqlite3_stmt* statement = nullptr;
    const int prepared = sqlite3_prepare_v2(db_, rest, static_cast<int>(end - rest), &statement, &rest);
    if (prepared != SQLITE_OK) return prepared;
    if (!statement) continue;  // white space, a comment
    int stepped = SQLITE_ROW;
    while (stepped == SQLITE_ROW) stepped = sqlite3_step(statement);
    const int finished = sqlite3_finalize(statement);
    if (stepped != SQLITE_DONE) return finished == SQLITE_OK ? stepped : finished;
  }
  return SQLITE_OK;
}

Result<std::int64_t> Connection::number(std::string_view sql, std::int64_t otherwise) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return std::unexpected(problem("cannot be read"));
  const int stepped = sqlite3_step(statement);
  const auto value = stepped == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : otherwise;
  sqlite3_finalize(statement);
  if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) return std::unexpected(problem("cannot be read"));
  return value;
}

sqlite3_stmt* Connection::prepare(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return nullptr;
  statements_.emplace(sql, statement);
  return statement;
}

std::string Connection::text() const { return fmt::format("{} (SQLite {})", sqlite3_errmsg(db_), code()); }

Problem Connection::problem(std::string what) const { return Problem{what + ": " + text(), {}, {}}; }

bool Connection::rolled_back() {
  if (sqlite3_get_autocommit(db_)) return true;
  return run("ROLLBACK") == SQLITE_OK && sqlite3_get_autocommit(db_);
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace weir::store::sqlite
