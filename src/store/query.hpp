// What a Query means, for every adapter alike: it is checked and brought into one form once, here.
//
// Null never meets a condition, but for `equal` with null. Texts compare by bytes, enums by their names.
#pragma once

#include <vector>

#include "store/store.hpp"

namespace weir::store {

struct CheckedCondition {
  int field = 0;  // index into the row's fields
  Condition::Op op = Condition::Op::equal;
  Column value;
};

// Field names resolved, enum numbers turned into names. A Problem for a field that is none or is nested, a value of
// another type, a limit outside 1..kQueryPageRows, or an `after` that is no key of the table.
Result<std::vector<CheckedCondition>> check(const Query& query);

// A key as the table's rows have it: the right number of values, each of its field's type; enum numbers become names.
Result<Key> check_key(const TableInfo& table, const Key& key);

bool meets(const TableInfo& table, const void* row, const std::vector<CheckedCondition>& conditions);

// A batch that no adapter takes, because whoever made it is wrong: a number out of turn, a table that was not given to
// open(), a write without a row.
Result<void> check_batch(const Batch& batch, BatchNumber last, const std::vector<const TableInfo*>& tables);

}  // namespace weir::store
