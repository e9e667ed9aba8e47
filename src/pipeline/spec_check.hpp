// What a pipeline must hold beyond the shape of its file. Problems go to the reader, which knows the places.
#pragma once

#include "pipeline/spec.hpp"
#include "pipeline/spec_reader.hpp"

namespace weir::pipeline {

// Parameters' names, types and defaults.
void check_parameters(const PipelineSpec& spec, Reader& reader);
void check_key(const PipelineSpec& spec, Reader& reader);
void check_trigger(const PipelineSpec& spec, Reader& reader);
void check_concurrency(const PipelineSpec& spec, Reader& reader);
// Names, needs (a cycle is printed), environment, in all three lists of steps.
void check_external(const PipelineSpec& spec, Reader& reader);
void check_steps(const PipelineSpec& spec, Reader& reader);
// `path` is "notifications" or "defaults.notifications".
void check_notifications(const std::vector<NotificationSpec>& list, const std::string& path, Reader& reader);
// An environment variable's name; those that begin with WEIR_ are Weir's own.
void check_variable(const std::string& name, const std::string& path, Reader& reader);

}  // namespace weir::pipeline
