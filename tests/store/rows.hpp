// Rows of every kind of field, and short ways to write batches of them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "store/store.hpp"

namespace weir::store::test {

enum class Weather { CALM, STORMY = 7 };
BOOST_DESCRIBE_ENUM(Weather, CALM, STORMY)

struct Port {
  std::string name;
  double depth_m = 0;
  bool operator==(const Port&) const = default;
};
BOOST_DESCRIBE_STRUCT(Port, (), (name, depth_m))

using BoatId = Id<struct BoatTag>;

// A live table with a rowid key.
struct BoatRow {
  BoatId id;
  std::string name;
  Weather weather = Weather::CALM;
  bool afloat = false;
  std::int8_t crew = 0;
  std::uint32_t sails = 0;
  double height_m = 0;
  Instant built;
  Millis age{0};
  std::optional<std::string> owner;
  std::optional<std::int64_t> berth;
  std::optional<Weather> forecast;
  JsonText notes;
  std::vector<std::string> tags;
  std::vector<Port> ports;
  std::map<std::string, std::int64_t> cargo;
  Port home;
  bool operator==(const BoatRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(BoatRow, (),
                      (id, name, weather, afloat, crew, sails, height_m, built, age, owner, berth, forecast, notes,
                       tags, ports, cargo, home))
inline const TableInfo kBoat{"boat", Keeping::live, 1, &type_of<BoatRow>};

// A cold table with a key of three fields and an index.
struct VisitRow {
  std::string port;
  Instant at;
  std::int64_t seq = 0;
  std::optional<std::string> kind;
  std::int64_t tons = 0;
  bool operator==(const VisitRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(VisitRow, (), (port, at, seq, kind, tons))
inline const TableInfo kVisit{"visit", Keeping::cold, 3, &type_of<VisitRow>, {"kind"}};

// A log table whose names are words of SQL.
struct OrderRow {
  std::string group;
  std::string select;
  bool operator==(const OrderRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(OrderRow, (), (group, select))
inline const TableInfo kOrder{"order", Keeping::log, 1, &type_of<OrderRow>};

inline const std::vector<const TableInfo*> kTables{&kBoat, &kVisit, &kOrder};

template <class R>
const R& as(const Row& row) {
  return *static_cast<const R*>(row.get());
}

inline Write put(BoatRow row) { return {&kBoat, Write::Op::put, std::make_shared<const BoatRow>(std::move(row))}; }
inline Write put(VisitRow row) { return {&kVisit, Write::Op::put, std::make_shared<const VisitRow>(std::move(row))}; }
inline Write put(OrderRow row) { return {&kOrder, Write::Op::put, std::make_shared<const OrderRow>(std::move(row))}; }
inline Write erase(Write write) {
  write.op = Write::Op::erase;
  return write;
}
inline BoatRow boat(std::int64_t id, std::string name = "Nele") {
  BoatRow row;
  row.id = BoatId{id};
  row.name = std::move(name);
  return row;
}

// The next batch of a store.
inline CommitResult commit(Store& store, std::vector<Write> writes) {
  return store.commit(Batch{store.last_batch() + 1, std::move(writes)});
}

template <class R>
std::vector<R> all(Store& store, const TableInfo& table) {
  std::vector<R> out;
  const auto loaded = store.load(table, [&](Row row) { out.push_back(as<R>(row)); });
  if (!loaded) throw std::runtime_error(loaded.error().text());
  return out;
}

// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-store-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace weir::store::test
