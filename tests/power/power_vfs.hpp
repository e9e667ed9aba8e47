// A disk in memory under SQLite that can lose power and fail calls.
//
// A file has two contents: what the system shows (`live`) and what is on the platter (`durable`); sectors of 512 bytes
// that differ since the last sync are dirty. A power loss keeps, drops or tears each dirty sector by a seed; a file
// that was never synced may be gone; a truncation that was not synced may not have happened. A sync that fails leaves
// its sectors shown, not on the platter and clean, as the kernel does: syncing again does not help, writing again does.
//
// Calls are counted, so that a sweep can end the process, or fail a call, at each of them. One thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir::power {

enum class Op { read, write, truncate, sync, remove };

struct FileState {
  std::string live;
  std::string durable;
  std::set<std::size_t> dirty;     // sectors
  std::optional<std::size_t> cut;  // shortest unsynced truncation
  bool on_platter = false;         // the name itself was synced
};

class Disk {
 public:
  enum class Loss { drop_all, keep_all, mixed };

  explicit Disk(std::string vfs_name);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  const std::string& vfs_name() const { return name_; }

  // The process ends just before the n-th changing call from now (1, 2, ...): this and all later calls fail.
  void end_before(std::int64_t changing_call);
  bool ended() const { return ended_; }
  std::int64_t changing_calls() const { return changing_calls_; }

  // Fails call n (any kind; 1, 2, ... from now) for which `applies`, with the code that `code` gives; once or from then
  // on.
  using CodeOf = std::function<int(Op)>;  // SQLITE_OK: this kind of call is not failed
  void fail_at(std::int64_t call, bool forever, CodeOf code);
  std::int64_t calls() const { return calls_; }

  // What the platter holds after the power went; the system restarts with that. Faults are cleared.
  void lose_power(Loss loss, std::uint64_t seed);
  // A new process on the same running system: faults are cleared, nothing is lost.
  void restart_process();

  using Files = std::map<std::string, FileState>;
  const Files& files() const { return files_; }
  void put_back(Files files);

 private:
  friend struct Calls;
  struct Shared {  // the shared memory of a WAL's index
    std::vector<std::unique_ptr<char[]>> regions;
    int users = 0;
    int shared[SQLITE_SHM_NLOCK] = {};
    bool exclusive[SQLITE_SHM_NLOCK] = {};
  };
  int before(Op op);  // SQLITE_OK, or the code the call fails with

  std::string name_;
  sqlite3_vfs vfs_{};
  Files files_;
  std::map<std::string, Shared> shared_;
  std::int64_t calls_ = 0;
  std::int64_t changing_calls_ = 0;
  std::int64_t end_before_ = 0;
  std::int64_t fail_at_ = 0;
  bool fail_forever_ = false;
  CodeOf code_;
  bool ended_ = false;
};

}  // namespace weir::power
