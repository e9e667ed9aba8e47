// A worker's own folder: extracted projects and one private folder for each step.
//
//   FOLDER/bundles/DIGEST/      a deployed project, extracted once, read by all its steps
//   FOLDER/steps/ITEM-LEASE/    a step's working directory: links to the project's top-level entries, upstreams.json,
//                               steps.json; removed when the step has been reported
//   FOLDER/cache/               what steps with `cache:` have done (step_cache.hpp)
//   FOLDER/logs/ITEM.log        of workers that send their logs elsewhere
//
// Not synchronised: one thread prepares.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "api/pipeline.hpp"
#include "base/result.hpp"
#include "run/process.hpp"
#include "run/worker_step.hpp"

namespace weir::run {

class WorkerFolder {
 public:
  // Makes the folders and removes what steps of an earlier process left. Two workers never share a folder.
  static Result<WorkerFolder> open(std::filesystem::path folder);

  using FetchBundle = std::function<api::Reply<api::BundleReply>(const std::string& digest)>;

  // Everything but the log file: the private folder with its links and files, and the spec to run in it. `fetch` is
  // called for a digest that was not extracted yet.
  Result<ProcessSpec> prepare(const StepPlan& plan, const std::string& name, const FetchBundle& fetch) const;
  // The step's `result:` file; an empty text when it is missing, a problem when it leads out of the folder or is large.
  Result<std::string> read_result_file(const std::filesystem::path& step_folder, const std::string& file) const;
  void remove_step(const std::string& name) const;

  std::filesystem::path log_of(std::int64_t item) const;
  std::filesystem::path cache() const { return folder_ / "cache"; }
  std::filesystem::path steps() const { return folder_ / "steps"; }

 private:
  explicit WorkerFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::filesystem::path> project(const std::string& digest, const FetchBundle& fetch) const;

  std::filesystem::path folder_;  // absolute
};

}  // namespace weir::run
