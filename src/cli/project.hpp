// A project on disk: pipeline.yaml, the weir.yaml beside or above it, and the files that its steps see.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/pipeline.hpp"
#include "base/result.hpp"
#include "pipeline/spec_parse.hpp"

namespace weir::cli {

struct Project {
  std::filesystem::path folder;
  std::string file;  // as people would type it: "listings/pipeline.yaml"
  std::string yaml;
  std::string project_file;  // empty: there is none
  std::string project_yaml;
};

// `where` is a folder with a pipeline.yaml in it, or such a file.
Result<Project> find_project(const std::filesystem::path& where);
// Every pipeline.yaml below the folder, without hidden folders, node_modules and out/, in the order of their paths.
Result<std::vector<Project>> find_projects(const std::filesystem::path& folder);
// Checked as far as can be told without the server. `environment` chooses among the project's variables.
std::expected<pipeline::PipelineSpec, std::vector<Problem>> parse(const Project& project,
                                                                  const std::string& environment = {});
// Regular files below the folder in the order of their paths, without hidden ones, node_modules, out/ and what links
// lead out to; refused over limits::kBundleBytes.
Result<std::vector<api::ProjectFile>> project_files(const std::filesystem::path& folder);
// What the weir.yaml beside or above says; empty when there is none or it cannot be read.
std::string account_of_project(const std::filesystem::path& folder);

Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace weir::cli
