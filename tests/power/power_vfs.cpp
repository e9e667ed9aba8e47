#include "tests/power/power_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>

namespace weir::power {
namespace {

constexpr std::size_t kSector = 512;

struct OpenFile {
  sqlite3_file base;
  Disk* disk;
  std::string* path;
  bool remove_at_close;
  bool maps;              // uses the shared memory
  unsigned shared_locks;  // bit masks
  unsigned exclusive_locks;
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

void mark(FileState& file, std::size_t from, std::size_t to) {
  for (auto sector = from / kSector; sector * kSector < to; ++sector) file.dirty.insert(sector);
}

}  // namespace

// The functions SQLite calls.
struct Calls {
  static FileState& state(sqlite3_file* file) { return of(file).disk->files_[*of(file).path]; }
  static Disk::Shared& shared(sqlite3_file* file) { return of(file).disk->shared_[*of(file).path]; }

  static int close(sqlite3_file* file) {
    auto& f = of(file);
    shm_unmap(file, 0);
    if (f.remove_at_close) f.disk->files_.erase(*f.path);
    delete f.path;
    f.base.pMethods = nullptr;
    return SQLITE_OK;
  }
  static int read(sqlite3_file* file, void* to, int count, sqlite3_int64 from) {
    if (const int code = of(file).disk->before(Op::read); code != SQLITE_OK) return code;
    const auto& live = state(file).live;
    const auto start = std::min(static_cast<std::size_t>(from), live.size());
    const auto have = std::min(static_cast<std::size_t>(count), live.size() - start);
    std::memcpy(to, live.data() + start, have);
    std::memset(static_cast<char*>(to) + have, 0, static_cast<std::size_t>(count) - have);
    return have == static_cast<std::size_t>(count) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }
  static int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 to) {
    if (const int code = of(file).disk->before(Op::write); code != SQLITE_OK) return code;
    auto& f = state(file);
    const auto end = static_cast<std::size_t>(to) + static_cast<std::size_t>(count);
    if (f.live.size() < end) {
      mark(f, f.live.size(), end);
      f.live.resize(end, '\0');
    }
    std::memcpy(f.live.data() + to, from, static_cast<std::size_t>(count));
    mark(f, static_cast<std::size_t>(to), end);
    return SQLITE_OK;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = of(file).disk->before(Op::truncate); code != SQLITE_OK) return code;
    auto& f = state(file);
    const auto to = static_cast<std::size_t>(size);
    if (to < f.live.size()) {
      f.cut = std::min(f.cut.value_or(to), to);
      mark(f, to, f.live.size());
      f.live.resize(to);
    }
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int) {
    const int code = of(file).disk->before(Op::sync);
    auto& f = state(file);
    if (code == SQLITE_OK) {
      f.on_platter = true;
      if (f.cut && *f.cut < f.durable.size()) f.durable.resize(*f.cut);
      f.durable.resize(f.live.size(), '\0');
      for (const auto sector : f.dirty) {
        const auto start = sector * kSector;
        if (start >= f.live.size()) continue;
        const auto count = std::min(kSector, f.live.size() - start);
        std::memcpy(f.durable.data() + start, f.live.data() + start, count);
      }
    }
    if (!of(file).disk->ended_) {
      f.dirty.clear();
      f.cut.reset();
    }
    return code;
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(state(file).live.size());
    return SQLITE_OK;
  }
  // One process, whose connections never contend for the database file's own locks in WAL mode.
  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int check_reserved(sqlite3_file*, int* out) { return *out = 0, SQLITE_OK; }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 4096; }
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
    auto& memory = shared(file);
    if (!of(file).maps) {
      of(file).maps = true;
      ++memory.users;
    }
    const auto wanted = static_cast<std::size_t>(region) + 1;
    if (memory.regions.size() < wanted && !extend) return *out = nullptr, SQLITE_OK;
    while (memory.regions.size() < wanted)
      memory.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    *out = memory.regions[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file* file, int first, int count, int flags) {
    auto& memory = shared(file);
    auto& f = of(file);
    for (int i = first; i < first + count; ++i) {
      const unsigned bit = 1u << i;
      const bool others_share = memory.shared[i] > ((f.shared_locks & bit) ? 1 : 0);
      const bool others_exclude = memory.exclusive[i] && !(f.exclusive_locks & bit);
      if ((flags & SQLITE_SHM_LOCK) && (flags & SQLITE_SHM_SHARED) && others_exclude) return SQLITE_BUSY;
      if ((flags & SQLITE_SHM_LOCK) && (flags & SQLITE_SHM_EXCLUSIVE) && (others_share || others_exclude))
        return SQLITE_BUSY;
    }
    for (int i = first; i < first + count; ++i) {
      const unsigned bit = 1u << i;
      if (f.shared_locks & bit) --memory.shared[i];
      if (f.exclusive_locks & bit) memory.exclusive[i] = false;
      f.shared_locks &= ~bit;
      f.exclusive_locks &= ~bit;
      if (!(flags & SQLITE_SHM_LOCK)) continue;
      if (flags & SQLITE_SHM_SHARED) {
        ++memory.shared[i];
        f.shared_locks |= bit;
      } else {
        memory.exclusive[i] = true;
        f.exclusive_locks |= bit;
      }
    }
    return SQLITE_OK;
  }
  static void shm_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }
  static int shm_unmap(sqlite3_file* file, int) {
    auto& f = of(file);
    if (!f.maps) return SQLITE_OK;
    shm_lock(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    f.maps = false;
    if (--shared(file).users == 0) f.disk->shared_.erase(*f.path);
    return SQLITE_OK;
  }

  static Disk& disk(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }
  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods kMethods = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2;
      m.xClose = close;
      m.xRead = read;
      m.xWrite = write;
      m.xTruncate = truncate;
      m.xSync = sync;
      m.xFileSize = size;
      m.xLock = lock;
      m.xUnlock = lock;
      m.xCheckReservedLock = check_reserved;
      m.xFileControl = control;
      m.xSectorSize = sector_size;
      m.xDeviceCharacteristics = characteristics;
      m.xShmMap = shm_map;
      m.xShmLock = shm_lock;
      m.xShmBarrier = shm_barrier;
      m.xShmUnmap = shm_unmap;
      return m;
    }();
    auto& f = of(file);
    f = OpenFile{};
    auto& d = disk(vfs);
    static int temporary = 0;
    const std::string path = name ? name : "temporary-" + std::to_string(++temporary);
    if (d.ended_) return SQLITE_CANTOPEN;
    if (!(flags & SQLITE_OPEN_CREATE) && !d.files_.contains(path)) return SQLITE_CANTOPEN;
    d.files_[path];
    f.disk = &d;
    f.path = new std::string(path);
    f.remove_at_close = flags & SQLITE_OPEN_DELETEONCLOSE;
    f.base.pMethods = &kMethods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int) {
    if (const int code = disk(vfs).before(Op::remove); code != SQLITE_OK) return code;
    return disk(vfs).files_.erase(name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
  }
  static int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
    const auto found = disk(vfs).files_.find(name);
    *out = found != disk(vfs).files_.end();
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs*, int count, char* out) {
    for (int i = 0; i < count; ++i) out[i] = static_cast<char>(i * 37 + 11);
    return count;
  }
  static int no_pause(sqlite3_vfs*, int us) { return us; }
  static int time(sqlite3_vfs*, double* out) { return *out = 2461366.5, SQLITE_OK; }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

Disk::Disk(std::string vfs_name) : name_(std::move(vfs_name)) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_path;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::no_pause;
  vfs_.xCurrentTime = Calls::time;
  vfs_.xGetLastError = Calls::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

Disk::~Disk() { sqlite3_vfs_unregister(&vfs_); }

int Disk::before(Op op) {
  static constexpr int kEnded[] = {SQLITE_IOERR_READ, SQLITE_IOERR_WRITE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_FSYNC,
                                   SQLITE_IOERR_DELETE};
  if (ended_) return kEnded[static_cast<int>(op)];
  ++calls_;
  if (op != Op::read && ++changing_calls_ == end_before_) {
    ended_ = true;
    return kEnded[static_cast<int>(op)];
  }
  if (fail_at_ == 0 || calls_ < fail_at_ || (calls_ > fail_at_ && !fail_forever_)) return SQLITE_OK;
  return code_(op);
}

void Disk::end_before(std::int64_t changing_call) {
  changing_calls_ = 0;
  end_before_ = changing_call;
}

void Disk::fail_at(std::int64_t call, bool forever, CodeOf code) {
  calls_ = 0;
  fail_at_ = call;
  fail_forever_ = forever;
  code_ = std::move(code);
}

void Disk::restart_process() {
  end_before_ = 0;
  fail_at_ = 0;
  ended_ = false;
}

void Disk::put_back(Files files) {
  files_ = std::move(files);
  restart_process();
}

void Disk::lose_power(Loss loss, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto chance = [&](int percent) {
    if (loss == Loss::mixed) return static_cast<int>(random() % 100) < percent;
    return loss == Loss::keep_all;
  };
  for (auto it = files_.begin(); it != files_.end();) {
    auto& f = it->second;
    if (!f.on_platter && !chance(50)) {
      it = files_.erase(it);
      continue;
    }
    auto after = f.durable;
    if (f.cut && *f.cut < after.size() && chance(50)) after.resize(*f.cut);
    for (const auto sector : f.dirty) {
      const auto start = sector * kSector;
      if (start >= f.live.size() || !chance(50)) continue;
      auto count = std::min(kSector, f.live.size() - start);
      if (loss == Loss::mixed && random() % 8 == 0) count = random() % (count + 1);  // torn
      if (after.size() < start + count) after.resize(start + count, '\0');
      std::memcpy(after.data() + start, f.live.data() + start, count);
    }
    f = FileState{after, after, {}, {}, true};
    ++it;
  }
  restart_process();
}

}  // namespace weir::power
