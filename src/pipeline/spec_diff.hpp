// What one version of a pipeline changes to another, in the words of pipeline.yaml.
#pragma once

#include <vector>

#include "api/pipeline.hpp"
#include "pipeline/spec.hpp"

namespace weir::pipeline {

// In the order of the file's keys; steps and upstreams are known by their names, so that a moved one is no other one.
// What the author did not write but the defaults changed counts too.
std::vector<api::SpecChange> diff_specs(const PipelineSpec& before, const PipelineSpec& after);

// Appends the changes of the project's files, by path.
void diff_files(const std::vector<api::ProjectFile>& before, const std::vector<api::ProjectFile>& after,
                std::vector<api::SpecChange>& out);

}  // namespace weir::pipeline
