#include "store/faulty/faulty_store.hpp"

namespace weir::store {
namespace {

constexpr const char* kFault = "a fault of the test";
constexpr const char* kCrashed = "the process has ended (a fault of the test)";
constexpr const char* kLost = "the store must be reopened";

bool crashes(Fault::Kind kind) { return kind == Fault::Kind::crash_before || kind == Fault::Kind::crash_after; }
bool does_nothing(Fault::Kind kind) {
  return kind == Fault::Kind::refuse || kind == Fault::Kind::fail_before || kind == Fault::Kind::crash_before;
}

}  // namespace

FaultyStore::FaultyStore(Store& inside, Policy policy) : inside_(inside), policy_(std::move(policy)) {}

Fault FaultyStore::ask(Call::What what, BatchNumber batch, std::string_view table) {
  const std::scoped_lock lock(mutex_);
  if (crashed_) return {Fault::Kind::crash_before, {}};
  const Call call{what, ++calls_, ++calls_of_[static_cast<int>(what)], batch, table};
  auto fault = policy_ ? policy_(call) : Fault{};
  if (fault.kind == Fault::Kind::crash_before) crashed_ = true;
  return fault;
}

void FaultyStore::crash() {
  const std::scoped_lock lock(mutex_);
  crashed_ = true;
}

CommitResult FaultyStore::commit(const Batch& batch) {
  {
    const std::scoped_lock lock(mutex_);
    if (lost_ && !crashed_) return {CommitOutcome::unknown, kLost};
  }
  const auto fault = ask(Call::What::commit, batch.number, {});
  CommitResult result;
  if (!does_nothing(fault.kind)) result = inside_.commit(batch);
  if (fault.kind == Fault::Kind::crash_after) crash();
  if (fault.hold) fault.hold();
  if (fault.kind == Fault::Kind::none) return result;
  if (fault.kind == Fault::Kind::refuse) return {CommitOutcome::refused, kFault};
  const std::scoped_lock lock(mutex_);
  lost_ = true;
  return {CommitOutcome::unknown, crashes(fault.kind) ? kCrashed : kFault};
}

template <class T>
Result<T> FaultyStore::around(Call::What what, std::string_view table, const std::function<Result<T>()>& work) {
  if (what != Call::What::open && what != Call::What::reopen) {
    const std::scoped_lock lock(mutex_);
    if (lost_ && !crashed_) return fail(kLost, name());
  }
  const auto fault = ask(what, 0, table);
  Result<T> result = fail(kFault, name());
  if (!does_nothing(fault.kind)) result = work();
  if (fault.kind == Fault::Kind::crash_after) crash();
  if (fault.hold) fault.hold();
  if (fault.kind == Fault::Kind::none) return result;
  return fail(crashes(fault.kind) ? kCrashed : kFault, name());
}

Result<void> FaultyStore::open(const std::vector<const TableInfo*>& tables) {
  return around<void>(Call::What::open, {}, [&] { return inside_.open(tables); });
}

Result<void> FaultyStore::reopen() {
  auto result = around<void>(Call::What::reopen, {}, [&] { return inside_.reopen(); });
  const std::scoped_lock lock(mutex_);
  if (result) lost_ = false;
  return result;
}

Result<void> FaultyStore::load(const TableInfo& table, const std::function<void(Row)>& visit) {
  return around<void>(Call::What::load, table.name, [&] { return inside_.load(table, visit); });
}

Result<Row> FaultyStore::fetch(const TableInfo& table, const Key& key) {
  return around<Row>(Call::What::fetch, table.name, [&] { return inside_.fetch(table, key); });
}

Result<Page> FaultyStore::query(const Query& query) {
  return around<Page>(Call::What::query, query.table->name, [&] { return inside_.query(query); });
}

bool FaultyStore::crashed() {
  const std::scoped_lock lock(mutex_);
  return crashed_;
}

void FaultyStore::restart() {
  const std::scoped_lock lock(mutex_);
  crashed_ = false;
  lost_ = false;
}

void FaultyStore::set_policy(Policy policy) {
  const std::scoped_lock lock(mutex_);
  policy_ = std::move(policy);
}

}  // namespace weir::store
