#include "store/sqlite/rows.hpp"

#include <fmt/format.h>

namespace weir::store::sqlite {
namespace {

std::string list_of(const TableInfo& table, int count, std::string_view between, std::string_view suffix = {}) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += between;
    out += quoted(table.row().fields[static_cast<std::size_t>(i)].name);
    out += suffix;
  }
  return out;
}

std::string parameters(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
  return out;
}

int fields_of(const TableInfo& table) { return static_cast<int>(table.row().fields.size()); }

int bind_text(sqlite3_stmt* statement, int parameter, std::string_view text, sqlite3_destructor_type keep) {
  return sqlite3_bind_text64(statement, parameter, text.data() ? text.data() : "", text.size(), keep, SQLITE_UTF8);
}

int bind_field(sqlite3_stmt* statement, int parameter, const Type& type, const void* field) {
  switch (type.kind) {
    case Kind::Bool:
    case Kind::Int:
    case Kind::Instant:
    case Kind::Millis:
      return sqlite3_bind_int64(statement, parameter, type.get_int(field));
    case Kind::Double:
      return sqlite3_bind_double(statement, parameter, type.get_double(field));  // NaN becomes null
    case Kind::Text:
      return bind_text(statement, parameter, type.get_text(field), SQLITE_STATIC);
    case Kind::Json:
      if (type.get_text(field).empty()) return sqlite3_bind_null(statement, parameter);
      return bind_text(statement, parameter, type.get_text(field), SQLITE_STATIC);
    case Kind::Optional:
      if (!type.has(field)) return sqlite3_bind_null(statement, parameter);
      return bind_field(statement, parameter, *type.element(), type.value(field));
    case Kind::Enum:
      if (const auto name = type.enumerator_name(type.get_int(field)); !name.empty())
        return bind_text(statement, parameter, name, SQLITE_STATIC);
      break;
    default:
      break;
  }
  return bind_column(statement, parameter, to_column(type, field));
}

Column column_at(sqlite3_stmt* statement, int i) {
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, i);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, i);
    case SQLITE_NULL:
      return std::monostate{};
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return std::string(text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
    }
  }
}

bool read_field(sqlite3_stmt* statement, int i, const Type& type, void* field) {
  const int stored = sqlite3_column_type(statement, i);
  switch (type.kind) {
    case Kind::Instant:
    case Kind::Millis:
      if (stored != SQLITE_INTEGER) return false;
      type.set_int(field, sqlite3_column_int64(statement, i));
      return true;
    case Kind::Int: {
      if (stored != SQLITE_INTEGER) return false;
      const auto value = sqlite3_column_int64(statement, i);
      if (!type.fits_int(value)) return false;
      type.set_int(field, value);
      return true;
    }
    case Kind::Optional:
      if (stored == SQLITE_NULL) return type.clear(field), true;
      return read_field(statement, i, *type.element(), type.emplace(field));
    default:
      return from_column(type, field, column_at(statement, i));
  }
}

std::string_view sign(Condition::Op op) {
  switch (op) {
    case Condition::Op::equal:
      return "=";
    case Condition::Op::less:
      return "<";
    case Condition::Op::less_or_equal:
      return "<=";
    case Condition::Op::greater:
      return ">";
    case Condition::Op::greater_or_equal:
      return ">=";
  }
  return "=";
}

}  // namespace

TableSql::TableSql(const TableInfo& table) {
  const auto name = quoted(table.name);
  const auto columns = list_of(table, fields_of(table), ", ");
  const auto keys = list_of(table, table.key_fields, ", ");
  const auto this_key = list_of(table, table.key_fields, " AND ", " = ?");
  put = fmt::format("REPLACE INTO {} ({}) VALUES ({})", name, columns, parameters(fields_of(table)));
  erase = fmt::format("DELETE FROM {} WHERE {}", name, this_key);
  fetch = fmt::format("SELECT {} FROM {} WHERE {}", columns, name, this_key);
  load = fmt::format("SELECT {} FROM {} ORDER BY {}", columns, name, keys);
}

std::string query_sql(const Query& query, const std::vector<CheckedCondition>& conditions) {
  const auto& table = *query.table;
  std::string where;
  const auto add = [&](const std::string& term) { where += (where.empty() ? " WHERE " : " AND ") + term; };
  for (const auto& condition : conditions) {
    const auto field = quoted(table.row().fields[static_cast<std::size_t>(condition.field)].name);
    const bool is_null =
        condition.op == Condition::Op::equal && std::holds_alternative<std::monostate>(condition.value);
    add(is_null ? field + " IS ?" : fmt::format("{} {} ?", field, sign(condition.op)));
  }
  if (query.after)
    add(fmt::format("({}) {} ({})", list_of(table, table.key_fields, ", "), query.descending ? '<' : '>',
                    parameters(table.key_fields)));
  return fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT ?", list_of(table, fields_of(table), ", "),
                     quoted(table.name), where,
                     list_of(table, table.key_fields, ", ", query.descending ? " DESC" : ""));
}

int bind_fields(sqlite3_stmt* statement, const TableInfo& table, const void* row, int count) {
  for (int i = 0; i < count; ++i) {
    const auto& field = table.row().fields[static_cast<std::size_t>(i)];
    if (const int code = bind_field(statement, i + 1, *field.type(), field.get(row)); code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

int bind_column(sqlite3_stmt* statement, int parameter, const Column& column) {
  if (const auto* number = std::get_if<std::int64_t>(&column)) return sqlite3_bind_int64(statement, parameter, *number);
  if (const auto* real = std::get_if<double>(&column)) return sqlite3_bind_double(statement, parameter, *real);
  if (const auto* text = std::get_if<std::string>(&column))
    return bind_text(statement, parameter, *text, SQLITE_TRANSIENT);
  return sqlite3_bind_null(statement, parameter);
}

Result<Row> read_row(sqlite3_stmt* statement, const TableInfo& table) {
  const auto& type = table.row();
  auto row = type.make();
  int i = 0;
  for (const auto& field : type.fields) {
    if (!read_field(statement, i, *field.type(), field.edit(row.get()))) {
      Key key;
      for (int k = 0; k < table.key_fields; ++k) key.push_back(column_at(statement, k));
      return fail(fmt::format("column '{}' holds a value that does not fit", field.name),
                  fmt::format("table '{}', row {}", table.name, text_of(key)),
                  "the store is damaged or was written by another version: restore a backup");
    }
    ++i;
  }
  return row;
}

}  // namespace weir::store::sqlite
