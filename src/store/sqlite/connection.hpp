// One SQLite connection with its prepared statements. Codes are SQLite's extended result codes.
// One thread at a time.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace weir::store::sqlite {

class Connection {
 public:
  // Opens, or creates when `create`. `vfs` names SQLite's file layer; empty is the system's. The file is not touched
  // before the first statement, and closing never checkpoints.
  static Result<std::unique_ptr<Connection>> open(const std::string& file, const std::string& vfs, bool create);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs every statement of `sql`, ignoring rows.
  int run(std::string_view sql);
  // The first column of the first row; `otherwise` when there is no row.
  Result<std::int64_t> number(std::string_view sql, std::int64_t otherwise = 0);
  // A statement that is kept for the next time, reset and ready to bind; nullptr on an error (see code()).
  sqlite3_stmt* prepare(const std::string& sql);

  int code() const { return sqlite3_extended_errcode(db_); }
  // "database or disk is full (SQLite 13)"
  std::string text() const;
  Problem problem(std::string what) const;
  // Rolls an open transaction back; true when none is open any more.
  bool rolled_back();
  sqlite3* handle() { return db_; }

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

// Resets a statement when its use ends, so that it holds no snapshot and points to no row.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* statement_;
};

// "name", with quotes doubled.
std::string quoted(std::string_view name);

}  // namespace weir::store::sqlite
