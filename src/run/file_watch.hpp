// Watches for files that start pipelines (rule 9): looks at the patterns of all pipelines again and again, and reports
// what has appeared, changed or gone. What has counted is known to the server, so a restart starts nothing twice and
// forgets nothing; what appears while nobody watches is found by the next look.
//
// A file counts when two looks found it alike, or when it was last changed kSettled ago: one that is being written does
// not. Writers of large files do better to write aside and move, or to leave a _SUCCESS marker.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "api/documents.hpp"
#include "run/file_list.hpp"

namespace weir::run {

struct FileWatchOptions {
  // The server's answers; they may block.
  std::function<api::Reply<api::ListWatchedFilesReply>()> watches;
  std::function<api::Reply<api::ListSeenFilesReply>(const api::ListSeenFiles&)> seen;
  std::function<api::Reply<api::ReportFilesReply>(const api::ReportFiles&)> report;
  std::function<Instant()> now;
  Millis period{2'000};  // between two looks; longer when looking takes long, so that it costs at most a twentieth
};

class FileWatch {
 public:
  static constexpr Millis kSettled{10'000};
  static constexpr int kShareOfTime = 20;

  explicit FileWatch(FileWatchOptions options) : options_(std::move(options)) {}
  ~FileWatch() { stop(); }
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  void start();
  void stop();  // idempotent; a look that goes on is finished
  // One look at everything; start() calls it on a thread of its own.
  void look();

 private:
  struct Watched {
    bool known = false;  // `counted` is what the server knows
    std::map<std::string, FoundFile> counted;
    std::map<std::string, FoundFile> fresh;  // seen by the last look, and not settled
    std::string problem;                     // as reported
  };
  void look_at(const api::WatchedFiles& watch, Watched& state);
  bool learn(const api::WatchedFiles& watch, Watched& state);
  bool send(Watched& state, api::ReportFiles& part);
  void run();

  FileWatchOptions options_;
  std::map<std::int64_t, Watched> watched_;  // by pipeline
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::run
