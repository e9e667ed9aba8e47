#include "store/query.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.hpp"

namespace weir::store {
namespace {

const Type& bare(const Type& type) { return type.kind == Kind::Optional ? *type.element() : type; }

bool nested(Kind kind) { return kind == Kind::List || kind == Kind::Map || kind == Kind::Struct; }

// The column as a field of this type would give it; nothing when it is of another type.
std::optional<Column> fitted(const Type& type, const Column& value) {
  if (std::holds_alternative<std::monostate>(value)) return value;
  switch (type.kind) {
    case Kind::Bool:
    case Kind::Int:
    case Kind::Instant:
    case Kind::Millis:
      if (std::holds_alternative<std::int64_t>(value)) return value;
      return std::nullopt;
    case Kind::Double:
      if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
      if (std::holds_alternative<double>(value)) return value;
      return std::nullopt;
    case Kind::Enum:
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        const auto name = type.enumerator_name(*number);
        if (name.empty()) return value;
        return std::string(name);
      }
      if (std::holds_alternative<std::string>(value)) return value;
      return std::nullopt;
    case Kind::Text:
    case Kind::Json:
      if (std::holds_alternative<std::string>(value)) return value;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool holds(const Column& left, Condition::Op op, const Column& right) {
  const bool null = std::holds_alternative<std::monostate>(left) || std::holds_alternative<std::monostate>(right);
  switch (op) {
    case Condition::Op::equal:
      return left == right;
    case Condition::Op::less:
      return !null && left < right;
    case Condition::Op::less_or_equal:
      return !null && left <= right;
    case Condition::Op::greater:
      return !null && left > right;
    case Condition::Op::greater_or_equal:
      return !null && left >= right;
  }
  return false;
}

}  // namespace

Result<Key> check_key(const TableInfo& table, const Key& key) {
  if (key.size() != static_cast<std::size_t>(table.key_fields))
    return fail(fmt::format("{} is no key: the table has {} key fields", text_of(key), table.key_fields),
                fmt::format("table '{}'", table.name));
  Key out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto& field = table.row().fields[i];
    auto column = fitted(*field.type(), key[i]);
    if (!column || std::holds_alternative<std::monostate>(*column))
      return fail(fmt::format("{} is no key: field '{}' is of another type", text_of(key), field.name),
                  fmt::format("table '{}'", table.name));
    out.push_back(std::move(*column));
  }
  return out;
}

Result<std::vector<CheckedCondition>> check(const Query& query) {
  const auto& table = *query.table;
  const auto place = fmt::format("query of table '{}'", table.name);
  if (query.limit < 1 || query.limit > limits::kQueryPageRows)
    return fail(fmt::format("limit {} is not served", query.limit), place,
                fmt::format("ask for 1 to {} rows a page", limits::kQueryPageRows));
  if (query.after) {
    if (auto key = check_key(table, *query.after); !key) return std::unexpected(std::move(key.error()).in(place));
  }
  std::vector<CheckedCondition> out;
  const auto fields = table.row().fields;
  for (const auto& condition : query.where) {
    const auto found = std::ranges::find(fields, condition.field, &Field::name);
    if (found == fields.end()) return fail(fmt::format("there is no field '{}'", condition.field), place);
    const auto& type = bare(*found->type());
    if (nested(type.kind)) return fail(fmt::format("field '{}' is nested", condition.field), place);
    auto value = fitted(type, condition.value);
    if (!value) return fail(fmt::format("the value for field '{}' is of another type", condition.field), place);
    out.push_back({static_cast<int>(found - fields.begin()), condition.op, std::move(*value)});
  }
  return out;
}

bool meets(const TableInfo& table, const void* row, const std::vector<CheckedCondition>& conditions) {
  const auto fields = table.row().fields;
  return std::ranges::all_of(conditions, [&](const CheckedCondition& c) {
    const auto& field = fields[static_cast<std::size_t>(c.field)];
    return holds(to_column(*field.type(), field.get(row)), c.op, c.value);
  });
}

Result<void> check_batch(const Batch& batch, BatchNumber last, const std::vector<const TableInfo*>& tables) {
  if (batch.number != last + 1)
    return fail(fmt::format("batch {} is out of turn: the last one is {}", batch.number, last));
  for (const auto& write : batch.writes) {
    if (!write.table || std::ranges::find(tables, write.table) == tables.end())
      return fail(fmt::format("batch {} writes table '{}', which was not given to open()", batch.number,
                              write.table ? write.table->name : "(none)"));
    if (!write.row)
      return fail(fmt::format("batch {} writes table '{}' without a row", batch.number, write.table->name));
  }
  return {};
}

}  // namespace weir::store
