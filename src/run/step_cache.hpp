// Steps with `cache:` that succeeded on this worker: what they were, as a digest, and their results.
//
//   FOLDER/DIGEST.json      {"run": "17", "step": "load", "result": ...}
//
// The digest is made of the command, the environment (without the run's number and the attempt), the parameters, the
// item, the names of secrets, the project's files as a whole, and the content of the declared inputs. So a rerun of
// the same window is skipped, and another window, a changed script or a changed input is not. A worker knows only what
// itself has done: elsewhere the step just runs. Not synchronised: the worker calls it under its lock or from one
// thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "run/worker_step.hpp"

namespace weir::run {

inline constexpr std::size_t kCacheEntries = 1'000;  // the oldest go first

class StepCache {
 public:
  explicit StepCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Entry {
    std::string run;
    std::string result;  // JSON text; empty: none
  };
  std::optional<Entry> find(const std::string& digest) const;
  void keep(const std::string& digest, const Entry& entry) const;  // what the disk refuses is not kept

 private:
  std::filesystem::path folder_;
};

// What the step is; relative inputs are looked for below `folder`. A pattern that no file matches is an input that is
// not there. A problem when a file cannot be read.
Result<std::string> digest_of(const StepPlan& plan, const std::filesystem::path& folder);

}  // namespace weir::run
