#include "run/file_watch.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <vector>

#include "base/limits.hpp"

namespace weir::run {

void FileWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void FileWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void FileWatch::run() {
  using Clock = std::chrono::steady_clock;
  for (;;) {
    const auto began = Clock::now();
    look();
    const auto took = std::chrono::duration_cast<Millis>(Clock::now() - began);
    std::unique_lock lock(mutex_);
    if (woken_.wait_for(lock, std::max(options_.period, took * kShareOfTime), [this] { return stopping_; })) return;
  }
}

void FileWatch::look() {
  const auto watches = options_.watches();
  if (!watches) return;  // the server stops, or is behind: the next look finds the same
  std::map<std::int64_t, Watched> still;
  for (const auto& watch : watches->watches) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    auto& state = still[watch.pipeline];
    if (const auto known = watched_.find(watch.pipeline); known != watched_.end()) state = std::move(known->second);
    look_at(watch, state);
  }
  watched_ = std::move(still);
}

bool FileWatch::learn(const api::WatchedFiles& watch, Watched& state) {
  std::string after;
  for (;;) {
    const auto page = options_.seen({watch.pipeline, after});
    if (!page) return false;
    if (page->files.empty()) break;
    for (const auto& file : page->files) state.counted[file.path] = {file.path, file.modified, file.size};
    after = page->files.back().path;
  }
  state.known = true;
  return true;
}

bool FileWatch::send(Watched& state, api::ReportFiles& part) {
  const auto reply = options_.report(part);
  if (!reply || reply->again) return false;
  for (const auto& file : part.files) state.counted[file.path] = {file.path, file.modified, file.size};
  for (const auto& path : part.gone) state.counted.erase(path);
  state.problem = part.problem;
  part.files.clear();
  part.gone.clear();
  return true;
}

void FileWatch::look_at(const api::WatchedFiles& watch, Watched& state) {
  if (!state.known && !learn(watch, state)) return;
  const auto list = list_files(watch.glob, limits::kFilesWatched);
  const Instant now = options_.now();
  std::vector<FoundFile> appeared;
  std::map<std::string, FoundFile> fresh;
  for (const auto& file : list.files) {
    if (const auto known = state.counted.find(file.path); known != state.counted.end() && known->second == file)
      continue;
    const auto before = state.fresh.find(file.path);
    const bool settled = file.modified <= now - kSettled || (before != state.fresh.end() && before->second == file);
    if (settled)
      appeared.push_back(file);
    else
      fresh.emplace(file.path, file);
  }
  state.fresh = std::move(fresh);
  std::ranges::sort(appeared, {}, [](const FoundFile& f) { return std::tie(f.modified, f.path); });

  api::ReportFiles part;
  part.pipeline = watch.pipeline;
  part.problem = list.problem;
  for (const auto& file : appeared) {
    part.files.push_back({file.path, file.modified, file.size});
    if (part.files.size() == limits::kFilesReported && !send(state, part)) return;
  }
  // What was not looked for has not gone.
  if (list.problem.empty()) {
    std::vector<std::string> gone;
    for (const auto& [path, unused] : state.counted)
      if (!std::ranges::binary_search(list.files, path, {}, &FoundFile::path)) gone.push_back(path);
    for (auto& path : gone) {
      part.gone.push_back(std::move(path));
      if (part.files.size() + part.gone.size() == limits::kFilesReported && !send(state, part)) return;
    }
  }
  if (!part.files.empty() || !part.gone.empty() || part.problem != state.problem) send(state, part);
}

}  // namespace weir::run
