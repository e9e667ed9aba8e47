// From what the keeper saw to what people and services are told.
#pragma once

#include <string>

#include "base/result.hpp"
#include "run/process.hpp"
#include "run/wire.hpp"

namespace weir::run {

// Fills end, exit_code, signal, elapsed and error.
void explain(const KeeperReport& report, const ProcessSpec& spec, ProcessOutcome& outcome);

// Text of the result file, empty when there is none. Fails when it is no plain file or larger than kResultBytes.
Result<std::string> read_result(const std::string& path);

}  // namespace weir::run
