// Everything a step needs before it can be started: its folder, files, log and environment.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "run/fd.hpp"
#include "run/process.hpp"
#include "run/wire.hpp"

namespace weir::run {

struct PreparedStep {
  StepRequest request;
  std::string result_file;  // absolute
  Fd log;                   // open for appending
};

// PATH, HOME, LANG and TZ as this process has them, with a usable PATH and a UTF-8 LANG when it has none.
std::map<std::string, std::string> inherited_environment();

// Makes the folder, writes parameters.json, removes a stale result.json, opens the log. A problem says which of
// these failed, with the path.
Result<PreparedStep> prepare_step(const ProcessSpec& spec, const std::map<std::string, std::string>& inherited);

}  // namespace weir::run
