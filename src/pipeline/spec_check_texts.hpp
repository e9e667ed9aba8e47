// The checks of compute, secrets, and of what is written with ${...}.
#pragma once

#include "pipeline/spec.hpp"
#include "pipeline/spec_reader.hpp"

namespace weir::pipeline {

// Keys of compute that go with its type, and the names of secrets.
void check_compute(const PipelineSpec& spec, Reader& reader);
// Every path of env, foreach, when, spark and cache exists as far as the file can tell.
void check_texts(const PipelineSpec& spec, Reader& reader);

// The steps of `steps` that have surely ended when the i-th begins, by their names.
std::set<std::string> steps_before(const std::vector<StepSpec>& steps, std::size_t i);

}  // namespace weir::pipeline
