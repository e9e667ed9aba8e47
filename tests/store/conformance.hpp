// The stores that must all pass the same suite. A new adapter adds a line to kinds().
#pragma once

#include <memory>
#include <ostream>

#include "store/faulty/faulty_store.hpp"
#include "store/memory/memory_store.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tests/store/rows.hpp"

namespace weir::store::test {

// A place that outlives the processes that use it.
class Place {
 public:
  virtual ~Place() = default;
  virtual Store& store() = 0;
  // The process ends and another begins; open() is asked for again.
  virtual void restart() = 0;
};

class MemoryPlace : public Place {
 public:
  Store& store() override { return store_; }
  void restart() override { store_.crash(); }

 private:
  MemoryStore store_;
};

class SqlitePlace : public Place {
 public:
  SqlitePlace() { restart(); }
  Store& store() override { return *store_; }
  void restart() override {
    SqliteOptions options;
    options.reserve_bytes = 0;
    store_.reset();
    store_ = std::make_unique<SqliteStore>(folder_ / "data", options);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

class FaultlessPlace : public Place {
 public:
  Store& store() override { return store_; }
  void restart() override {
    memory_.crash();
    store_.restart();
  }

 private:
  MemoryStore memory_;
  FaultyStore store_{memory_, {}};
};

struct PlaceKind {
  const char* name;
  std::unique_ptr<Place> (*make)();
};
inline void PrintTo(const PlaceKind& kind, std::ostream* out) { *out << kind.name; }

inline std::vector<PlaceKind> kinds() {
  return {{"memory", []() -> std::unique_ptr<Place> { return std::make_unique<MemoryPlace>(); }},
          {"sqlite", []() -> std::unique_ptr<Place> { return std::make_unique<SqlitePlace>(); }},
          {"faultless", []() -> std::unique_ptr<Place> { return std::make_unique<FaultlessPlace>(); }}};
}

}  // namespace weir::store::test
