// What the benchmarks share: samples, figures beside their limits, scratch folders, and the bare things to compare
// with.
//
//   bench_NAME [--seconds N] [--full] [--json]
//
// --full: the sizes that the limits are about, where the usual ones are smaller to save time; such limits are scaled.
// Exit status 1 when a limit is missed. --json prints one line of JSON a figure.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace weir::bench {

using Clock = std::chrono::steady_clock;

inline double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

[[noreturn]] inline void give_up(const std::string& why) {
  fmt::print(stderr, "bench: {}\n", why);
  std::exit(2);
}

// Durations in milliseconds.
class Samples {
 public:
  void add(double ms) {
    values_.push_back(ms);
    sorted_ = false;
  }
  void add(const Samples& more) {
    values_.insert(values_.end(), more.values_.begin(), more.values_.end());
    sorted_ = false;
  }
  std::size_t size() const { return values_.size(); }
  double at(double quantile) {
    if (values_.empty()) return 0;
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    return values_[std::min(values_.size() - 1,
                            static_cast<std::size_t>(quantile * static_cast<double>(values_.size())))];
  }
  double p50() { return at(0.5); }
  double p99() { return at(0.99); }
  double max() { return at(1); }

 private:
  std::vector<double> values_;
  bool sorted_ = false;
};

struct Options {
  double seconds = 5;
  bool json = false;
  bool full = false;
  std::filesystem::path build;  // where this program lies
};

inline Options options(int argc, char** argv) {
  Options out;
  std::error_code error;
  out.build = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      out.json = true;
    } else if (word == "--full") {
      out.full = true;
    } else if (word == "--seconds" && i + 1 < argc) {
      out.seconds = std::atof(argv[++i]);
    } else {
      fmt::print(stderr, "usage: {} [--seconds N] [--full] [--json]\n", argv[0]);
      std::exit(2);
    }
  }
  return out;
}

class Report {
 public:
  Report(std::string bench, const Options& options) : bench_(std::move(bench)), json_(options.json) {}
  // A figure to know.
  void figure(const std::string& name, double value, const std::string& unit) {
    print(name, value, unit, {}, {}, true);
  }
  // A figure that must not be above (below) its limit; `why` says where the limit comes from.
  void at_most(const std::string& name, double value, const std::string& unit, double limit, const std::string& why) {
    print(name, value, unit, limit, "<= " + why, value <= limit);
  }
  void at_least(const std::string& name, double value, const std::string& unit, double limit, const std::string& why) {
    print(name, value, unit, limit, ">= " + why, value >= limit);
  }
  void quantiles(const std::string& name, Samples& samples) {
    figure(name + " p50", samples.p50(), "ms");
    figure(name + " p99", samples.p99(), "ms");
    figure(name + " p99.9", samples.at(0.999), "ms");
    figure(name + " max", samples.max(), "ms");
  }
  int status() const { return missed_ ? 1 : 0; }

 private:
  void print(const std::string& name, double value, const std::string& unit, std::optional<double> limit,
             const std::string& why, bool ok) {
    missed_ |= !ok;
    if (json_) {
      fmt::print(R"({{"bench":"{}","figure":"{}","value":{:.4f},"unit":"{}")", bench_, name, value, unit);
      if (limit) fmt::print(R"(,"limit":{:.4f},"why":"{}","ok":{})", *limit, why, ok);
      fmt::print("}}\n");
    } else if (limit) {
      fmt::print("{} {:<52} {:>12.3f} {:<6} limit {:.3f} ({})\n", ok ? "ok  " : "MISS", name, value, unit, *limit, why);
    } else {
      fmt::print("     {:<52} {:>12.3f} {}\n", name, value, unit);
    }
    std::fflush(stdout);
  }
  std::string bench_;
  bool json_;
  bool missed_ = false;
};

// A folder beside the programs, on the disk that is measured; removed at the end.
class Scratch {
 public:
  explicit Scratch(const Options& options) : path_(options.build / ("bench-scratch-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Appends 4 KiB and syncs, again and again: what the disk can do.
inline Samples bare_appends(const std::filesystem::path& folder, double seconds) {
  Samples out;
  const int fd = ::open((folder / "append").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string page(4096, 'x');
  const auto begin = Clock::now();
  while (ms_since(begin) < seconds * 1000) {
    const auto one = Clock::now();
    if (::write(fd, page.data(), page.size()) != 4096 || ::fdatasync(fd) != 0)
      give_up("the scratch file cannot be written");
    out.add(ms_since(one));
  }
  ::close(fd);
  return out;
}

// One row a commit in SQLite as Weir sets it up (WAL, synchronous=FULL): "a bare durable commit".
inline Samples bare_commits(const std::filesystem::path& folder, double seconds) {
  Samples out;
  sqlite3* db = nullptr;
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up("the bare database fails");
  };
  if (sqlite3_open((folder / "bare.db").c_str(), &db) != SQLITE_OK) give_up("the bare database cannot be opened");
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v TEXT)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO t(v) VALUES('a row of some twenty bytes')", -1, &insert, nullptr);
  const auto begin = Clock::now();
  while (ms_since(begin) < seconds * 1000) {
    const auto one = Clock::now();
    if (sqlite3_step(insert) != SQLITE_DONE) give_up("the bare database cannot be written");
    sqlite3_reset(insert);
    out.add(ms_since(one));
  }
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return out;
}

}  // namespace weir::bench
