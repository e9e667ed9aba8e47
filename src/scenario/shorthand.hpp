// The short forms of a test file, written out: "run: listings 2026-01-02 FAILED after 10m" becomes a block of keys, so
// that the reader (pipeline/spec_reader.hpp) knows one form only. Every node keeps its place in the file.
//
//   run, end, stop, retry, mark, delete,
//   skip, accept, approve, pause, resume,
//   rerun, report                         PIPELINE [WINDOW] [STATUS] [after DURATION] [adhoc] [now]
//   document                              PIPELINE [ID]
//   file                                  PATH [gone]
//   grant, withdraw                       PIPELINE to ACCOUNT
//   given                                 PIPELINE [WINDOW]: [STATUS] [after DURATION], or a list of these
//   expect                                PIPELINE [WINDOW]: a count, a status, or a list of statuses
//   pipelines, deploy                     a block becomes "#N", and is put aside
#pragma once

#include <vector>

#include "base/result.hpp"
#include "pipeline/yaml.hpp"

namespace weir::scenario {

struct Expanded {
  pipeline::YamlPtr root;
  std::vector<pipeline::YamlPtr> blocks;
};

// A pipeline's block with `steps:` when it has none and is not external: what they do is not played.
pipeline::YamlPtr with_steps(const pipeline::YamlPtr& block);

// What is no short form is left as it is, for the reader to judge.
Expanded expand(const pipeline::YamlPtr& root, const std::string& file_name, std::vector<Problem>& problems);

}  // namespace weir::scenario
