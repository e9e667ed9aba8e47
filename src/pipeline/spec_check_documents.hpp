// What only a program can check about webhook and file (rule 9).
#pragma once

#include "pipeline/spec.hpp"
#include "pipeline/spec_reader.hpp"

namespace weir::pipeline {

void check_documents(const PipelineSpec& spec, Reader& reader);

}  // namespace weir::pipeline
